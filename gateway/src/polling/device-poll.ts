import { addressed, type PolledConnection, polledConnection } from '../config/addressed.ts'
import type { ResolvedDevice } from '../config/resolved-hall.ts'
import type { BadReason, Presence, Value } from '../domain/frame.ts'
import type { IdentifyResult, ItemRequest, ReadFailure, ReadRequest, ReadResult } from '../modbus/modbus.ts'
import { type CompiledRegister, NOT_AVAILABLE } from '../profiles/decode-registers.ts'
import { type PolledProfile, polledPart } from '../profiles/polled.ts'
import type { ModbusProfile } from '../profiles/profile-schema.ts'
import type { SunSpecMap } from '../profiles/sunspec-walk.ts'
import { costMoved, MeasuredCost } from './cost-model.ts'
import { type Answer, answerOf, Cycle, type CycleRequest } from './cycle.ts'
import { DevicePlans, isPlanned, type Pass, type RawWords, type Schedule, wordsIn } from './device-plan.ts'
import type { DeviceKey, LearntLimits } from './learnt.ts'
import { ModelFinder } from './model-finder.ts'
import type { DevicePlan } from './plan-text.ts'
import { identityMisfit, probeFits } from './probe-check.ts'
import type { AddressRange, PlanCost, Span } from './read-plan.ts'
import { RefusedRetries } from './retry-refused.ts'
import type { Turn } from './turn.ts'

/** What a device tells the room while it is polled. */
export interface DeviceEvents {
  /** Values of one pass over one rate class. */
  values(device: string, values: Record<string, Value>, bad: Record<string, BadReason> | undefined): void
  presence(device: string, presence: Presence, reason?: string): void
  /** Quantities this device refuses, each told once. */
  rejected(device: string, quantities: readonly string[]): void
  /** Quantities it refused, and answers again. */
  accepted(device: string, quantities: readonly string[]): void
  /** The probe quantity reads `value`, which the profile calls impossible. */
  probeFailed(device: string, quantity: string, value: Value): void
}

export interface DevicePollDeps {
  readonly learnt: LearntLimits
  readonly random: () => number
  readonly lineCost: PlanCost
  readonly gapMs: number
  readonly timeoutMs: number
  readonly turn: Turn
  readonly events: DeviceEvents
}

export type BusRequest = (ReadRequest | ItemRequest) & { readonly timeoutMs: number }

/**
 * checking: not heard yet, or back again; the probe must fit before a value is trusted. running: polled by rate class.
 * silent: does not answer. refusing: answers every request with an exception. misfit: the probe reads the impossible.
 */
type State = 'checking' | 'running' | 'silent' | 'refusing' | 'misfit'

/** A request that failed; `atMs` is monotonic. */
export interface LastFailure extends CycleRequest {
  readonly atMs: number
  readonly failure: ReadFailure['failure']
  readonly exceptionCode?: number
}

export interface PollInside {
  readonly state: State
  /** With wire addresses, also where the hall's profile counts from SunSpec models. */
  readonly profile: PolledProfile
  readonly registers: readonly CompiledRegister[]
  /** Quantities in no request, because the device refuses them. */
  readonly rejected: readonly string[]
  readonly learnt: readonly AddressRange[]
  wordsOf(register: CompiledRegister): RawWords | undefined
}

/** Requests without an answer, in a row, until a device counts as silent. */
const FAILURES_UNTIL_SILENT = 3
const RETRY_CHECK_MS = 1000
const MIN_PROBE_PAUSE_MS = 1000
const MAX_PROBE_PAUSE_MS = 60_000
const MIN_PROBE_TIMEOUT_MS = 100
/** Every fourth probe waits the full time, so that a device that came back slower than it was is found. */
const FULL_PROBE_EVERY = 4
const REPLAN_AFTER_MS = 60_000
/** A retry has time; only a device that is always late must not put it off for ever. */
const RETRY_PATIENCE_MS = 60_000

/** Decides what one device is asked next, and makes values of its answers. Knows no clock and no line: time comes with each call. */
export class DevicePoll {
  readonly id: string
  readonly device: ResolvedDevice
  readonly counts = { requests: 0, errors: 0, timeouts: 0, exceptions: 0, passes: 0, skipped: 0, rejected: 0 }
  /** The last request that failed. */
  lastFailure: LastFailure | undefined
  #state: State = 'checking'
  presence: Presence = 'unknown'
  readonly #deps: DevicePollDeps
  /** With wire addresses; of a SunSpec device without registers until its models are found. */
  #profile: PolledProfile
  readonly #finder: ModelFinder | undefined
  readonly #connection: PolledConnection
  #key: DeviceKey
  #plans: DevicePlans
  readonly #measured: MeasuredCost
  #probe: Cycle
  #plannedVersion = -1
  #plannedAtMs = 0
  /** What is under way; the probe when it is neither a pass nor the retry of a refused range. */
  #running: { cycle: Cycle; pass: Pass | undefined; retried?: AddressRange; deadlineMs: number } | undefined
  readonly #retries: RefusedRetries
  /** A refused range answered since the last time this was told. */
  #mended = false
  /** Read at least once since the gateway started. */
  readonly #everRead = new Set<CompiledRegister>()
  #failuresInARow = 0
  #lastFailure: BadReason = 'timeout'
  #probeDueMs: number
  #probes = 0
  /** Something was read since the device was last checked: what it refuses is then a matter of registers, not of the device. */
  #heard = false
  /** Whether the device has said who it is, where its profile wants to know. */
  #identity: 'unknown' | 'wanted' | 'fits' = 'unknown'
  #refusedUnheard: Span[] = []
  #refusedRates = 0
  readonly #told = new Set<string>()
  #presenceKey = ''

  constructor(device: ResolvedDevice, deps: DevicePollDeps, nowMs: number) {
    const profile = polledPart(device.profile)
    const connection = polledConnection(device.connection)
    if (!profile || !connection) throw new Error(`${device.id} is not read by asking`)
    this.id = device.id
    this.device = device
    this.#deps = deps
    this.#finder = profile.sunspec && new ModelFinder(profile)
    this.#profile = this.#finder ? withoutRegisters(profile) : profile
    this.#connection = connection
    this.#key = { profile: device.profileId, variant: device.variant ?? '', device: device.id }
    this.#measured = new MeasuredCost(deps.lineCost, deps.gapMs)
    this.#plans = new DevicePlans(device, this.#profile, deps.lineCost, nowMs)
    this.#retries = new RefusedRetries(profile.alignment)
    this.#probe = new Cycle([])
    this.#probeDueMs = nowMs
    this.#plan(nowMs)
  }

  /** The unit to ask who it is, before anything else; undefined while that is not wanted. */
  get wantsIdentity(): number | undefined {
    return this.#identity === 'wanted' && 'unitId' in this.#connection ? this.#connection.unitId : undefined
  }

  /** What is read, with wire addresses. */
  get profile(): PolledProfile {
    return this.#profile
  }

  get latencyMs(): number | undefined {
    return this.#measured.latencyMs
  }

  /** Probing pays from the link's probe budget; a device that was never silent does not. */
  get probing(): boolean {
    return this.#state === 'silent' || this.#state === 'refusing' || this.#state === 'misfit'
  }

  /** Monotonic ms from which the device wants the line. */
  get dueMs(): number {
    if (this.#running) return Number.NEGATIVE_INFINITY
    if (this.#state !== 'running') return this.#probeDueMs
    let due = this.#retries.dueMs
    for (const schedule of this.#plans.schedules) if (schedule.dueMs < due) due = schedule.dueMs
    return due
  }

  /** Monotonic ms by which it should have it: the arbiter serves the earliest first. */
  get deadlineMs(): number {
    if (this.#running) return this.#running.deadlineMs
    if (this.#state !== 'running') return this.#probeDueMs + MIN_PROBE_PAUSE_MS
    const next = this.#nextSchedule()
    return next ? next.dueMs + next.periodMs : Number.POSITIVE_INFINITY
  }

  /** How long the next request may hold the line without an answer. */
  get timeoutMs(): number {
    if (!this.probing) return this.#deps.timeoutMs
    const latency = this.latencyMs
    if (latency === undefined || this.#probes % FULL_PROBE_EVERY === FULL_PROBE_EVERY - 1) return this.#deps.timeoutMs
    return Math.min(this.#deps.timeoutMs, Math.max(MIN_PROBE_TIMEOUT_MS, 4 * latency))
  }

  /** The next request; begins a pass when none is under way. Undefined when there is nothing to read after all. */
  next(nowMs: number): BusRequest | undefined {
    if (!this.#running) this.#begin(nowMs)
    const request = this.#running?.cycle.request
    if (!request) {
      this.#finish(nowMs)
      return undefined
    }
    return { ...addressed(this.#connection, request), timeoutMs: this.timeoutMs }
  }

  done(request: CycleRequest, result: ReadResult, nowMs: number): void {
    const answer = answerOf(result)
    this.counts.requests++
    if (!result.ok) this.#failed(request, result, nowMs)
    if (result.ok) {
      const bits = request.table === 'coil' || request.table === 'discrete'
      this.#measured.measured(bits ? request.count / 16 : request.count, result.elapsedMs)
    }
    if (answer === 'silent') {
      this.#failuresInARow++
      this.#lastFailure = !result.ok && result.failure === 'connection-lost' ? 'link-down' : 'timeout'
    } else this.#failuresInARow = 0
    this.#running?.cycle.done(result)
    if (this.#state === 'running' && this.#failuresInARow >= FAILURES_UNTIL_SILENT) {
      this.#deliver()
      this.#silent(nowMs)
    } else if (!this.#running?.cycle.request) this.#finish(nowMs, answer)
  }

  /** The link came up: a device that was only cut off is asked at once. */
  linkUp(nowMs: number): void {
    if (this.#state !== 'silent' || this.#lastFailure !== 'link-down') return
    this.#probes = 0
    this.#probeDueMs = nowMs
  }

  /** What a cycle of the device costs its link. */
  plan(): DevicePlan {
    return this.#plans.view()
  }

  /** What a person sees who looks inside. */
  inside(): PollInside {
    return {
      state: this.#state,
      profile: this.#profile,
      registers: this.#plans.registers,
      rejected: this.#plans.rejected,
      learnt: this.#deps.learnt.rangesFor(this.#key),
      // A device whose profile does not fit is read by its probe alone.
      wordsOf: (register) => this.#plans.wordsOf(register) ?? wordsIn(this.#probe, register),
    }
  }

  #failed({ table, address, count }: CycleRequest, result: ReadFailure, nowMs: number): void {
    this.counts.errors++
    if (result.failure === 'timeout') this.counts.timeouts++
    if (result.failure === 'exception') this.counts.exceptions++
    const code = result.failure === 'exception' ? { exceptionCode: result.exceptionCode } : {}
    this.lastFailure = { atMs: nowMs, failure: result.failure, ...code, table, address, count }
  }

  #nextSchedule(): Schedule | undefined {
    let next: Schedule | undefined
    for (const schedule of this.#plans.schedules) {
      if (!next || schedule.dueMs + schedule.periodMs < next.dueMs + next.periodMs) next = schedule
    }
    return next
  }

  #begin(nowMs: number): void {
    this.#replanIfNeeded(nowMs)
    if (this.#state !== 'running') {
      this.#running = { cycle: this.#probe, pass: undefined, deadlineMs: this.#probeDueMs + MIN_PROBE_PAUSE_MS }
    } else {
      const due = this.#plans.schedules.filter((schedule) => schedule.dueMs <= nowMs)
      const retryFrom = due.length === 0 ? nowMs : nowMs - RETRY_PATIENCE_MS
      const retry = this.#retries.dueMs <= retryFrom ? this.#retries.next : undefined
      if (retry) {
        const { cycle, range } = retry
        this.#running = { cycle, pass: undefined, retried: range, deadlineMs: nowMs + RETRY_PATIENCE_MS }
        cycle.start(nowMs)
        return
      }
      if (due.length === 0) return
      const pass = this.#plans.passOf(due)
      const deadlineMs = Math.min(...due.map((schedule) => schedule.dueMs + schedule.periodMs))
      this.#running = { cycle: pass.cycle, pass, deadlineMs }
      for (const schedule of due) this.#scheduleNext(schedule, nowMs)
    }
    this.#running.cycle.start(nowMs)
  }

  /** A pass that could not be had in time is skipped and counted: catching up would make the line later still. */
  #scheduleNext(schedule: Schedule, nowMs: number): void {
    const late = Math.floor((nowMs - schedule.dueMs) / schedule.periodMs)
    this.counts.skipped += late
    schedule.dueMs += (late + 1) * schedule.periodMs - (schedule.spread ? 0 : this.#offsetMs(schedule))
    schedule.spread = true
  }

  /**
   * The second pass comes early, once, so that the devices of a line do not fall due together ever after. A slower class comes early
   * by whole periods of the fastest besides: then what is due together still shares its requests.
   */
  #offsetMs({ periodMs }: Schedule): number {
    const fastestMs = Math.min(...this.#plans.schedules.map((schedule) => schedule.periodMs))
    const { within, among } = this.#deps.turn
    return (within + Math.floor((among * periodMs) / fastestMs)) * fastestMs
  }

  #finish(nowMs: number, answer: Answer = 'answered'): void {
    const running = this.#running
    if (!running) return
    if (running.pass) {
      this.#deliver()
      this.#learn(nowMs)
      for (const schedule of running.pass.schedules) {
        const read = schedule.registers.every((register) => running.cycle.image.covers(register))
        if (schedule.rate === 'once' && read) schedule.dueMs = Number.POSITIVE_INFINITY
        else if (this.#heard && schedule.registers.some((register) => standsElsewhere(register, running.cycle))) {
          // Read where they stand instead at once, and not a period later.
          schedule.dueMs = nowMs
          schedule.spread = false
        }
      }
      this.#running = undefined
      return
    }
    this.#running = undefined
    if (running.retried) {
      this.#retried(running.retried, answer, nowMs)
      return
    }
    this.#probes++
    if (answer === 'silent') this.#probeUnanswered(nowMs)
    else if (this.#finder?.block) this.#walkOn(this.#finder, answer, nowMs)
    else if (answer === 'refused' && this.#state === 'refusing') this.#pauseProbing(nowMs)
    else this.#probeAnswered(nowMs)
  }

  #retried(range: AddressRange, answer: Answer, nowMs: number): void {
    if (answer === 'answered') {
      this.#mended = true
      this.#retries.answered(range, nowMs)
      this.#deps.learnt.forgetRange(this.#key, range)
    } else if (answer === 'refused') this.#retries.refusedAgain(range, nowMs)
    else this.#retries.postponed(range, nowMs)
  }

  #probeUnanswered(nowMs: number): void {
    if (this.probing) {
      this.#lose(this.#lastFailure)
      this.#pauseProbing(nowMs)
    } else if (this.#failuresInARow >= FAILURES_UNTIL_SILENT) this.#silent(nowMs)
    else this.#probeDueMs = nowMs + (this.#lastFailure === 'link-down' ? RETRY_CHECK_MS : 0)
  }

  /** One step of the walk over the models of a device; at its end the device is checked like any other. */
  #walkOn(finder: ModelFinder, answer: Answer, nowMs: number): void {
    const { block } = finder
    if (!block || answer === 'busy') {
      this.#probeDueMs = nowMs + RETRY_CHECK_MS
      return
    }
    const words = answer === 'answered' ? this.#probe.image.slice(block.spans[0]!, 'now') : undefined
    const located = finder.done(words)
    this.#probeDueMs = nowMs
    // The walk as a whole is one probe: the pause after it grows by walks, not by models.
    if (!located) this.#probes--
    if (located?.ok === false) {
      finder.restart()
      this.#misfit(located.missing, NOT_AVAILABLE.bad, nowMs)
    } else if (located) {
      this.#profile = located.profile
      // What is learnt of addresses holds for devices with the same models at the same places.
      this.#key = { ...this.#key, variant: `${this.device.variant ?? ''}@${placesOf(located.map)}` }
      this.#plans = new DevicePlans(this.device, located.profile, this.#measured.cost, nowMs)
      this.#plan(nowMs)
    }
    this.#planProbe()
  }

  #misfit(what: string, value: Value, nowMs: number): void {
    if (this.#state !== 'misfit') {
      this.#state = 'misfit'
      this.#deps.events.probeFailed(this.id, what, value)
    }
    this.#changePresence('offline', 'HW_PROBE_FAILED')
    this.#pauseProbing(nowMs)
  }

  #probeAnswered(nowMs: number): void {
    const { probe } = this.#profile
    const register = this.#plans.probeRegister
    if (probe && register && this.#probe.image.covers(register)) {
      const value = register.decode(this.#probe.image)
      if (!probeFits(probe, value)) {
        this.#findAnew()
        this.#misfit(probe.quantity, typeof value === 'object' ? value.bad : value, nowMs)
        return
      }
    }
    if (this.#profile.identity && this.#identity === 'unknown' && 'unitId' in this.#connection) {
      this.#identity = 'wanted'
      this.#probeDueMs = nowMs
      return
    }
    this.#run(nowMs)
  }

  /** What came of asking who the device is; undefined when its line cannot ask. */
  identified(answer: IdentifyResult | undefined, nowMs: number): void {
    const { identity } = this.#profile
    const other = identity && identityMisfit(identity, answer)
    if (other === undefined) {
      this.#identity = 'fits'
      this.#run(nowMs)
      return
    }
    this.#findAnew()
    this.#misfit('identification', other, nowMs)
  }

  #run(nowMs: number): void {
    if (this.#state === 'refusing') {
      this.#deps.learnt.forgetDevice(this.#key)
      this.#told.clear()
    }
    this.#state = 'running'
    this.#probes = 0
    this.#heard = this.#probe.answered > 0
    this.#refusedUnheard = []
    this.#refusedRates = 0
    for (const schedule of this.#plans.schedules) {
      schedule.dueMs = nowMs
      schedule.spread = false
    }
  }

  #silent(nowMs: number): void {
    this.#state = 'silent'
    this.#running = undefined
    this.#probes = 0
    this.#findAnew()
    this.#lose(this.#lastFailure)
    this.#pauseProbing(nowMs)
  }

  /** What answers next may have its models elsewhere. */
  #findAnew(): void {
    this.#identity = 'unknown'
    this.#finder?.restart()
    if (this.#finder) this.#planProbe()
  }

  /** Whether the device is off cannot be told when the link to it is gone. */
  #lose(reason: BadReason): void {
    this.#changePresence(reason === 'link-down' ? 'unknown' : 'offline', reason)
  }

  #pauseProbing(nowMs: number): void {
    const pause = Math.min(MAX_PROBE_PAUSE_MS, MIN_PROBE_PAUSE_MS * 2 ** Math.min(this.#probes, 10))
    this.#probeDueMs = nowMs + pause * (0.5 + this.#deps.random() / 2)
  }

  #changePresence(presence: Presence, reason?: string): void {
    if (presence === this.presence && presence === 'online') return
    const key = `${presence} ${reason}`
    if (key === this.#presenceKey) return
    this.#presenceKey = key
    this.presence = presence
    this.#deps.events.presence(this.id, presence, reason)
  }
  #deliver(): void {
    const running = this.#running
    if (!running?.pass) return
    const { cycle, pass } = running
    this.counts.passes++
    const values: Record<string, Value> = {}
    let bad: Record<string, BadReason> | undefined
    for (const register of pass.registers) {
      const whole = cycle.failure === undefined && this.counts.rejected === 0
      const read = whole || cycle.image.covers(register)
      if (read) this.#everRead.add(register)
      const value = read ? register.decode(cycle.image) : this.#unread(register, cycle)
      if (typeof value === 'object') {
        bad ??= {}
        bad[register.quantity] = value.bad
      } else values[register.quantity] = value
    }
    // Any answer shows that it is there; one whose every register is refused is told apart in #learn.
    if (cycle.answered > 0) this.#changePresence('online')
    if (cycle.answered > 0 || this.#heard) this.#deps.events.values(this.id, values, bad)
  }

  #unread(register: CompiledRegister, cycle: Cycle): { bad: BadReason } {
    if (!isPlanned(cycle.blocks, register)) return { bad: 'exception' }
    const refused = cycle.refused.some((span) => spanHolds(span, register))
    return { bad: refused ? 'exception' : (cycle.failure ?? 'exception') }
  }

  #learn(nowMs: number): void {
    const { cycle, pass } = this.#running!
    const { learnt } = this.#deps
    const { profile, variant, device } = this.#key
    if (cycle.answered > 0) this.#heard = true
    this.#refusedUnheard.push(...cycle.refused)
    if (!this.#heard) {
      // Until another rate class was asked too, it may be these registers and not the device.
      if (cycle.failure === 'exception') this.#refusedRates += pass?.schedules.length ?? 0
      if (this.#refusedRates >= this.#plans.schedules.length) this.#refusesAll(nowMs)
      return
    }
    for (const span of this.#refusedUnheard) {
      const range = { table: span.table, from: span.address, to: span.end - 1 }
      const answered = [...this.#everRead].some((register) => needs(register, span))
      learnt.add({ profile, variant, device, range, ...(answered ? { answeredBefore: true } : {}) })
    }
    this.#refusedUnheard = []
    for (const range of cycle.refusedHoles) learnt.add({ profile, variant, range })
  }

  #refusesAll(nowMs: number): void {
    this.#state = 'refusing'
    this.#refusedUnheard = []
    this.#changePresence('offline', 'HW_DEVICE_REFUSES')
    this.#pauseProbing(nowMs)
  }

  #replanIfNeeded(nowMs: number): void {
    const moved = nowMs - this.#plannedAtMs > REPLAN_AFTER_MS && costMoved(this.#plans.cost, this.#measured.cost)
    if (moved || this.#plannedVersion !== this.#deps.learnt.version) this.#plan(nowMs)
    else if (this.#state === 'refusing') this.#planProbe()
    if (this.#plans.empty && this.#state === 'running') this.#refusesAll(nowMs)
  }

  #plan(nowMs: number): void {
    const { learnt } = this.#deps
    this.#plannedVersion = learnt.version
    this.#plannedAtMs = nowMs
    this.#plans.plan(this.#measured.cost, learnt.rangesFor(this.#key))
    this.#planProbe()
    this.#retries.refused(learnt.answeredBefore(this.#key), nowMs)
    const { rejected } = this.#plans
    this.counts.rejected = rejected.length
    this.#tellAccepted(rejected, nowMs)
    const news = rejected.filter((quantity) => !this.#told.has(quantity))
    if (news.length === 0) return
    for (const quantity of news) this.#told.add(quantity)
    this.#deps.events.rejected(this.id, news)
  }

  /** Once everything refused together was asked again: one line for a trouble, one for its end. */
  #tellAccepted(rejected: readonly string[], nowMs: number): void {
    if (!this.#mended || this.#retries.dueMs <= nowMs) return
    this.#mended = false
    const accepted = [...this.#told].filter((quantity) => !rejected.includes(quantity))
    if (accepted.length === 0) return
    for (const quantity of accepted) this.#told.delete(quantity)
    this.#deps.events.accepted(this.id, accepted)
  }

  #planProbe(): void {
    const block = this.#finder?.block
    if (block) {
      this.#probe = new Cycle([block])
      return
    }
    this.#probe = this.#plans.probeCycle(this.#state === 'refusing' ? this.#probes : undefined)
  }
}

function withoutRegisters({ variants: _, ...profile }: ModbusProfile): ModbusProfile {
  return { ...profile, registers: [] }
}

const placesOf = ({ base, models }: SunSpecMap): string =>
  `${base}:${models.map(({ id, length }) => `${id}+${length}`).join(',')}`

/** True when the value cannot be had without the span. */
const needs = (register: CompiledRegister, span: Span) =>
  spanHolds(span, register) ||
  register.companions.some(
    ({ table, address, length = 1 }) => table === span.table && address + length > span.address && address < span.end,
  )

/** Refused in this pass, and there is another place for it, where the next pass looks. */
const standsElsewhere = (register: CompiledRegister, { refused }: Cycle) =>
  register.instead !== undefined && refused.some((span) => spanHolds(span, register))

const spanHolds = (span: Span, register: CompiledRegister) =>
  span.table === register.table && span.address < register.address + register.length && span.end > register.address
