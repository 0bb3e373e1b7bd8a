import { UNITS, type Unit } from './unit.ts'

/** What can be measured. One canonical unit each; `L1`–`L3` are the phases to neutral. Import is from the grid to the hall. */
interface QuantityDefinition {
  readonly type: 'number' | 'state' | 'text' | 'boolean'
  /** Canonical unit; '' for counts, states and ratios. */
  readonly unit: Unit
  readonly zh: string
  readonly en: string
  /** Set when the id continues after a dot (`temperature.cabinet`): what the part after the dot names. */
  readonly qualifier?: string
  /** `state` only: the closed list of words. */
  readonly states?: readonly string[]
}

export const QUANTITIES = {
  activePower: { type: 'number', unit: 'W', zh: '有功功率', en: 'Active power' },
  activePowerL1: { type: 'number', unit: 'W', zh: 'A相有功功率', en: 'Active power L1' },
  activePowerL2: { type: 'number', unit: 'W', zh: 'B相有功功率', en: 'Active power L2' },
  activePowerL3: { type: 'number', unit: 'W', zh: 'C相有功功率', en: 'Active power L3' },
  reactivePower: { type: 'number', unit: 'var', zh: '无功功率', en: 'Reactive power' },
  apparentPower: { type: 'number', unit: 'VA', zh: '视在功率', en: 'Apparent power' },
  powerFactor: { type: 'number', unit: '', zh: '功率因数', en: 'Power factor' },
  frequency: { type: 'number', unit: 'Hz', zh: '频率', en: 'Frequency' },
  voltageL1: { type: 'number', unit: 'V', zh: 'A相电压', en: 'Voltage L1' },
  voltageL2: { type: 'number', unit: 'V', zh: 'B相电压', en: 'Voltage L2' },
  voltageL3: { type: 'number', unit: 'V', zh: 'C相电压', en: 'Voltage L3' },
  currentL1: { type: 'number', unit: 'A', zh: 'A相电流', en: 'Current L1' },
  currentL2: { type: 'number', unit: 'A', zh: 'B相电流', en: 'Current L2' },
  currentL3: { type: 'number', unit: 'A', zh: 'C相电流', en: 'Current L3' },
  activeEnergyImport: { type: 'number', unit: 'kWh', zh: '正向有功电能', en: 'Active energy import' },
  activeEnergyExport: { type: 'number', unit: 'kWh', zh: '反向有功电能', en: 'Active energy export' },
  temperature: { type: 'number', unit: '°C', zh: '温度', en: 'Temperature', qualifier: 'where it is measured' },
  socPercent: { type: 'number', unit: '%', zh: '荷电状态', en: 'State of charge' },
  evseState: { type: 'state', unit: '', zh: '充电桩状态', en: 'Charger state', states: ['A', 'B', 'C', 'D', 'E', 'F'] },
  switchedOn: { type: 'boolean', unit: '', zh: '通断', en: 'Switched on' },
  online: { type: 'boolean', unit: '', zh: '在线', en: 'Online' },
  readLatency: { type: 'number', unit: 's', zh: '读取耗时', en: 'Read latency' },
  readErrors: { type: 'number', unit: '', zh: '读取错误数', en: 'Read errors' },
} as const satisfies Record<string, QuantityDefinition>

export type QuantityName = keyof typeof QUANTITIES

const QUALIFIER = /^[a-z][A-Za-z0-9]*$/

/** The definition behind a quantity id (`activePower`, `temperature.cabinet`), or undefined when the vocabulary has no such id. */
export function quantityOf(id: string): QuantityDefinition | undefined {
  const dot = id.indexOf('.')
  const name = dot < 0 ? id : id.slice(0, dot)
  if (!Object.hasOwn(QUANTITIES, name)) return undefined
  const definition: QuantityDefinition = QUANTITIES[name as QuantityName]
  const wantsQualifier = definition.qualifier !== undefined
  if (wantsQualifier !== dot >= 0) return undefined
  if (dot >= 0 && !QUALIFIER.test(id.slice(dot + 1))) return undefined
  return definition
}

const snakeCase = (id: string) =>
  id
    .replaceAll('.', '_')
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()

/**
 * InfluxDB field of a quantity: snake_case plus unit, `active_power_w`, `temperature_cabinet_c`.
 * A name that already ends in its unit does not repeat it: `soc_percent`.
 */
export function influxField(id: string): string {
  const definition = quantityOf(id)
  const name = snakeCase(id)
  const suffix = definition ? UNITS[definition.unit].suffix : ''
  return suffix === '' || name.endsWith(`_${suffix}`) ? name : `${name}_${suffix}`
}
