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
  lostBy(fault: FaultKey): readonly Capability[]
  /** What the device does for customers while it is healthy. */
  functionsOf(device: string): readonly Capability[]
}

export function createUrgency(index: AlarmIndex, topology: Topology, isAway: (device: string) => boolean): Urgency {
  const offering = new Map<Capability, AlarmDevice[]>()
  const anyAble = new Map<Capability, boolean>()

  function units(capability: Capability): readonly AlarmDevice[] {
    let list = offering.get(capability)
    if (!list) {
      list = topology.devices.filter((device) => offers(device, capability))
      offering.set(capability, list)
    }
    return list
  }

  function isAble({ id, kind }: AlarmDevice, capability: Capability): boolean {
    if (isAway(id)) return false
    for (const { alarm } of index.onDevice(id)) if (takesAway(alarm, kind, capability)) return false
    return true
  }

  const count = (capability: Capability) => units(capability).some((unit) => isAble(unit, capability))

  function isLeft(capability: Capability): boolean {
    let left = anyAble.get(capability)
    if (left === undefined) {
      left = count(capability)
      anyAble.set(capability, left)
    }
    return left
  }

  function lost(fault: FaultKey): readonly Capability[] {
    const device = topology.device(fault.device)
    return device ? lostBy(fault, device.kind) : []
  }

  return {
    lostBy: lost,
    functionsOf: (id) => capabilitiesOf(topology.device(id)?.kind ?? 'safety'),
    changed: (capabilities) =>
      capabilities.filter((capability) => {
        const before = anyAble.get(capability)
        const left = count(capability)
        anyAble.set(capability, left)
        return left !== before
      }),
    of({ fault, defaultPriority }) {
      const capabilities = lost(fault)
      if (capabilities.length === 0) return defaultPriority
      if (!capabilities.every(isLeft)) return raised(defaultPriority)
      // P1 by definition is danger, money, or the last unit. Others can do it and nothing is in danger: P2, one unit's main function.
      const inDanger = ALWAYS_CALLS.has(fault.code) || CALLS_UNLESS_ATTENDED.has(fault.code)
      return defaultPriority === 'P1' && !inDanger ? 'P2' : defaultPriority
    },
  }
}

const LEVELS = Object.keys(PRIORITIES) as Priority[]

const raised = (priority: Priority): Priority => LEVELS[LEVELS.indexOf(priority) - 1] ?? 'P1'
