import { type Capability, capabilitiesOf } from '../domain/capability.ts'
import type { FaultKey } from '../domain/fault-event.ts'
import { PRIORITIES, type Priority } from '../domain/priority.ts'
import type { Alarm } from './alarm.ts'
import { ALWAYS_CALLS, CALLS_UNLESS_ATTENDED } from './cause-families.ts'
import type { Topology } from './topology.ts'
import { lostBy } from './units-able.ts'
import type { Presence, WhoIsLeft } from './who-is-left.ts'

/** How urgent an alarm is in this hall now: by what customers can still do elsewhere. */
export interface Urgency {
  of(alarm: Alarm): Priority
  lostBy(fault: FaultKey): readonly Capability[]
  /** What the device does for customers while it is healthy. */
  functionsOf(device: string): readonly Capability[]
}

export function createUrgency(topology: Topology, who: WhoIsLeft, isShut: Presence['isShut']): Urgency {
  function lost(fault: FaultKey): readonly Capability[] {
    const device = topology.device(fault.device)
    return device ? lostBy(fault, device.kind) : []
  }

  return {
    lostBy: lost,
    functionsOf: (id) => capabilitiesOf(topology.device(id)?.kind ?? 'safety'),
    of({ fault, defaultPriority }) {
      const capabilities = lost(fault)
      if (capabilities.length === 0) return defaultPriority
      // A unit in a closed zone is missed when the hall opens: then all others will be there. One that serves at night is missed now.
      const among = isShut(fault.device) ? 'all' : 'open'
      if (!capabilities.every((capability) => who.isLeft(capability, among))) return raised(defaultPriority)
      // P1 by definition is danger, money, or the last unit. Others can do it and nothing is in danger: P2, one unit's main function.
      const inDanger = ALWAYS_CALLS.has(fault.code) || CALLS_UNLESS_ATTENDED.has(fault.code)
      return defaultPriority === 'P1' && !inDanger ? 'P2' : defaultPriority
    },
  }
}

const LEVELS = Object.keys(PRIORITIES) as Priority[]

const raised = (priority: Priority): Priority => LEVELS[LEVELS.indexOf(priority) - 1] ?? 'P1'
