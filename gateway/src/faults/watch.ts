import { type Evidence, type FaultEvent, type FaultKey, faultId } from '../domain/fault-event.ts'
import { faultFacts } from '../domain/fault-facts.ts'
import type { Priority } from '../domain/priority.ts'
import type { DeviceState, Reading } from '../readings/readings.ts'
import { type Bench, createJudge } from './create-judge.ts'
import type { Instant } from './engine-clock.ts'
import type { Judge, Seen, Verdict } from './judge.ts'
import { type FaultDevice, type PlacedRule, ruleKey } from './rules.ts'

/** One rule at work: what it sees now, and what of it has outlasted its delays. */
interface Source {
  readonly placed: PlacedRule
  readonly key: string
  readonly judge: Judge
  readonly slot: Slot
  /** Before the delays. */
  raw: Exclude<Verdict, 'hold'>
  rawSinceT: number
  /** Unix ms at which the device says it became so. */
  rawAt: number
  /** After them. */
  condition: Exclude<Verdict, 'hold'>
  /** It is one of those that raised the fault: without its word the fault does not clear. */
  contributed: boolean
  /** How long its delay had run before a restart, ms. */
  ranBefore: number
}

/** One fault of the device and all the rules that speak of it: raised by any, cleared when all that raised it have seen it gone. */
interface Slot {
  readonly key: FaultKey
  readonly sources: Source[]
  active: boolean
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

const NO_READINGS: ReadonlyMap<string, Reading> = new Map()
/** Enough to see why; a sum of many counters does not fill a message. */
const MOST_EVIDENCE = 4
/** How fast the usual gap between frames is learnt (RFC 6298, where it is the round trip). */
const GAP_WEIGHT = 1 / 8
const DEVIATION_WEIGHT = 1 / 4

export function createWatch(
  device: FaultDevice,
  bench: Bench,
  before: { readonly learnt: ReadonlyMap<string, unknown>; readonly running: ReadonlyMap<string, number> },
  since: Instant,
): Watch {
  const slots = new Map<string, Slot>()
  const byQuantity = new Map<string, Source[]>()
  const ofDevice: Source[] = []
  const ticking: Source[] = []
  const delayed = new Set<Source>()
  const sources = device.rules.map(createSource)
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

  function createSource(placed: PlacedRule): Source {
    const { code } = placed.rule
    const fault: FaultKey = { device: device.id, code, part: placed.part }
    const slot = slots.get(faultId(fault)) ?? {
      key: fault,
      sources: [],
      active: false,
      told: 'unknown',
      priority: undefined,
    }
    slots.set(faultId(fault), slot)
    const key = `${device.id} ${ruleKey(placed)}`
    const source: Source = {
      placed,
      key,
      judge: createJudge(device, placed, bench, before.learnt.get(key)),
      slot,
      raw: 'unknown',
      rawSinceT: since.t,
      rawAt: since.now,
      condition: 'unknown',
      contributed: false,
      ranBefore: before.running.get(key) ?? 0,
    }
    slot.sources.push(source)
    if (source.judge.ticks) ticking.push(source)
    if (placed.quantities.length === 0) ofDevice.push(source)
    for (const quantity of source.judge.watches) {
      const list = byQuantity.get(quantity)
      if (list) list.push(source)
      else byQuantity.set(quantity, [source])
    }
    return source
  }

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

  function ask(source: Source, fresh: boolean, events: FaultEvent[]): void {
    seen.fresh = fresh
    seen.held = source.contributed && source.slot.active
    const { priority } = source.judge
    const verdict = source.judge.judge(seen)
    if (verdict !== 'hold' && verdict !== source.raw) {
      source.raw = verdict
      source.rawSinceT = seen.t - ranBefore(source)
      source.rawAt = fresh ? readAt(source) : seen.now
    } else if (source.condition === source.raw && source.judge.priority === priority) return
    settle(source, events)
  }

  /** A delay that was running when the gateway stopped goes on where it was. */
  function ranBefore(source: Source): number {
    if (source.raw === 'unknown' || (source.raw === 'present') === (source.contributed && source.slot.active)) return 0
    const ran = source.ranBefore
    source.ranBefore = 0
    return ran
  }

  function readAt({ placed }: Source): number {
    const at = seen.readings.get(placed.quantities[0] ?? '')?.at
    return at === undefined ? seen.now : Math.min(at, seen.now)
  }

  function settle(source: Source, events: FaultEvent[]): void {
    const { raw, slot } = source
    if (raw !== source.condition && raw !== 'unknown') {
      const isHeld = source.contributed && slot.active
      const { onDelayS, offDelayS } = source.placed.rule
      // Seen again after it could not be seen: it was raised already, the delay has been served.
      const delayMs = raw === 'present' ? (isHeld ? 0 : onDelayS * 1000) : isHeld ? offDelayS * 1000 : 0
      if (seen.t - source.rawSinceT < delayMs) {
        delayed.add(source)
        return
      }
    }
    delayed.delete(source)
    source.condition = raw
    decide(slot, source, events)
  }

  function decide(slot: Slot, by: Source, events: FaultEvent[]): void {
    const present = slot.sources.filter(({ condition }) => condition === 'present')
    if (present.length > 0) {
      for (const source of present) source.contributed = true
      const priority = mostUrgent(present, slot.key)
      if (slot.active && slot.told === 'raised' && slot.priority === priority) return
      slot.active = true
      slot.told = 'raised'
      slot.priority = priority
      events.push(raisedEvent(slot, present, by))
      return
    }
    if (!slot.active) return
    const raisers = slot.sources.filter(({ contributed }) => contributed)
    if (raisers.some(({ condition }) => condition === 'unknown')) {
      if (slot.told === 'unknown') return
      slot.told = 'unknown'
      events.push({ type: 'unknown', fault: slot.key, at: seen.now, evidence: evidenceOf(raisers) })
      return
    }
    slot.active = false
    for (const source of raisers) source.contributed = false
    events.push({ type: 'cleared', fault: slot.key, at: by.rawAt, evidence: evidenceOf(raisers) })
  }

  function raisedEvent(slot: Slot, present: readonly Source[], by: Source): FaultEvent {
    const expectedAt = slot.sources.map(({ judge }) => judge.expectedAt).find((at) => at !== undefined)
    const cause = present.includes(by) ? by : present[0]!
    return {
      type: 'raised',
      fault: slot.key,
      at: cause.rawAt,
      evidence: evidenceOf(present),
      ...(slot.priority !== undefined && { priority: slot.priority }),
      ...(expectedAt !== undefined && { expectedAt }),
    }
  }

  function evidenceOf(from: readonly Source[]): Evidence[] {
    const quantities = new Set(from.flatMap(({ judge }) => judge.watches))
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
        if (seen.presence !== before || source.raw !== 'absent') ask(source, true, events)
      }
    },
    look(state, at, events) {
      see(state, at)
      for (const source of sources) ask(source, true, events)
    },
    tick(at, events) {
      setInstant(at)
      for (const source of ticking) ask(source, false, events)
      for (const source of delayed) settle(source, events)
    },
    carry({ key, by = [] }) {
      const slot = slots.get(faultId(key))
      if (!slot) return false
      slot.active = true
      slot.told = 'unknown'
      const raisers = slot.sources.filter(({ placed }) => by.includes(ruleKey(placed)))
      // Who raised it is not known any more: most likely what the device says outright.
      const likely = slot.sources.filter(({ placed: { rule } }) => rule.type === 'state' || rule.type === 'absence')
      for (const source of raisers.length > 0 ? raisers : likely.length > 0 ? likely : slot.sources)
        source.contributed = true
      return true
    },
    active: () =>
      [...slots.values()]
        .filter((slot) => slot.active)
        .map(({ key, told, sources }) => ({
          key,
          told,
          by: sources.filter(({ contributed }) => contributed).map(({ placed }) => ruleKey(placed)),
        })),
    running: () => [...delayed].map(({ key, rawSinceT }) => [key, seen.t - rawSinceT]),
    learnt: () => sources.flatMap(({ key, judge }) => (judge.learnt ? [[key, judge.learnt()]] : [])),
  }
}

/** Of those that are present; undefined: what the taxonomy says. */
function mostUrgent(present: readonly Source[], { code, part }: FaultKey): Priority | undefined {
  const usual = faultFacts(code, part).priority
  let most: Priority | undefined
  for (const { judge, placed } of present) {
    const priority = judge.priority ?? placed.rule.priority ?? usual
    if (most === undefined || priority < most) most = priority
  }
  return most === usual ? undefined : most
}
