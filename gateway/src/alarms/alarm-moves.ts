import { type FaultEvent, type FaultKey, faultId } from '../domain/fault-event.ts'
import { faultFacts } from '../domain/fault-facts.ts'
import { byUrgency, type Priority } from '../domain/priority.ts'
import type { Alarm, AlarmCause, AlarmTransition, Suppression } from './alarm.ts'
import type { Acted } from './alarm-acts.ts'
import type { AlarmBookStart, AlarmHall } from './alarm-book.ts'
import { createAlarmIds } from './alarm-ids.ts'
import { type AlarmIndex, createAlarmIndex, type Entry, isActive } from './alarm-index.ts'
import { type AlarmEvent, clearingOf, NEXT } from './alarm-states.ts'
import type { AlarmTimings } from './alarm-timings.ts'
import { createAttendance } from './attendance.ts'
import { SILENCE } from './cause-families.ts'
import { createChatter } from './chatter.ts'
import { createFlood } from './flood.ts'
import { createHallView, type HallView, sameSuppression } from './hall-view.ts'
import { GATEWAY } from './root-cause.ts'

/** Moves single alarms and, at the end of each step, whatever their moves mean for the others. */
export interface AlarmMoves {
  readonly index: AlarmIndex
  hall(): HallView
  /** Runs one step and returns all that changed in it, causes before what they cause. */
  step(now: number, run: () => void): AlarmTransition[]
  setHall(hall: AlarmHall, now: number): void
  /** @param speaksFor faults whose urgency the new alarm takes over */
  raise(fault: FaultKey, event: FaultEvent, now: number, speaksFor?: readonly FaultKey[]): Entry
  raiseAgain(entry: Entry, event: FaultEvent, now: number): void
  clear(entry: Entry, event: FaultEvent, now: number): void
  loseSight(entry: Entry, event: FaultEvent, now: number): void
  acted(entry: Entry, acted: Acted, by: string, now: number): void
  passTime(now: number): void
  setInRepair(device: string, inRepair: boolean): void
  /** An alarm that became normal not long ago. */
  over(id: string): Alarm | undefined
  flooded(): boolean
}

/** How many alarms that are over are remembered, to answer whoever acts on one too late. */
const REMEMBERED = 1000

export function createAlarmMoves(initial: AlarmBookStart, timings: AlarmTimings): AlarmMoves {
  const index = createAlarmIndex()
  const attendance = createAttendance(
    initial.inRepair ??
      initial.alarms.filter(({ suppressed }) => suppressed?.by === 'out-of-service').map(({ fault }) => fault.device),
  )
  const chatter = createChatter(timings.flapRaises, timings.flapWindow)
  const flood = createFlood()
  const over = new Map<string, Alarm>()
  let timeZone = 'UTC'
  const nextId = createAlarmIds(initial.lastAlarm, () => timeZone)
  let hall: HallView = createHallView({ devices: [], repair: NOTHING, timeZone }, index, attendance)
  let transitions: AlarmTransition[] = []
  /** Alarms whose suppression or priority may have changed, and parents that speak for other children now. */
  const touched = new Set<Entry>()
  const parents = new Set<string>()
  for (const alarm of initial.alarms) {
    index.put({
      alarm,
      actual: alarm.condition,
      changedAt: alarm.clearedAt ?? alarm.raisedAt,
      settleUntil: undefined,
      beforeRepair: alarm.suppressed?.by !== 'out-of-service',
    })
  }

  function change(entry: Entry, alarm: Alarm, cause: AlarmCause, at: number, actor = GATEWAY, reason?: string): void {
    const before = entry.alarm
    const last = cause === 'priority-changed' ? transitions.findLast((one) => one.alarm.id === before.id) : undefined
    if (last && (last.cause === 'raised' || last.cause === 'unsuppressed')) {
      // In one step an alarm is shown once, with the priority it has at its end.
      index.update(entry, alarm)
      transitions[transitions.indexOf(last)] = { ...last, alarm }
      return
    }
    const next = { ...alarm, sequence: before.sequence + 1 }
    index.update(entry, next)
    if (before.suppressed?.by === 'parent') parents.add(before.suppressed.alarm)
    if (next.suppressed?.by === 'parent') parents.add(next.suppressed.alarm)
    tell({ alarm: next, from: before.state, cause, at, actor, ...(reason !== undefined && { reason }) })
    if (next.state === 'normal') remember(next)
  }

  function tell(transition: AlarmTransition): void {
    const calls = CALLING.has(transition.cause) && !transition.alarm.suppressed && !transition.alarm.shelved
    const flooded = calls ? flood.call(transition.at) : flood.flooded()
    transitions.push(flooded ? { ...transition, flood: true } : transition)
  }

  function remember(alarm: Alarm): void {
    over.set(alarm.id, alarm)
    for (const id of over.keys()) {
      if (over.size <= REMEMBERED) break
      over.delete(id)
    }
  }

  /** Its condition came or went: look again at what it explains and at who is left to serve. */
  function spread(fault: FaultKey, how: 'lost' | 'regained'): void {
    for (const entry of hall.rootCause.dependents(fault)) touched.add(entry)
    spreadLoss(hall.urgency.lostBy(fault), how)
  }

  function spreadLoss(...change: Parameters<HallView['who']['changed']>): void {
    const flipped = hall.who.changed(...change)
    if (flipped.length === 0) return
    for (const entry of index.byFault.values()) {
      if (hall.urgency.lostBy(entry.alarm.fault).some((one) => flipped.includes(one))) touched.add(entry)
    }
  }

  function raise(fault: FaultKey, event: FaultEvent, now: number, speaksFor: readonly FaultKey[] = []): Entry {
    const facts = factsOf(fault)
    const suppressed = suppressionOf(fault, event.at, false)
    const flapping = chatter.raised(faultId(fault), now)
    const defaultPriority = [...speaksFor.map((one) => factsOf(one).priority)].sort(byUrgency)[0] ?? facts.priority
    const alarm: Alarm = {
      id: nextId(now),
      fault,
      state: NEXT.normal.raised as 'unacknowledged',
      condition: 'present',
      defaultPriority: fault.part === 'hall' ? facts.priority : defaultPriority,
      priority: defaultPriority,
      raisedAt: event.at,
      latched: facts.latched,
      ...(suppressed && { suppressed }),
      evidence: event.evidence,
      sequence: 1,
    }
    const entry: Entry = { alarm, actual: 'present', changedAt: now, settleUntil: undefined, beforeRepair: false }
    index.put(entry)
    spread(fault, 'lost')
    entry.alarm = { ...alarm, priority: hall.urgency.of(alarm) }
    if (suppressed?.by === 'parent') parents.add(suppressed.alarm)
    tell({ alarm: entry.alarm, from: 'normal', cause: 'raised', at: now, actor: GATEWAY })
    if (flapping) change(entry, { ...entry.alarm, flapping: true }, 'flapping', now)
    return entry
  }

  const factsOf = ({ device, code, part }: FaultKey) => faultFacts(code, part, hall.topology.device(device)?.kind)

  function raiseAgain(entry: Entry, event: FaultEvent, now: number): void {
    const { alarm } = entry
    entry.actual = 'present'
    if (alarm.flapping) {
      entry.changedAt = now
      return
    }
    if (alarm.condition === 'present') return
    if (alarm.condition === 'unknown') {
      change(entry, { ...alarm, condition: 'present', evidence: event.evidence }, 'confirmed', now)
      return
    }
    const state = NEXT[alarm.state].raised
    if (!state) return
    entry.changedAt = now
    // It came back while it was being repaired: whoever repairs it sees it, nobody else needs to come.
    entry.beforeRepair = false
    entry.settleUntil = undefined
    const { clearedAt: _, acknowledged: __, suppressed: ___, ...rest } = alarm
    const suppressed = suppressionOf(alarm.fault, event.at, false)
    const flapping = chatter.raised(faultId(alarm.fault), now)
    change(
      entry,
      {
        ...rest,
        state,
        condition: 'present',
        latched: factsOf(alarm.fault).latched,
        evidence: event.evidence,
        ...(suppressed && { suppressed }),
      },
      'raised',
      now,
    )
    spread(alarm.fault, 'lost')
    touched.add(entry)
    if (flapping) change(entry, { ...entry.alarm, flapping: true }, 'flapping', now)
  }

  function clear(entry: Entry, event: Pick<FaultEvent, 'at' | 'evidence'>, now: number, as?: AlarmEvent): void {
    const { alarm } = entry
    entry.actual = 'cleared'
    if (alarm.flapping && !as) {
      entry.changedAt = now
      return
    }
    if (alarm.condition === 'cleared' && !as) return
    const state = as ? 'normal' : NEXT[alarm.state][clearingOf(alarm)]
    if (!state) return
    entry.changedAt = now
    const { shelved: _, flapping: __, ...rest } = alarm
    const clearedAt = alarm.condition === 'cleared' ? (alarm.clearedAt ?? now) : Math.max(event.at, alarm.raisedAt)
    const evidence = event.evidence.length > 0 ? event.evidence : alarm.evidence
    const wasActive = isActive(entry)
    change(
      entry,
      { ...rest, state, condition: 'cleared', clearedAt, evidence },
      as === 'expired' ? 'settled' : 'cleared',
      now,
    )
    if (wasActive) {
      for (const child of index.explainedBy(alarm.id)) touched.add(child)
      spread(alarm.fault, 'regained')
    }
  }

  function loseSight(entry: Entry, event: FaultEvent, now: number): void {
    const { alarm } = entry
    if (alarm.flapping) {
      entry.actual = 'unknown'
      entry.changedAt = now
    } else if (alarm.condition === 'present') {
      entry.actual = 'unknown'
      const evidence = event.evidence.length > 0 ? event.evidence : alarm.evidence
      change(entry, { ...alarm, condition: 'unknown', evidence }, 'unknown', now)
    }
  }

  function suppressionOf(fault: FaultKey, raisedAt: number, beforeRepair: boolean): Suppression | undefined {
    const parent = hall.parentOf(fault, raisedAt)
    return parent ? { by: 'parent', alarm: parent.alarm.id } : hall.silenced(fault, beforeRepair)
  }

  function reconsider(entry: Entry, now: number): void {
    const { alarm } = entry
    if (alarm.state === 'normal') return
    // What is over needs no new silence; it may only be let out of one, when a person still has to look.
    if (!isActive(entry) && !alarm.suppressed) return
    let wanted = suppressionOf(alarm.fault, alarm.raisedAt, entry.beforeRepair)
    if (alarm.suppressed?.by === 'parent' && !wanted) {
      const settleUntil = entry.settleUntil ?? now + settlingTime(alarm.suppressed.alarm, alarm.fault)
      // Never longer than it should be, whatever the clock did.
      entry.settleUntil = Math.min(settleUntil, now + timings.settle)
      if (now < entry.settleUntil) wanted = alarm.suppressed
      else entry.settleUntil = undefined
    } else entry.settleUntil = undefined
    if (sameSuppression(wanted, alarm.suppressed)) return
    const { suppressed: _, ...rest } = alarm
    change(entry, wanted ? { ...rest, suppressed: wanted } : rest, wanted ? 'suppressed' : 'unsuppressed', now)
    // What it spoke for has another alarm at its top now.
    for (const child of index.explainedBy(alarm.id)) touched.add(child)
  }

  /** A device that is heard again says at once what is wrong with it; other children may take a while to come back. */
  function settlingTime(parentId: string, child: FaultKey): number {
    const parent = (index.byId.get(parentId)?.alarm ?? over.get(parentId))?.fault
    return parent && parent.device === child.device && SILENCE.has(parent.code) ? 0 : timings.settle
  }

  function reprioritise(entry: Entry, now: number): void {
    const { alarm } = entry
    if (alarm.state === 'normal' || !isActive(entry)) return
    let priority: Priority = hall.urgency.of(alarm)
    // A parent is as urgent as the most urgent thing it speaks for.
    for (const child of index.explainedBy(alarm.id)) {
      if (isActive(child) && byUrgency(child.alarm.priority, priority) < 0) priority = child.alarm.priority
    }
    if (priority !== alarm.priority) change(entry, { ...alarm, priority }, 'priority-changed', now)
  }

  function settle(entry: Entry, now: number): void {
    const { flapping: _, ...rest } = entry.alarm
    const { actual } = entry
    change(entry, rest, 'settled', now)
    entry.changedAt = now
    if (actual === 'cleared') clear(entry, { at: now, evidence: [] }, now)
    else if (actual === 'unknown') {
      loseSight(entry, { type: 'unknown', fault: rest.fault, at: now, evidence: [] }, now)
    }
  }

  function passTimeOf(entry: Entry, now: number): void {
    if (entry.changedAt > now) entry.changedAt = now
    const { alarm } = entry
    if (alarm.shelved && (now >= alarm.shelved.until || alarm.shelved.until - now > timings.shelveMax)) {
      const { shelved: _, ...rest } = alarm
      change(entry, rest, 'unshelved', now)
    }
    if (alarm.flapping && now - entry.changedAt >= timings.flapWindow) settle(entry, now)
    if (entry.settleUntil !== undefined) touched.add(entry)
    const forgotten = now - entry.changedAt >= timings.returnedKeep && !entry.alarm.latched
    if (forgotten && NEXT[entry.alarm.state].expired) clear(entry, { at: now, evidence: [] }, now, 'expired')
  }

  return {
    index,
    hall: () => hall,
    raise,
    raiseAgain,
    clear,
    loseSight,
    over: (id) => over.get(id),
    flooded: flood.flooded,

    step(now, run) {
      transitions = []
      run()
      for (const entry of touched) reconsider(entry, now)
      for (const entry of touched) reprioritise(entry, now)
      touched.clear()
      for (const id of parents) {
        const parent = index.byId.get(id)
        if (parent) reprioritise(parent, now)
      }
      parents.clear()
      return transitions
    },

    setHall(next, now) {
      timeZone = next.timeZone
      attendance.setHall(next)
      const gone = new Set([...index.byFault.values()].map(({ alarm }) => alarm.fault.device))
      for (const { id } of next.devices) gone.delete(id)
      gone.delete(GATEWAY)
      for (const device of gone) {
        for (const entry of [...index.onDevice(device)]) clear(entry, { at: now, evidence: [] }, now, 'clearedUnseen')
      }
      hall = createHallView(next, index, attendance)
      attendance.passTime(now)
      hall.passTime(now)
      for (const entry of index.byFault.values()) touched.add(entry)
    },

    acted(entry, { alarm, cause, reason }, by, now) {
      const wasActive = isActive(entry)
      change(entry, alarm, cause, now, by, reason)
      if (wasActive && !isActive(entry)) spread(alarm.fault, 'regained')
    },

    passTime(now) {
      for (const device of attendance.passTime(now)) attended(device)
      if (hall.passTime(now)) for (const entry of index.byFault.values()) touched.add(entry)
      for (const entry of [...index.byFault.values()]) passTimeOf(entry, now)
      flood.judge(now)
      chatter.forget(now)
    },

    setInRepair(device, inRepair) {
      if (!attendance.setInRepair(device, inRepair)) return
      for (const entry of index.onDevice(device)) {
        entry.beforeRepair = inRepair && entry.alarm.suppressed?.by !== 'out-of-service'
      }
      attended(device)
    },
  }

  function attended(device: string): void {
    for (const entry of index.onDevice(device)) touched.add(entry)
    spreadLoss(hall.urgency.functionsOf(device), 'either')
  }
}

const NOTHING: AlarmHall['repair'] = { openingHours: [], alwaysOpen: [], topology: [], maintenance: [] }

/** Causes after which somebody is told, unless the alarm is silent. */
const CALLING: ReadonlySet<AlarmCause> = new Set(['raised', 'unsuppressed', 'unshelved'])
