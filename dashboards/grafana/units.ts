import { influxField, quantityOf } from '../../gateway/src/domain/quantity.ts'

/** Grafana's unit for each canonical unit of the vocabulary. Grafana scales them itself: 1,234 W is shown as 1.23 kW. */
const GRAFANA_UNITS: Readonly<Record<string, string>> = {
  '': 'none',
  W: 'watt',
  var: 'voltampreact',
  VA: 'voltamp',
  kWh: 'kwatth',
  V: 'volt',
  A: 'amp',
  Hz: 'hertz',
  '%': 'percent',
  '°C': 'celsius',
  s: 's',
  B: 'decbytes',
}

/** How panels name what they show when it is no plain quantity. */
export const UNIT = {
  count: 'none',
  perSecond: 'cps',
  days: 'd',
  percent: GRAFANA_UNITS['%']!,
  energy: GRAFANA_UNITS.kWh!,
} as const

/**
 * The quoted InfluxDB field of a quantity. Boards name quantities, never fields, so that a renamed quantity is an error here.
 * @throws when the vocabulary has no such quantity
 */
export function field(quantity: string): string {
  if (!quantityOf(quantity)) throw new Error(`There is no quantity "${quantity}" (gateway/src/domain/quantity.ts).`)
  return `"${influxField(quantity)}"`
}

/** Grafana's unit of a quantity. */
export function unitOf(quantity: string): string {
  const definition = quantityOf(quantity)
  const unit = definition && GRAFANA_UNITS[definition.unit]
  if (unit === undefined) throw new Error(`No Grafana unit is known for "${quantity}" (units.ts).`)
  return unit
}

/** Decimals at which a unit is shown; absent: as Grafana likes. */
export const DECIMALS: Readonly<Record<string, number>> = {
  percent: 1,
  kwatth: 2,
  watt: 2,
  volt: 1,
  amp: 2,
  celsius: 1,
  d: 1,
}
