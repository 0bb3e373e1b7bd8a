import { type Capability, capabilitiesOf } from '../domain/capability.ts'
import type { FaultKey } from '../domain/fault-event.ts'
import { PRIORITIES, type Priority } from '../domain/priority.ts'
import type { Alarm } from './alarm.ts'
import type { AlarmDevice } from './alarm-book.ts'
import type { AlarmIndex } from './alarm-index.ts'
import { ALWAYS_CALLS, CALLS_UNLESS_ATTENDED } from './cause-families.ts'
import type { Topology } from './topology.ts'
import { lostBy, offers, takesAway } from './units-able.ts'

/** How urgent an alarm is in this hall now: by what customers can still do elsewhere. */
export interface Urgency {
  of(alarm: Alarm): Priority
  /** To call when a fault that takes these away came or went; returns the functions that the hall lost or got back by it. */
  changed(lost: readonly Capability[]): readonly Capability[]
  /** To call when the hall opened or closed. */
  openingChanged(): void
  lostBy(fault: FaultKey): readonly Capability[]
  /** What the device does for customers while it is healthy. */
  functionsOf(device: string): readonly Capability[]
}

/** Who is there to serve: `isAway` because somebody works on it, `isShut` because its zone is closed now. */
interface Presence {
  isAway(device: string): boolean
  isShut(device: string): boolean
}

export function createUrgency(index: AlarmIndex, topology: Topology, presence: Presence): Urgency {
  const offering = new Map<Capability, AlarmDevice[]>()
  /** Whether anybody is left: of all units, and of those whose zone is open now. */
  const left = { all: new Map<Capability, boolean>(), open: new Map<Capability, boolean>() }

  function units(capability: Capability): readonly AlarmDevice[] {
    let list = offering.get(capability)
    if (!list) {
      list = topology.devices.filter((device) => offers(device, capability))
      offering.set(capability, list)
    }
    return list
  }

  function isAble({ id, kind }: AlarmDevice, capability: Capability): boolean {
    if (presence.isAway(id)) return false
    for (const { alarm } of index.onDevice(id)) if (takesAway(alarm, kind, capability)) return false
    return true
  }

  const count = {
    all: (capability: Capability) => units(capability).some((unit) => isAble(unit, capability)),
    open: (capability: Capability) =>
      units(capability).some((unit) => !presence.isShut(unit.id) && isAble(unit, capability)),
  }

  function isLeft(capability: Capability, among: 'all' | 'open'): boolean {
    let known = left[among].get(capability)
    if (known === undefined) {
      known = count[among](capability)
      left[among].set(capability, known)
    }
    return known
  }

  function recount(capability: Capability, among: 'all' | 'open'): boolean {
    const before = left[among].get(capability)
    left[among].set(capability, count[among](capability))
    return left[among].get(capability) !== before
  }

  function lost(fault: FaultKey): readonly Capability[] {
    const device = topology.device(fault.device)
    return device ? lostBy(fault, device.kind) : []
  }

  return {
    lostBy: lost,
    functionsOf: (id) => capabilitiesOf(topology.device(id)?.kind ?? 'safety'),
    changed: (capabilities) =>
      capabilities.filter((capability) => [recount(capability, 'all'), recount(capability, 'open')].includes(true)),
    openingChanged: () => left.open.clear(),
    of({ fault, defaultPriority }) {
      const capabilities = lost(fault)
      if (capabilities.length === 0) return defaultPriority
      // A unit in a closed zone is missed when the hall opens: then all others will be there. One that serves at night is missed now.
      const among = presence.isShut(fault.device) ? 'all' : 'open'
      if (!capabilities.every((capability) => isLeft(capability, among))) return raised(defaultPriority)
      // P1 by definition is danger, money, or the last unit. Others can do it and nothing is in danger: P2, one unit's main function.
      const inDanger = ALWAYS_CALLS.has(fault.code) || CALLS_UNLESS_ATTENDED.has(fault.code)
      return defaultPriority === 'P1' && !inDanger ? 'P2' : defaultPriority
    },
  }
}

const LEVELS = Object.keys(PRIORITIES) as Priority[]

const raised = (priority: Priority): Priority => LEVELS[LEVELS.indexOf(priority) - 1] ?? 'P1'
