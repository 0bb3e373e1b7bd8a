import { UNITS, type Unit } from '../domain/unit.ts'

/**
 * UnitOfMeasure of OCPP 1.6 (§7.38) in our units, with the misspellings that are in the field. Frequency has no unit in the
 * specification; chargers write one or leave it out.
 */
const OURS: Readonly<Record<string, Unit>> = {
  '': '',
  Wh: 'Wh',
  kWh: 'kWh',
  varh: 'varh',
  kvarh: 'kvarh',
  W: 'W',
  kW: 'kW',
  VA: 'VA',
  kVA: 'kVA',
  var: 'var',
  kvar: 'kvar',
  A: 'A',
  V: 'V',
  Celsius: '°C',
  Celcius: '°C',
  Percent: '%',
  Hertz: 'Hz',
  Hz: 'Hz',
}

const FAHRENHEIT = 'Fahrenheit'
const KELVIN = 'K'

/** Canonical unit a reading in this OCPP unit is converted to; undefined for one we do not know. */
export function canonicalOf(unit: string): string | undefined {
  if (unit === FAHRENHEIT || unit === KELVIN) return '°C'
  return Object.hasOwn(OURS, unit) ? UNITS[OURS[unit]!].of : undefined
}

/** The reading in its canonical unit; twelve digits are more than any meter has. `unit` is a known one. */
export function convert(value: number, unit: string, scale = 1): number {
  const sent = value * scale
  if (unit === FAHRENHEIT) return Number((((sent - 32) * 5) / 9).toPrecision(12))
  if (unit === KELVIN) return Number((sent - 273.15).toPrecision(12))
  const { factor } = UNITS[OURS[unit] ?? '']
  return factor === 1 && scale === 1 ? value : Number((sent * factor).toPrecision(12))
}
