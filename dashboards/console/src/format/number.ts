/** How values of a canonical unit are shown; rounding happens only here. */

const NONE = '—'
const THIN = '\u2009'

export interface ShownNumber {
  readonly digits: string
  /** '' where there is none. */
  readonly unit: string
}

/** Units that change with size: below 1,000 as they are, from 1,000 in the larger one with two decimals. */
const LARGER: Readonly<Record<string, string>> = { W: 'kW', Wh: 'kWh', var: 'kvar', VA: 'kVA' }

const DECIMALS: Readonly<Record<string, number>> = {
  W: 0,
  var: 0,
  VA: 0,
  Wh: 0,
  kWh: 2,
  V: 1,
  A: 2,
  Hz: 2,
  '%': 1,
  '°C': 1,
  ms: 0,
  s: 0,
  元: 2,
  分: 1,
}

const grouped = (value: number, decimals: number): string =>
  value.toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals })

/** Digits and unit of one value. `null`, NaN and infinities are "—": never 0 for what is not known. */
export function shownNumber(value: number | null | undefined, unit: string): ShownNumber {
  if (value === null || value === undefined || !Number.isFinite(value)) return { digits: NONE, unit: '' }
  const larger = LARGER[unit]
  if (larger !== undefined && Math.abs(value) >= 1000) return { digits: grouped(value / 1000, 2), unit: larger }
  const decimals = DECIMALS[unit]
  if (decimals === undefined || (unit === '%' && Number.isInteger(value)))
    return { digits: value.toLocaleString('en-US', { maximumFractionDigits: 3 }), unit }
  return { digits: grouped(value, decimals), unit }
}

/** The same as one text: `1.91 kW`, with a thin space. */
export function numberText(value: number | null | undefined, unit: string): string {
  const shown = shownNumber(value, unit)
  return shown.unit === '' ? shown.digits : `${shown.digits}${THIN}${shown.unit}`
}
