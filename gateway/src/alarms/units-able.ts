import { type Capability, capabilitiesOf } from '../domain/capability.ts'
import type { DeviceKind } from '../domain/device-kind.ts'
import type { FaultKey } from '../domain/fault-event.ts'
import { faultFacts } from '../domain/fault-facts.ts'
import { PARTS, type PartName } from '../domain/part-states.ts'
import type { Alarm } from './alarm.ts'
import type { AlarmDevice } from './alarm-book.ts'
import { SILENCE } from './cause-families.ts'

/**
 * Which units of the hall can still do this for a customer: for a message's “1号机可用”. A unit of which nothing is heard, or
 * whose fault can no longer be judged, is not promised to anybody.
 * @param alarms the open ones
 */
export function unitsAble(
  capability: Capability,
  devices: readonly AlarmDevice[],
  alarms: readonly Alarm[],
): readonly AlarmDevice[] {
  const kinds = new Map(devices.map(({ id, kind }) => [id, kind]))
  const unable = new Set<string>()
  for (const alarm of alarms) {
    const kind = kinds.get(alarm.fault.device)
    if (kind && takesAway(alarm, kind, capability)) unable.add(alarm.fault.device)
  }
  return devices.filter((device) => offers(device, capability) && !unable.has(device.id))
}

export const takesAway = ({ condition, fault }: Alarm, kind: DeviceKind, capability: Capability): boolean =>
  condition !== 'cleared' && lostBy(fault, kind).includes(capability)

const known = new Map<string, readonly Capability[]>()

/** What the unit can no longer do for a customer with this fault. */
export function lostBy({ code, part }: Omit<FaultKey, 'device'>, kind: DeviceKind): readonly Capability[] {
  const key = `${code}/${part}/${kind}`
  const remembered = known.get(key)
  if (remembered) return remembered
  // Of a unit that nobody hears, nothing is promised.
  const loses = SILENCE.has(code) ? capabilitiesOf(kind) : faultFacts(code, part, kind).loses
  // Codes, parts and kinds are closed lists; a part from outside them must not fill the memory.
  if (known.size < 10_000) known.set(key, loses)
  return loses
}

/** Whether a unit has this function when it is healthy: its kind can have it, and its profile tells of a part that does it. */
export function offers({ kind, quantities }: AlarmDevice, capability: Capability): boolean {
  if (!capabilitiesOf(kind).includes(capability)) return false
  const own = quantities?.flatMap((quantity) => doneBy(quantity, kind)) ?? []
  // A profile that tells of no part at all (only whether the unit is there) says nothing about its functions.
  return own.length === 0 || own.includes(capability)
}

/** What needs the part behind a quantity; a part whose faults take the whole unit away names no function. Many units have the same parts. */
function doneBy(quantity: string, kind: DeviceKind): readonly Capability[] {
  const key = `${quantity}/${kind}`
  const remembered = needed.get(key)
  if (remembered) return remembered
  const name = quantity.split('.', 1)[0] as string
  const words = Object.hasOwn(PARTS, name) ? Object.values(PARTS[name as PartName].words) : []
  const able = words
    .flatMap((word) => ('fault' in word ? [lostBy({ code: word.fault, part: quantity }, kind)] : []))
    .filter((loses) => loses.length < capabilitiesOf(kind).length)
    .flat()
  // Quantities may have qualifiers of a hall's own; they must not fill the memory.
  if (needed.size < 10_000) needed.set(key, able)
  return able
}

const needed = new Map<string, readonly Capability[]>()
