import type { Repair } from '../config/repair-schema.ts'
import type { ActResult } from '../domain/act-result.ts'
import type { DeviceKind } from '../domain/device-kind.ts'
import { type FaultEvent, type FaultKey, faultId } from '../domain/fault-event.ts'
import { byUrgency } from '../domain/priority.ts'
import type { Alarm, AlarmAct, AlarmTransition } from './alarm.ts'
import { actOn, refuse } from './alarm-acts.ts'
import { laterId } from './alarm-ids.ts'
import { type Entry, isActive } from './alarm-index.ts'
import { createAlarmMoves } from './alarm-moves.ts'
import { ALARM_TIMINGS, type AlarmTimings } from './alarm-timings.ts'
import { LOST, SILENCE } from './cause-families.ts'
import { findCommonCauses, type Silent } from './common-cause.ts'
import { GATEWAY } from './root-cause.ts'

/** What alarms need to know of a device; a ResolvedDevice fits with its link. */
export interface AlarmDevice {
  readonly id: string
  readonly name: string
  readonly kind: DeviceKind
  readonly zone: string
  /** Link or broker user through which it is heard: devices of one link are explained by the link. */
  readonly link: string
  /** Quantities its profile gives: which functions it has. Absent: every function units of its kind can have. */
  readonly quantities?: readonly string[]
}

export interface AlarmHall {
  readonly devices: readonly AlarmDevice[]
  readonly repair: Pick<Repair, 'openingHours' | 'alwaysOpen' | 'topology' | 'maintenance'>
  readonly timeZone: string
}

/** All alarms of a hall and how they move. Pure: it knows no clock but `now` (Unix ms) and writes nothing; the caller keeps what it returns. */
export interface AlarmBook {
  /** The hall changed; alarms of devices that are gone return to normal with cause `cleared`. */
  setHall(hall: AlarmHall, now: number): AlarmTransition[]
  take(event: FaultEvent, now: number): AlarmTransition[]
  act(act: AlarmAct, now: number): ActResult<AlarmTransition[]>
  /** On-delays, hold-offs, ends of shelving, maintenance and opening hours, settling of chattering. Call about once a second. */
  tick(now: number): AlarmTransition[]
  /** A live order on the device puts its further alarms out of service. */
  setInRepair(device: string, inRepair: boolean, now: number): AlarmTransition[]
  alarm(id: string): Alarm | undefined
  /** Every alarm that is not `normal`, most urgent first, then oldest. */
  open(): readonly Alarm[]
  /** The alarms this one explains and speaks for, oldest first. */
  explainedBy(id: string): readonly Alarm[]
  /** More than ten alarms called somebody within ten minutes, and it is not over yet: digests instead of single messages. */
  flooded(): boolean
}

/** What is kept of a book over a restart. */
export interface AlarmBookStart {
  /** Every alarm that was not normal. */
  readonly alarms: readonly Alarm[]
  /** The greatest id ever given, open or not. */
  readonly lastAlarm?: string | undefined
  /** Devices with a live order. Absent: those whose alarms are out of service. */
  readonly inRepair?: readonly string[]
}

/** A fault that waits for what may explain it, so that the parent is shown first. */
interface Held {
  readonly event: FaultEvent
  since: number
  condition: 'present' | 'unknown'
}

/** Say `setHall` before anything else: a device of no hall has no alarms. */
export function createAlarmBook(
  options: { readonly initial?: AlarmBookStart; readonly timings?: Partial<AlarmTimings> } = {},
): AlarmBook {
  const { initial = { alarms: [] } } = options
  const timings = { ...ALARM_TIMINGS, ...options.timings }
  const lastId = initial.alarms.map(({ id }) => id).reduce(laterId, initial.lastAlarm)
  const moves = createAlarmMoves({ ...initial, lastAlarm: lastId }, timings)
  const { index } = moves
  const held = new Map<string, Held>()
  /** In the order of `open`, sorted when it is asked for after a change: in a storm of alarms each of them asks. */
  let sorted: { readonly version: number; readonly alarms: readonly Alarm[] } = { version: -1, alarms: [] }
  /** Whether who is silent, or who has lost the backend, changed since common causes were last looked for. */
  let causesChanged = true

  function take({ type, ...rest }: FaultEvent, now: number): void {
    const event: FaultEvent = { type, ...rest, at: Math.min(rest.at, now) }
    const { fault } = event
    if (fault.device === GATEWAY || !moves.hall().topology.device(fault.device)) return
    if (SILENCE.has(fault.code) || fault.code === BACKEND) causesChanged = true
    const id = faultId(fault)
    const waiting = held.get(id)
    if (waiting) {
      if (type === 'cleared') held.delete(id)
      else waiting.condition = type === 'raised' ? 'present' : 'unknown'
      return
    }
    const entry = index.byFault.get(id)
    if (type === 'cleared') {
      if (entry) moves.clear(entry, event, now)
    } else if (type === 'unknown') {
      if (entry) moves.loseSight(entry, event, now)
    } else if (entry) moves.raiseAgain(entry, event, now)
    else if (moves.hall().rootCause.mayCome(fault) && !moves.hall().parentOf(fault, event.at)) {
      held.set(id, { event, since: now, condition: 'present' })
    } else {
      moves.raise(fault, event, now)
      explainHeld(now)
    }
  }

  /** A parent that has come takes its children with it, without waiting for the end of their hold-off. */
  function explainHeld(now: number): void {
    for (const waiting of held.values()) {
      if (moves.hall().parentOf(waiting.event.fault, waiting.event.at)) release(waiting, now)
    }
  }

  function release(waiting: Held, now: number): void {
    const { fault } = waiting.event
    if (!held.delete(faultId(fault))) return
    // A parent that waits for its own parent goes first.
    for (const { device, kind } of moves.hall().topology.ancestors(fault.device)) {
      for (const other of held.values()) {
        if (other.event.fault.device === device && LOST[kind].has(other.event.fault.code)) release(other, now)
      }
    }
    const entry = moves.raise(fault, waiting.event, now)
    if (waiting.condition === 'unknown')
      moves.loseSight(entry, { ...waiting.event, type: 'unknown', evidence: [] }, now)
  }

  function releaseDue(now: number): void {
    const due = [...held.values()].filter((waiting) => {
      // After a clock that jumped back the wait begins anew, it does not last for hours.
      if (waiting.since > now) waiting.since = now
      return now - waiting.since >= timings.holdOff
    })
    if (due.length > 0 || causesChanged) findCauses(due.length > 0, now)
    for (const waiting of due) release(waiting, now)
    if (due.length > 0) explainHeld(now)
  }

  /** @param begin false: only ends are looked for, as nothing has waited long enough for its parent */
  function findCauses(begin: boolean, now: number): void {
    causesChanged = false
    const common = findCommonCauses(
      moves.hall().topology,
      whoShows((fault) => SILENCE.has(fault.code)),
      partsOf('net.down'),
      timings.together,
    )
    const backend = whoShows((fault) => fault.code === BACKEND)
    const cutOff = [...backend.values()].filter(({ explained }) => !explained)
    for (const part of common.ends) endShared({ device: GATEWAY, code: 'net.down', part }, now)
    if (backend.size < 2) endShared(HALL_BACKEND, now)
    if (!begin) {
      causesChanged = common.begins.length > 0
      return
    }
    for (const { scope, since } of common.begins) {
      raiseShared({ device: GATEWAY, code: 'net.down', part: scope.part }, since, scope.devices, now)
    }
    if (cutOff.length >= 2) raiseShared(HALL_BACKEND, Math.min(...cutOff.map(({ since }) => since)), [], now)
    explainHeld(now)
  }

  function whoShows(wanted: (fault: FaultKey) => boolean): Map<string, Silent> {
    const found = new Map<string, Silent>()
    const note = (fault: FaultKey, since: number) => {
      if (!wanted(fault) || fault.device === GATEWAY) return
      const parent = moves.hall().parentOf(fault, since)
      found.set(fault.device, { since, explained: parent !== undefined && parent.alarm.fault.device !== GATEWAY })
    }
    for (const entry of index.byFault.values()) if (isActive(entry)) note(entry.alarm.fault, entry.alarm.raisedAt)
    for (const { event } of held.values()) note(event.fault, event.at)
    return found
  }

  const partsOf = (code: FaultKey['code']) =>
    new Set(
      [...index.onDevice(GATEWAY)]
        .filter((entry) => isActive(entry) && entry.alarm.fault.code === code)
        .map(({ alarm }) => alarm.fault.part),
    )

  function raiseShared(fault: FaultKey, since: number, members: readonly string[], now: number): void {
    const event: FaultEvent = { type: 'raised', fault, at: since, evidence: [] }
    const entry = index.byFault.get(faultId(fault))
    if (entry) moves.raiseAgain(entry, event, now)
    else {
      const explains = [...held.values()].filter(({ event }) => members.includes(event.fault.device))
      const shown = members.flatMap((id) => [...index.onDevice(id)].filter(isSilence).map(({ alarm }) => alarm.fault))
      moves.raise(fault, event, now, [...explains.map(({ event }) => event.fault), ...shown])
    }
  }

  function endShared(fault: FaultKey, now: number): void {
    const entry = index.byFault.get(faultId(fault))
    if (entry && isActive(entry)) moves.clear(entry, { type: 'cleared', fault, at: now, evidence: [] }, now)
  }

  return {
    setHall: (hall, now) =>
      moves.step(now, () => {
        for (const [id, { event }] of held) {
          if (!hall.devices.some((device) => device.id === event.fault.device)) held.delete(id)
        }
        moves.setHall(hall, now)
        causesChanged = true
      }),
    take: (event, now) => moves.step(now, () => take(event, now)),
    act(act, now) {
      const entry = index.byId.get(act.alarm)
      if (!entry) {
        return moves.over(act.alarm)
          ? refuse('HW_ALARM_CONFLICT', `${act.alarm} 已恢复正常，无需操作。It is over; nothing was changed.`)
          : refuse('HW_ALARM_UNKNOWN', `没有编号为 ${act.alarm} 的告警。There is no open alarm with this id.`)
      }
      const result = actOn(entry.alarm, act, now, timings.shelveMax)
      if (!result.ok) return result
      return { ok: true, value: moves.step(now, () => moves.acted(entry, result.value, act.by, now)) }
    },
    tick: (now) =>
      moves.step(now, () => {
        moves.passTime(now)
        releaseDue(now)
      }),
    setInRepair: (device, inRepair, now) => moves.step(now, () => moves.setInRepair(device, inRepair)),
    alarm: (id) => index.byId.get(id)?.alarm ?? moves.over(id),
    open() {
      const version = index.version()
      if (sorted.version !== version) {
        const alarms = Array.from(index.byId.values(), ({ alarm }) => alarm).sort(mostUrgentFirst)
        sorted = { version, alarms }
      }
      return sorted.alarms
    },
    explainedBy: (id) => [...index.explainedBy(id)].map(({ alarm }) => alarm).sort(oldestFirst),
    flooded: moves.flooded,
  }
}

const BACKEND = 'sys.backend_down'
const HALL_BACKEND: FaultKey = { device: GATEWAY, code: BACKEND, part: 'hall' }

const isSilence = (entry: Entry): boolean => SILENCE.has(entry.alarm.fault.code) && isActive(entry)

const oldestFirst = (a: Alarm, b: Alarm): number => a.raisedAt - b.raisedAt || a.id.localeCompare(b.id)

const mostUrgentFirst = (a: Alarm, b: Alarm): number => byUrgency(a.priority, b.priority) || oldestFirst(a, b)
