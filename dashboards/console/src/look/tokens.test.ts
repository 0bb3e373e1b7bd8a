import { readFileSync } from 'node:fs'
import {
  differenceCiede2000,
  filterDeficiencyDeuter,
  filterDeficiencyProt,
  filterDeficiencyTrit,
  parse,
  wcagContrast,
} from 'culori'
import { describe, expect, test } from 'vitest'

const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8')

function tokens(theme: 'light' | 'dark'): Record<string, string> {
  const block = css.split(`data-theme="${theme}"] {`)[1]?.split('}')[0] ?? ''
  return Object.fromEntries([...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name, value]) => [name, value]))
}

const STATES = ['ok', 'warning', 'critical', 'unknown', 'maintenance'] as const
/** Below this two patches of colour are easily taken for one another. */
const CLEARLY_APART = 14

const SIGHTS = {
  normal: (colour: string) => parse(colour)!,
  // Machado, Oliveira and Fernandes 2009, at full severity.
  protan: (colour: string) => filterDeficiencyProt(1)(parse(colour)!),
  deutan: (colour: string) => filterDeficiencyDeuter(1)(parse(colour)!),
  tritan: (colour: string) => filterDeficiencyTrit(1)(parse(colour)!),
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
        const apart = distance(SIGHTS[sight](colours[one]!), SIGHTS[sight](colours[other]!))
        expect(apart, `${one} and ${other}`).toBeGreaterThanOrEqual(CLEARLY_APART)
      }
  })
})
