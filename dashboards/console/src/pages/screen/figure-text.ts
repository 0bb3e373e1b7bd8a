import type { Bilingual } from './screen-view.ts'
import { mainOf, said } from './screen-words.ts'

export interface ShownFigure {
  readonly digits: string
  readonly unit: Bilingual
}

const NONE: ShownFigure = { digits: '—', unit: { zh: '', en: '' } }

/** Shown in the larger unit, with two decimals, from 1,000. */
const LARGER: Readonly<Record<string, string>> = { W: 'kW', Wh: 'kWh', var: 'kvar', VA: 'kVA' }
/** More decimals than this say nothing in three to eight metres’ distance. */
const MOST_DECIMALS: Readonly<Record<string, number>> = {
  W: 1,
  Wh: 0,
  var: 0,
  VA: 0,
  V: 1,
  '°C': 1,
  '%': 1,
  s: 0,
  Hz: 2,
  lx: 0,
}
const SIGNIFICANT = 3
/** Below so much money, fen. */
const TINY_YUAN = 0.1

/** Units with a name in each language. */
const NAMED = {
  yuan: 'unitYuan',
  fen: 'unitFen',
  h: 'unitHour',
  min: 'unitMinute',
  s: 'unitSecond',
  a: 'unitYear',
  year: 'unitYear',
  d: 'unitDay',
  day: 'unitDay',
  lamps: 'unitLamps',
  kgCO2: 'unitCo2',
} as const
const PER = { h: 'unitPerHour', d: 'unitPerDay', day: 'unitPerDay', a: 'unitPerYear', year: 'unitPerYear' } as const

const has = <T extends object>(table: T, key: string): key is string & keyof T => Object.hasOwn(table, key)

/** A unit as people read it: `yuan/h` is 元/小时. */
export function unitText(unit: string): Bilingual {
  const [of = '', per] = unit.split('/')
  if (unit === 'm3') return { zh: 'm³', en: 'm³' }
  const name = has(NAMED, of) ? said(NAMED[of]) : { zh: of, en: of }
  if (per === undefined) return name
  if (has(PER, per)) return said(PER[per], { unit: name })
  const raised = per.replace('m2', 'm²').replace('m3', 'm³')
  return { zh: `${name.zh}/${raised}`, en: `${name.en}/${raised}` }
}

const grouped = (value: number, decimals: number): string => {
  const text = value.toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals })
  // A tiny loss of rounding is not a minus.
  return /^-[0.,]+$/.test(text) ? text.slice(1) : text.replace('-', '−')
}

function decimalsOf(value: number, unit: string): number {
  if (unit.startsWith('yuan')) return 2
  if (value === 0 || ((unit === '%' || unit === '') && Number.isInteger(value))) return 0
  const before = value === 0 ? 1 : Math.floor(Math.log10(Math.abs(value))) + 1
  // Below ten watts a tenth is half an appliance on standby; above it says nothing.
  if (unit === 'W' && before > 1) return 0
  return Math.min(MOST_DECIMALS[unit] ?? 2, Math.max(0, SIGNIFICANT - Math.max(1, before)))
}

/** From one yuan on nobody counts tenths of a fen, whatever a scenario asks for. */
const wantedDecimals = (value: number, unit: string, digits: number | undefined): number =>
  digits === undefined || (unit === 'yuan' && Math.abs(value) >= 1) ? decimalsOf(value, unit) : digits

/**
 * A figure for the audience: three significant digits, kW and kWh from 1,000, 分 for tiny sums, minutes for many seconds.
 * @param digits  decimals that the scenario asks for
 */
export function shownFigure(value: number | null | undefined, unit: string, digits?: number): ShownFigure {
  if (value === null || value === undefined || !Number.isFinite(value)) return NONE
  const larger = LARGER[unit]
  if (larger !== undefined && Math.abs(value) >= 1000)
    return { digits: grouped(value / 1000, 2), unit: unitText(larger) }
  if (unit === 'yuan' && value !== 0 && Math.abs(value) < TINY_YUAN)
    return { digits: grouped(value * 100, 1), unit: unitText('fen') }
  if (unit === 's' && Math.abs(value) >= 60) return { digits: clock(value), unit: NONE.unit }
  return { digits: grouped(value, wantedDecimals(value, unit, digits)), unit: unitText(unit) }
}

/** The same as one text, for pictures: `7.04 kW`. */
export function shownText(value: number | null | undefined, unit: string, digits?: number): string {
  const shown = shownFigure(value, unit, digits)
  return `${shown.digits} ${mainOf(shown.unit)}`.trimEnd()
}

/** A limit or an end of a scale as one text, without zeros that only a measured figure needs. */
export function limitText(value: number | null | undefined, unit: string): string {
  const { digits, unit: name } = shownFigure(value, unit)
  return `${digits.includes('.') ? digits.replace(/\.?0+$/, '') : digits} ${mainOf(name)}`.trim()
}

/** `3:08`, from an hour `1:03:08`. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  const two = (n: number) => String(n).padStart(2, '0')
  const minutes = Math.floor(whole / 60)
  return minutes < 60
    ? `${minutes}:${two(whole % 60)}`
    : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(whole % 60)}`
}

/** Parts of a whole, rounded so that what is shown adds up to the whole as shown (largest remainder). */
export function roundedTogether(parts: readonly number[], decimals: number): number[] {
  const step = 10 ** -decimals
  const whole = Math.round(parts.reduce((sum, part) => sum + part, 0) / step)
  const counts = parts.map((part) => Math.floor(part / step + 1e-9))
  const byRemainder = parts
    .map((part, i) => ({ i, left: part / step - counts[i]! }))
    .sort((a, b) => b.left - a.left || a.i - b.i)
  let missing = whole - counts.reduce((sum, count) => sum + count, 0)
  for (const { i } of byRemainder) {
    if (missing <= 0) break
    counts[i]! += 1
    missing -= 1
  }
  return counts.map((count) => Number((count * step).toFixed(decimals)))
}
