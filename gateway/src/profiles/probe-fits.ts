import type { BadReason, Value } from '../domain/frame.ts'
import type { ModbusProfile } from './profile-schema.ts'

type Probe = NonNullable<ModbusProfile['probe']>

/** False when the value proves that the register map belongs to another model. "No value" proves nothing: inverters have none at night. */
export function probeFits(probe: Probe, value: Value | { readonly bad: BadReason }): boolean {
  if (typeof value === 'object') return value.bad !== 'out-of-range'
  if (typeof value === 'number') return value >= (probe.min ?? -Infinity) && value <= (probe.max ?? Infinity)
  return typeof value !== 'string' || value.startsWith(probe.startsWith ?? '')
}
