import { valueIn } from './look.ts'
import type { Run } from './run.ts'
import type { Bilingual, FigureView, Mark } from './run-view.ts'
import { LIVE, REPLAY, type Sight } from './sight.ts'

/** Which kinds of truth a value stands on; two of them are both named. */
export function marksOf(kinds: number): Mark[] {
  const marks: Mark[] = []
  if (kinds & LIVE) marks.push('live')
  if (kinds & REPLAY) marks.push('replay')
  return marks.length === 0 ? ['simulated'] : marks
}

const RANK: readonly Mark[] = ['live', 'replay', 'simulated']

/** The worst of several: simulated, then replay, then live. */
export const worstMark = (marks: readonly Mark[], otherwise: Mark): Mark =>
  marks.length === 0 ? otherwise : (RANK[Math.max(...marks.map((mark) => RANK.indexOf(mark)))] ?? otherwise)

export const numberOrNull = (value: unknown): number | null => (typeof value === 'number' ? value : null)

/** The figures of a run as they are now; those of missing roles are left out. */
export function showFigures(run: Run, sight: Sight): FigureView[] {
  const present = new Set(run.slots.map(({ role }) => role))
  return run.read.scenario.figures
    .filter(({ needs }) => needs.every((role) => present.has(role)))
    .map(({ id, name, is, unit, digits, formula, assumes }) => {
      const found = valueIn(run, sight, is)
      return {
        id,
        name,
        value: numberOrNull(found?.value),
        unit,
        ...(digits !== undefined && { digits }),
        ...(formula && { formula }),
        marks: marksOf(found?.kinds ?? 0),
        complete: found?.complete ?? true,
        facts: [...(found?.facts ?? [])],
        ...(assumes && { assumes }),
      }
    })
}

/** Fills the braces of a sentence with figures and inputs, with their units; what cannot be had is “—”. */
export function fill(said: Bilingual, run: Run, figures: readonly FigureView[]): Bilingual {
  const word = (name: string, language: 'zh' | 'en') => {
    const figure = figures.find(({ id }) => id === name)
    if (figure) return quantityText(figure.value, figure.unit, figure.digits, language)
    const input = run.read.scenario.inputs[name]
    const value = run.inputs[name]
    if (!input || value === undefined) return '—'
    return input.labels?.[Math.round(value)]?.[language] ?? quantityText(value, input.unit, undefined, language)
  }
  const filled = (language: 'zh' | 'en') =>
    said[language].replaceAll(/\{([^{}]*)\}/g, (_, name: string) => word(name, language))
  return { zh: filled('zh'), en: filled('en') }
}

/** Units that people say in words. */
const UNIT_WORDS: Readonly<Record<string, Bilingual>> = {
  yuan: { zh: '元', en: 'yuan' },
  'yuan/kWh': { zh: '元/kWh', en: 'yuan/kWh' },
  kgCO2: { zh: 'kg CO₂', en: 'kg CO₂' },
  min: { zh: '分钟', en: 'min' },
  h: { zh: '小时', en: 'h' },
  s: { zh: '秒', en: 's' },
}

function quantityText(value: number | null, unit: string, digits: number | undefined, language: 'zh' | 'en'): string {
  if (value === null) return '—'
  // As the big screen writes them: 4.60 kW, 1,420.32 yuan.
  if (KILO.includes(unit) && Math.abs(value) >= 1000) return `${numberText(value / 1000, 2, 2)} k${unit}`
  const shown = unit === 'yuan' && Math.abs(value) >= 1 ? 2 : digits
  const number = numberText(value, shown ?? 0, shown ?? usualDigits(value, unit))
  const word = UNIT_WORDS[unit]?.[language] ?? unit
  return word === '' || word === '%' ? `${number}${word}` : `${number} ${word}`
}

const KILO: readonly string[] = ['W', 'Wh', 'var', 'VA']

const numberText = (value: number, minimumFractionDigits: number, maximumFractionDigits: number): string =>
  value.toLocaleString('en-US', { minimumFractionDigits, maximumFractionDigits })

function usualDigits(value: number, unit: string): number {
  if (unit === 'yuan') return 2
  if (unit === 'Wh' || unit === 'W' || Math.abs(value) >= 100) return 0
  return Math.abs(value) >= 10 ? 1 : 2
}
