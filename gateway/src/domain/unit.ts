/**
 * Units a profile may name. `of` is the canonical unit a value is converted to, by `factor`; `suffix` ends the InfluxDB field name.
 * A unit is written as its symbol is printed: kWh, not kwh.
 */
export const UNITS = {
  '': { of: '', factor: 1, suffix: '' },
  W: { of: 'W', factor: 1, suffix: 'w' },
  kW: { of: 'W', factor: 1000, suffix: 'w' },
  mW: { of: 'W', factor: 0.001, suffix: 'w' },
  var: { of: 'var', factor: 1, suffix: 'var' },
  kvar: { of: 'var', factor: 1000, suffix: 'var' },
  VA: { of: 'VA', factor: 1, suffix: 'va' },
  kVA: { of: 'VA', factor: 1000, suffix: 'va' },
  Wh: { of: 'kWh', factor: 0.001, suffix: 'kwh' },
  kWh: { of: 'kWh', factor: 1, suffix: 'kwh' },
  MWh: { of: 'kWh', factor: 1000, suffix: 'kwh' },
  varh: { of: 'kvarh', factor: 0.001, suffix: 'kvarh' },
  kvarh: { of: 'kvarh', factor: 1, suffix: 'kvarh' },
  kVAh: { of: 'kVAh', factor: 1, suffix: 'kvah' },
  V: { of: 'V', factor: 1, suffix: 'v' },
  mV: { of: 'V', factor: 0.001, suffix: 'v' },
  A: { of: 'A', factor: 1, suffix: 'a' },
  mA: { of: 'A', factor: 0.001, suffix: 'a' },
  Ah: { of: 'Ah', factor: 1, suffix: 'ah' },
  Ohm: { of: 'Ohm', factor: 1, suffix: 'ohm' },
  kOhm: { of: 'Ohm', factor: 1000, suffix: 'ohm' },
  MOhm: { of: 'Ohm', factor: 1_000_000, suffix: 'ohm' },
  Hz: { of: 'Hz', factor: 1, suffix: 'hz' },
  '%': { of: '%', factor: 1, suffix: 'percent' },
  deg: { of: 'deg', factor: 1, suffix: 'deg' },
  '°C': { of: '°C', factor: 1, suffix: 'c' },
  s: { of: 's', factor: 1, suffix: 's' },
  ms: { of: 's', factor: 0.001, suffix: 's' },
  min: { of: 's', factor: 60, suffix: 's' },
  h: { of: 's', factor: 3600, suffix: 's' },
  d: { of: 's', factor: 86400, suffix: 's' },
  dBm: { of: 'dBm', factor: 1, suffix: 'dbm' },
  lx: { of: 'lx', factor: 1, suffix: 'lx' },
  ppm: { of: 'ppm', factor: 1, suffix: 'ppm' },
  B: { of: 'B', factor: 1, suffix: 'bytes' },
  m3: { of: 'm3', factor: 1, suffix: 'm3' },
  L: { of: 'm3', factor: 0.001, suffix: 'm3' },
  'L/min': { of: 'L/min', factor: 1, suffix: 'lpm' },
  'm3/h': { of: 'L/min', factor: 1000 / 60, suffix: 'lpm' },
  'W/m2': { of: 'W/m2', factor: 1, suffix: 'w_m2' },
} as const satisfies Record<string, { of: string; factor: number; suffix: string }>

export type Unit = keyof typeof UNITS

export const unitNames = Object.keys(UNITS) as [Unit, ...Unit[]]
