import type { Evidence, FaultEvent, FaultKey } from '../domain/fault-event.ts'
import { faultFacts } from '../domain/fault-facts.ts'
import type { Priority } from '../domain/priority.ts'
import type { DeviceState, Reading } from '../readings/readings.ts'
import { type Bench, createJudge } from './create-judge.ts'
import type { Instant } from './engine-clock.ts'
import type { Seen, Verdict } from './judge.ts'
import type { FaultDevice } from './rules.ts'
import { watchPlan } from './watch-plan.ts'

/** What a rule sees, or after its delays what counts. */
type Condition = Exclude<Verdict, 'hold'>

/** A fault that is there. */
interface Active {
  told: 'raised' | 'unknown'
  priority: Priority | undefined
}

/** A fault that is active, with the rules that raised it. */
export interface ActiveFault {
  readonly key: FaultKey
  /** Undefined: not known any more. */
  readonly by: readonly string[] | undefined
  readonly told: 'raised' | 'unknown'
}

/** The watch over one device. */
export interface Watch {
  readonly device: FaultDevice
  readonly rules: number
  take(state: DeviceState, quantities: readonly string[], at: Instant, events: FaultEvent[]): void
  /** Everything anew, with readings that were there before the rules. */
  look(state: DeviceState, at: Instant, events: FaultEvent[]): void
  tick(at: Instant, events: FaultEvent[]): void
  /** Takes over a fault raised before; false when no rule speaks of it any more. */
  carry(fault: ActiveFault): boolean
  active(): ActiveFault[]
  running(): [string, number][]
  learnt(): [string, unknown][]
}

const SAID_OUTRIGHT: ReadonlySet<string> = new Set(['state', 'absence'])
const NO_READINGS: ReadonlyMap<string, Reading> = new Map()
/** Enough to see why; a sum of many counters does not fill a message. */
const MOST_EVIDENCE = 4
/** How fast the usual gap between frames is learnt (RFC 6298, where it is the round trip). */
const GAP_WEIGHT = 1 / 8
const DEVIATION_WEIGHT = 1 / 4

/**
 * A hall has tens of thousands of rules at work, so what is equal stands once in the plan, and what a device has of its own are
 * lists by the numbers of the plan: no object for each rule of each device.
 */
export function createWatch(
  device: FaultDevice,
  bench: Bench,
  before: { readonly learnt: ReadonlyMap<string, unknown>; readonly running: ReadonlyMap<string, number> },
  since: Instant,
): Watch {
  const { sources, slots, byQuantity, ofDevice, ticking } = watchPlan(device.rules)
  const keyOf = (at: number) => `${device.id} ${sources[at]!.key}`
  const judges = sources.map(
    ({ placed, judge }, at) => judge ?? createJudge(device, placed, bench, before.learnt.get(keyOf(at))),
  )
  /** Before the delays; since when in engine time; and Unix ms at which the device says it became so. */
  const raw = sources.map((): Condition => 'unknown')
  const rawSinceT = sources.map(() => since.t)
  const rawAt = sources.map(() => since.now)
  /** After the delays. */
  const condition = sources.map((): Condition => 'unknown')
  /** They are among those that raised their fault: without their word it does not clear. */
  const contributed = new Set<number>()
  const delayed = new Set<number>()
  /** How long a delay had run before a restart, ms. */
  const ranBefore = new Map<number, number>()
  const active = new Map<number, Active>()
  for (const at of before.running.size > 0 ? sources.keys() : []) {
    const ran = before.running.get(keyOf(at))
    if (ran !== undefined) ranBefore.set(at, ran)
  }
  const seen: Seen = {
    readings: NO_READINGS,
    presence: 'unknown',
    presenceReason: undefined,
    t: since.t,
    now: since.now,
    hour: since.hour,
    heardT: since.t,
    everHeard: false,
    meanGapMs: 0,
    gapDeviationMs: 0,
    held: false,
    fresh: false,
  }
  let lastFrameAt: number | undefined

  function see(state: DeviceState, at: Instant): void {
    setInstant(at)
    seen.readings = state.readings
    // A greeting is a sign of life too.
    if (state.presence === 'online' && seen.presence !== 'online') seen.heardT = at.t
    seen.presence = state.presence
    seen.presenceReason = state.reason
    if (state.lastFrameAt === undefined || state.lastFrameAt === lastFrameAt) return
    lastFrameAt = state.lastFrameAt
    if (seen.everHeard) {
      const gap = at.t - seen.heardT
      seen.gapDeviationMs += DEVIATION_WEIGHT * (Math.abs(gap - seen.meanGapMs) - seen.gapDeviationMs)
      seen.meanGapMs += GAP_WEIGHT * (gap - seen.meanGapMs)
    }
    seen.everHeard = true
    seen.heardT = at.t
  }

  function setInstant({ t, now, hour }: Instant): void {
    seen.t = t
    seen.now = now
    seen.hour = hour
  }

  const isHeld = (at: number): boolean => contributed.has(at)
  const keyOfSlot = (slot: number): FaultKey => ({
    device: device.id,
    code: slots[slot]!.code,
    part: slots[slot]!.part,
  })

  function ask(at: number, fresh: boolean, events: FaultEvent[]): void {
    const judge = judges[at]!
    seen.fresh = fresh
    seen.held = isHeld(at)
    const { priority } = judge
    const verdict = judge.judge(seen)
    if (verdict !== 'hold' && verdict !== raw[at]) {
      raw[at] = verdict
      rawSinceT[at] = seen.t - takeRanBefore(at)
      rawAt[at] = fresh ? readAt(at) : seen.now
    } else if (condition[at] === raw[at] && judge.priority === priority) return
    settle(at, events)
  }

  /** A delay that was running when the gateway stopped goes on where it was. */
  function takeRanBefore(at: number): number {
    if (raw[at] === 'unknown' || (raw[at] === 'present') === isHeld(at)) return 0
    const ran = ranBefore.get(at) ?? 0
    ranBefore.delete(at)
    return ran
  }

  function readAt(at: number): number {
    const read = seen.readings.get(sources[at]!.placed.quantities[0] ?? '')?.at
    return read === undefined ? seen.now : Math.min(read, seen.now)
  }

  function settle(at: number, events: FaultEvent[]): void {
    const sees = raw[at]!
    if (sees !== condition[at] && sees !== 'unknown') {
      const { onDelayS, offDelayS } = sources[at]!.placed.rule
      // Seen again after it could not be seen: it was raised already, the delay has been served.
      const delayMs = sees === 'present' ? (isHeld(at) ? 0 : onDelayS * 1000) : isHeld(at) ? offDelayS * 1000 : 0
      if (seen.t - rawSinceT[at]! < delayMs) {
        delayed.add(at)
        return
      }
    }
    delayed.delete(at)
    condition[at] = sees
    decide(sources[at]!.slot, at, events)
  }

  function decide(slot: number, by: number, events: FaultEvent[]): void {
    const speak = slots[slot]!.sources
    const fault = active.get(slot)
    if (speak.some((at) => condition[at] === 'present')) {
      const present = speak.filter((at) => condition[at] === 'present')
      for (const at of present) contributed.add(at)
      const priority = mostUrgent(slot, present)
      if (fault?.told === 'raised' && fault.priority === priority) return
      active.set(slot, { told: 'raised', priority })
      events.push(raisedEvent(slot, priority, present, by))
      return
    }
    if (!fault) return
    const raisers = speak.filter(isHeld)
    if (raisers.some((at) => condition[at] === 'unknown')) {
      if (fault.told === 'unknown') return
      fault.told = 'unknown'
      events.push({ type: 'unknown', fault: keyOfSlot(slot), at: seen.now, evidence: evidenceOf(raisers) })
      return
    }
    active.delete(slot)
    for (const at of raisers) contributed.delete(at)
    events.push({ type: 'cleared', fault: keyOfSlot(slot), at: rawAt[by]!, evidence: evidenceOf(raisers) })
  }

  /** Of those that are present; undefined: what the taxonomy says. */
  function mostUrgent(slot: number, present: readonly number[]): Priority | undefined {
    const { code, part } = slots[slot]!
    const usual = faultFacts(code, part).priority
    const priorities = present.map((at) => judges[at]!.priority ?? sources[at]!.placed.rule.priority ?? usual)
    const [most] = priorities.sort() // P1 is the most urgent
    return most === usual ? undefined : most
  }

  function raisedEvent(
    slot: number,
    priority: Priority | undefined,
    present: readonly number[],
    by: number,
  ): FaultEvent {
    const expectedAt = slots[slot]!.sources.map((at) => judges[at]!.expectedAt).find((at) => at !== undefined)
    const cause = present.includes(by) ? by : present[0]!
    return {
      type: 'raised',
      fault: keyOfSlot(slot),
      at: rawAt[cause]!,
      evidence: evidenceOf(present),
      ...(priority !== undefined && { priority }),
      ...(expectedAt !== undefined && { expectedAt }),
    }
  }

  function evidenceOf(from: readonly number[]): Evidence[] {
    const quantities = new Set(from.flatMap((at) => sources[at]!.quantities))
    const evidence: Evidence[] = []
    for (const quantity of quantities) {
      const reading = seen.readings.get(quantity)
      if (reading) evidence.push({ quantity, value: reading.value ?? null, at: reading.at })
      if (evidence.length === MOST_EVIDENCE) break
    }
    if (quantities.size === 0) {
      const value = seen.presence === 'unknown' ? null : seen.presence === 'online'
      evidence.push({ quantity: 'online', value, at: seen.now })
    }
    return evidence
  }

  return {
    device,
    rules: sources.length,
    take(state, quantities, at, events) {
      const before = seen.presence
      see(state, at)
      for (const quantity of quantities) {
        const watching = byQuantity.get(quantity)
        if (watching) for (const source of watching) ask(source, true, events)
      }
      for (const source of ofDevice) {
        if (seen.presence !== before || raw[source] !== 'absent') ask(source, true, events)
      }
    },
    look(state, at, events) {
      see(state, at)
      for (const source of sources.keys()) ask(source, true, events)
    },
    tick(at, events) {
      setInstant(at)
      for (const source of ticking) ask(source, false, events)
      for (const source of delayed) settle(source, events)
    },
    carry({ key: { code, part }, by = [] }) {
      const slot = slots.findIndex((one) => one.code === code && one.part === part)
      if (slot < 0) return false
      active.set(slot, { told: 'unknown', priority: undefined })
      const speak = slots[slot]!.sources
      const raisers = speak.filter((at) => by.includes(sources[at]!.key))
      // Who raised it is not known any more: most likely what the device says outright.
      const likely = speak.filter((at) => SAID_OUTRIGHT.has(sources[at]!.placed.rule.type))
      for (const at of raisers.length > 0 ? raisers : likely.length > 0 ? likely : speak) contributed.add(at)
      return true
    },
    active: () =>
      [...active].map(([slot, { told }]) => ({
        key: keyOfSlot(slot),
        told,
        by: slots[slot]!.sources.filter(isHeld).map((at) => sources[at]!.key),
      })),
    running: () => [...delayed].map((at) => [keyOf(at), seen.t - rawSinceT[at]!]),
    learnt: () =>
      judges.flatMap((judge, at): [string, unknown][] => {
        const learnt = judge.learnt?.()
        return learnt === undefined ? [] : [[keyOf(at), learnt]]
      }),
  }
}
