import type { FaultKey } from '../domain/fault-event.ts'
import type { Suppression } from './alarm.ts'
import type { AlarmHall } from './alarm-book.ts'
import type { AlarmIndex, Entry } from './alarm-index.ts'
import type { Attendance } from './attendance.ts'
import { ALWAYS_CALLS, CALLS_UNLESS_ATTENDED, SILENCE } from './cause-families.ts'
import { createOpeningHours } from './opening-hours.ts'
import { createRootCause, GATEWAY, type RootCause } from './root-cause.ts'
import { createTopology, type Topology } from './topology.ts'
import { createUrgency, type Urgency } from './urgency.ts'
import { createWhoIsLeft, type WhoIsLeft } from './who-is-left.ts'

/** A hall as its alarms see it. Made anew when hall.yaml changes. */
export interface HallView {
  readonly topology: Topology
  readonly rootCause: RootCause
  readonly urgency: Urgency
  readonly who: WhoIsLeft
  /** Opens or closes the hall; returns whether it did. */
  passTime(now: number): boolean
  /** The alarm that explains this fault, unless it must call whatever else is wrong. */
  parentOf(fault: FaultKey, raisedAt: number): Entry | undefined
  /** Why the fault does not call anybody now, apart from a parent. */
  silenced(fault: FaultKey, beforeRepair: boolean): Suppression | undefined
}

export function createHallView(hall: AlarmHall, index: AlarmIndex, attendance: Attendance): HallView {
  const topology = createTopology(hall)
  const rootCause = createRootCause(index, topology)
  const away = (device: string) => attendance.inRepair(device) || attendance.inMaintenance(device)
  const isOpen = createOpeningHours(hall.repair.openingHours, hall.timeZone)
  const alwaysOpen = new Set(hall.repair.alwaysOpen)
  let closed = false
  const isShut = (id: string) => closed && !alwaysOpen.has(topology.device(id)?.zone ?? '')
  const who = createWhoIsLeft(index, topology, { isAway: away, isShut })
  const urgency = createUrgency(topology, who, isShut)

  /** Only customers are hurt by it, and there are none in the zone while the hall is closed. */
  function waitsForOpening(fault: FaultKey): boolean {
    if (fault.device === GATEWAY) {
      const members = topology.scope(fault.part)?.devices ?? []
      return members.every((id) => !alwaysOpen.has(topology.device(id)?.zone ?? ''))
    }
    if (alwaysOpen.has(topology.device(fault.device)?.zone ?? '')) return false
    return SILENCE.has(fault.code) || urgency.lostBy(fault).length > 0
  }

  return {
    topology,
    rootCause,
    urgency,
    who,
    passTime(now) {
      if (isOpen(now) !== closed) return false
      closed = !closed
      who.openingChanged()
      return true
    },
    parentOf: (fault, raisedAt) =>
      ALWAYS_CALLS.has(fault.code) || CALLS_UNLESS_ATTENDED.has(fault.code) ? undefined : rootCause.of(fault, raisedAt),
    silenced(fault, beforeRepair) {
      if (ALWAYS_CALLS.has(fault.code)) return undefined
      if (attendance.inRepair(fault.device) && !beforeRepair) return { by: 'out-of-service' }
      if (attendance.inMaintenance(fault.device)) return { by: 'maintenance' }
      if (CALLS_UNLESS_ATTENDED.has(fault.code) || !closed) return undefined
      return waitsForOpening(fault) ? { by: 'hall-closed' } : undefined
    },
  }
}

export const sameSuppression = (a: Suppression | undefined, b: Suppression | undefined): boolean =>
  a?.by === b?.by && (a?.by !== 'parent' || b?.by !== 'parent' || a.alarm === b.alarm)
