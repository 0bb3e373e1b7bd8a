import { readFileSync } from 'node:fs'
import { type Color, converter, differenceCiede2000, wcagContrast } from 'culori'
import { describe, expect, test } from 'vitest'

const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8')

function tokens(theme: 'light' | 'dark'): Record<string, string> {
  const block = css.split(`data-theme="${theme}"] {`)[1]?.split('}')[0] ?? ''
  return Object.fromEntries([...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name, value]) => [name, value]))
}

const STATES = ['ok', 'warning', 'critical', 'unknown', 'maintenance'] as const
/** Below this two patches of colour are easily taken for one another. */
const CLEARLY_APART = 14

const linear = converter('lrgb')

/** What is left of red, green and blue light for an eye without one kind of cone: Machado, Oliveira and Fernandes 2009, severity 1. */
const SIGHTS = {
  normal: [1, 0, 0, 0, 1, 0, 0, 0, 1],
  protan: [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
  deutan: [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
  tritan: [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.3039],
} as const

function seen(colour: string, sight: keyof typeof SIGHTS): Color {
  const { r, g, b } = linear(colour)!
  const m = SIGHTS[sight]
  const channel = (row: 0 | 3 | 6) =>
    Math.min(1, Math.max(0, m[row] * r + (m[(row + 1) as 1] ?? 0) * g + (m[(row + 2) as 2] ?? 0) * b))
  return { mode: 'lrgb', r: channel(0), g: channel(3), b: channel(6) }
}

describe.each(['light', 'dark'] as const)('in the %s theme', (theme) => {
  const colours = tokens(theme)

  test.each(['ink', 'ink-soft', 'accent', ...STATES])('%s can be read on a page and on a card (4.5:1)', (name) => {
    for (const ground of ['page', 'card'])
      expect(wcagContrast(colours[name]!, colours[ground]!)).toBeGreaterThanOrEqual(4.5)
  })

  test.each(['control-edge', 'focus'])('%s can be seen on both grounds (3:1)', (name) => {
    for (const ground of ['page', 'card'])
      expect(wcagContrast(colours[name]!, colours[ground]!)).toBeGreaterThanOrEqual(3)
  })

  test('words on a coloured ground can be read', () => {
    expect(wcagContrast(colours['on-accent']!, colours.accent!)).toBeGreaterThanOrEqual(4.5)
    for (const state of STATES) expect(wcagContrast(colours['on-status']!, colours[state]!)).toBeGreaterThanOrEqual(4.5)
  })

  test.each(Object.keys(SIGHTS) as (keyof typeof SIGHTS)[])('%s sight tells all five states apart', (sight) => {
    const distance = differenceCiede2000()
    for (const [i, one] of STATES.entries())
      for (const other of STATES.slice(i + 1)) {
        const apart = distance(seen(colours[one]!, sight), seen(colours[other]!, sight))
        expect(apart, `${one} and ${other}`).toBeGreaterThanOrEqual(CLEARLY_APART)
      }
  })
})
