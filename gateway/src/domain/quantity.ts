import { partQuantities } from './part-states.ts'
import { CHARGING_AND_STORAGE } from './quantities/charging-and-storage.ts'
import type { QuantityDefinition } from './quantities/definition.ts'
import { DEMONSTRATIONS } from './quantities/demonstrations.ts'
import { DEVICES } from './quantities/devices.ts'
import { ELECTRICITY } from './quantities/electricity.ts'
import { EXPERIENCE_ZONE } from './quantities/experience-zone.ts'
import { GATEWAY_ITSELF } from './quantities/gateway-itself.ts'
import { ROOMS_AND_ALARMS } from './quantities/rooms-and-alarms.ts'
import { TERMINALS } from './quantities/terminals.ts'
import { UNITS } from './unit.ts'

/** Everything that can be measured, by id. A new quantity is one line in the file of its family below quantities/. */
export const QUANTITIES = {
  ...ELECTRICITY,
  ...DEVICES,
  ...CHARGING_AND_STORAGE,
  // Parts of terminals and their like: words and what they mean stand in part-states.ts
  ...partQuantities,
  ...TERMINALS,
  ...EXPERIENCE_ZONE,
  ...ROOMS_AND_ALARMS,
  ...DEMONSTRATIONS,
  ...GATEWAY_ITSELF,
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
