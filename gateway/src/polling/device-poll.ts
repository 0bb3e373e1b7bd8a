import { addressed, type PolledConnection, polledConnection } from '../config/addressed.ts'
import type { ResolvedDevice } from '../config/resolved-hall.ts'
import type { BadReason, Presence } from '../domain/frame.ts'
import type { IdentifyResult, ItemRequest, ReadRequest, ReadResult } from '../modbus/modbus.ts'
import { type PolledProfile, polledPart } from '../profiles/polled.ts'
import { costMoved, MeasuredCost } from './cost-model.ts'
import { type Answer, Cycle, type CycleRequest } from './cycle.ts'
import type { DeviceEvents, PollInside, PollState } from './device-events.ts'
import { DeviceIdentity, type Misfit } from './device-identity.ts'
import { DevicePlans, type Pass, wordsIn } from './device-plan.ts'
import type { DeviceKey, LearntLimits } from './learnt.ts'
import { earliestDeadlineMs, earliestDueMs, moveOn, readAgain, startOver } from './pass-times.ts'
import { standsElsewhere, valuesOf } from './pass-values.ts'
import type { DevicePlan } from './plan-text.ts'
import { ProbePace } from './probe-pace.ts'
import type { AddressRange, PlanCost } from './read-plan.ts'
import { Refusals } from './refusals.ts'
import { type LastFailure, RequestCounts } from './request-counts.ts'
import type { Turn } from './turn.ts'

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

/** Requests without an answer, in a row, until a device counts as silent. */
const FAILURES_UNTIL_SILENT = 3
const REPLAN_AFTER_MS = 60_000
/** A retry has time; only a device that is always late must not put it off for ever. */
const RETRY_PATIENCE_MS = 60_000

/** Decides what one device is asked next, and makes values of its answers. Knows no clock and no line: time comes with each call. */
export class DevicePoll {
  readonly id: string
  readonly device: ResolvedDevice
  presence: Presence = 'unknown'
  #presenceKey = ''
  #state: PollState = 'checking'
  readonly #requests = new RequestCounts()
  readonly #deps: DevicePollDeps
  readonly #connection: PolledConnection
  readonly #identity: DeviceIdentity
  readonly #measured: MeasuredCost
  readonly #refusals: Refusals
  readonly #pace: ProbePace
  #key: DeviceKey
  #plans: DevicePlans
  #plannedVersion = -1
  #plannedAtMs = 0
  #probe = new Cycle([])
  /** What is under way; the probe when it is neither a pass nor the retry of a refused range. */
  #running: { cycle: Cycle; pass: Pass | undefined; retried?: AddressRange; deadlineMs: number } | undefined

  constructor(device: ResolvedDevice, deps: DevicePollDeps, nowMs: number) {
    const profile = polledPart(device.profile)
    const connection = polledConnection(device.connection)
    if (!profile || !connection) throw new Error(`${device.id} is not read by asking`)
    this.id = device.id
    this.device = device
    this.#deps = deps
    this.#connection = connection
    this.#identity = new DeviceIdentity(profile, 'unitId' in connection)
    this.#key = { profile: device.profileId, variant: device.variant ?? '', device: device.id }
    this.#measured = new MeasuredCost(deps.lineCost, deps.gapMs)
    this.#plans = new DevicePlans(device, this.profile, deps.lineCost, nowMs)
    this.#refusals = new Refusals(deps.learnt, profile.alignment, (change, quantities) => {
      const missed = quantities.filter((quantity) => !this.#plans.isOptional(quantity))
      if (missed.length > 0) deps.events[change](this.id, missed)
    })
    this.#pace = new ProbePace(nowMs, deps.random)
    this.#plan(nowMs)
  }

  /** The unit to ask who it is, before anything else; undefined while that is not wanted. */
  get wantsIdentity(): number | undefined {
    return this.#identity.wanted && 'unitId' in this.#connection ? this.#connection.unitId : undefined
  }

  /** What is read, with wire addresses. */
  get profile(): PolledProfile {
    return this.#identity.profile
  }

  get counts(): RequestCounts['counts'] {
    return this.#requests.counts
  }

  get lastFailure(): LastFailure | undefined {
    return this.#requests.last
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
    if (this.#state !== 'running') return this.#pace.dueMs
    return Math.min(this.#refusals.dueMs, earliestDueMs(this.#plans.schedules))
  }

  /** Monotonic ms by which it should have it: the arbiter serves the earliest first. */
  get deadlineMs(): number {
    if (this.#running) return this.#running.deadlineMs
    return this.#state === 'running' ? earliestDeadlineMs(this.#plans.schedules) : this.#pace.deadlineMs
  }

  /** How long the next request may hold the line without an answer. */
  get timeoutMs(): number {
    const { timeoutMs } = this.#deps
    return this.probing ? this.#pace.timeoutMs(timeoutMs, this.latencyMs) : timeoutMs
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
    const answer = this.#requests.take(request, result, nowMs)
    if (result.ok) {
      const bits = request.table === 'coil' || request.table === 'discrete'
      this.#measured.measured(bits ? request.count / 16 : request.count, result.elapsedMs)
    }
    this.#running?.cycle.done(result)
    if (this.#state === 'running' && this.#requests.unanswered >= FAILURES_UNTIL_SILENT) {
      this.#deliver()
      this.#silent(nowMs)
    } else if (!this.#running?.cycle.request) this.#finish(nowMs, answer)
  }

  /** What came of asking who the device is; undefined when its line cannot ask. */
  identified(answer: IdentifyResult | undefined, nowMs: number): void {
    const misfit = this.#identity.said(answer)
    if (misfit) this.#misfit(misfit, nowMs)
    else this.#run(nowMs)
  }

  /** The link came up: a device that was only cut off is asked at once. */
  linkUp(nowMs: number): void {
    if (this.#state === 'silent' && this.#requests.silence === 'link-down') this.#pace.restart(nowMs)
  }

  /** What a cycle of the device costs its link. */
  plan(): DevicePlan {
    return this.#plans.view()
  }

  /** What a person sees who looks inside. */
  inside(): PollInside {
    return {
      state: this.#state,
      profile: this.profile,
      registers: this.#plans.registers,
      rejected: this.#plans.rejected,
      learnt: this.#deps.learnt.rangesFor(this.#key),
      // A device whose profile does not fit is read by its probe alone.
      wordsOf: (register) => this.#plans.wordsOf(register) ?? wordsIn(this.#probe, register),
    }
  }

  #begin(nowMs: number): void {
    this.#replanIfNeeded(nowMs)
    if (this.#state === 'running') this.#running = this.#nextPass(nowMs)
    else this.#running = { cycle: this.#probe, pass: undefined, deadlineMs: this.#pace.deadlineMs }
    this.#running?.cycle.start(nowMs)
  }

  /** The rate classes that are due, or a refused range whose time has come while nothing else is, or has waited long enough. */
  #nextPass(nowMs: number) {
    const { schedules } = this.#plans
    const due = schedules.filter((schedule) => schedule.dueMs <= nowMs)
    const retryFrom = due.length === 0 ? nowMs : nowMs - RETRY_PATIENCE_MS
    const retry = this.#refusals.dueMs <= retryFrom ? this.#refusals.retry : undefined
    if (retry) {
      const { cycle, range } = retry
      return { cycle, pass: undefined, retried: range, deadlineMs: nowMs + RETRY_PATIENCE_MS }
    }
    if (due.length === 0) return undefined
    const pass = this.#plans.passOf(due)
    const deadlineMs = earliestDeadlineMs(due)
    for (const schedule of due) this.counts.skipped += moveOn(schedule, schedules, this.#deps.turn, nowMs)
    return { cycle: pass.cycle, pass, deadlineMs }
  }

  #finish(nowMs: number, answer: Answer = 'answered'): void {
    const running = this.#running
    if (!running) return
    if (running.pass) {
      this.#deliver()
      this.#learn(running.pass, nowMs)
      this.#running = undefined
      return
    }
    this.#running = undefined
    if (running.retried) {
      this.#refusals.retried(this.#key, running.retried, answer, nowMs)
      return
    }
    this.#pace.count++
    if (answer === 'silent') this.#probeUnanswered(nowMs)
    else if (this.#identity.block) this.#walkOn(this.#identity.block.spans[0]!, answer, nowMs)
    else if (answer === 'refused' && this.#state === 'refusing') this.#pace.pause(nowMs)
    else this.#probeAnswered(nowMs)
  }

  #deliver(): void {
    const pass = this.#running?.pass
    if (!pass) return
    this.counts.passes++
    const { answered } = pass.cycle
    const { values, bad } = valuesOf(pass, this.counts.rejected === 0, (register) => this.#refusals.read(register))
    // Any answer shows that it is there; one whose every register is refused is told apart in #learn.
    if (answered > 0) this.#changePresence('online')
    if (answered > 0 || this.#refusals.heard) this.#deps.events.values(this.id, values, bad)
  }

  #learn({ cycle, schedules }: Pass, nowMs: number): void {
    const rates = { of: schedules.length, all: this.#plans.schedules.length }
    if (!this.#refusals.learn(this.#key, cycle, rates)) this.#refusesAll(nowMs)
    for (const schedule of schedules) {
      const read = schedule.registers.every((register) => cycle.image.covers(register))
      if (schedule.rate === 'once' && read) schedule.dueMs = Number.POSITIVE_INFINITY
      // Read where they stand instead at once, and not a period later.
      else if (this.#refusals.heard && schedule.registers.some((register) => standsElsewhere(register, cycle)))
        readAgain(schedule, nowMs)
    }
  }

  #probeUnanswered(nowMs: number): void {
    if (this.#identity.block && this.#requests.silence !== 'link-down') {
      this.#identity.unheard()
      this.#planProbe()
    }
    if (this.probing) {
      this.#lose(this.#requests.silence)
      this.#pace.pause(nowMs)
    } else if (this.#requests.unanswered >= FAILURES_UNTIL_SILENT) this.#silent(nowMs)
    else if (this.#requests.silence === 'link-down') this.#pace.soon(nowMs)
    else this.#pace.dueMs = nowMs
  }

  /** One step of the walk over the models of a device; at its end the device is checked like any other. */
  #walkOn(span: Parameters<Cycle['image']['slice']>[0], answer: Answer, nowMs: number): void {
    if (answer === 'busy') {
      this.#pace.soon(nowMs)
      return
    }
    const end = this.#identity.walked(answer === 'answered' ? this.#probe.image.slice(span, 'now') : undefined)
    this.#pace.dueMs = nowMs
    // The walk as a whole is one probe: the pause after it grows by walks, not by models.
    if (!end) this.#pace.count--
    else if ('misfit' in end) this.#misfit(end.misfit, nowMs)
    else {
      // What is learnt of addresses holds for devices with the same models at the same places.
      this.#key = { ...this.#key, variant: `${this.device.variant ?? ''}@${end.places}` }
      this.#plans = new DevicePlans(this.device, this.profile, this.#measured.cost, nowMs)
      this.#plan(nowMs)
    }
    this.#planProbe()
  }

  #probeAnswered(nowMs: number): void {
    const misfit = this.#identity.probed(this.#plans.probeRegister, this.#probe.image)
    if (misfit) this.#misfit(misfit, nowMs)
    else if (this.#identity.wants()) this.#pace.dueMs = nowMs
    else this.#run(nowMs)
  }

  #misfit({ what, value }: Misfit, nowMs: number): void {
    if (this.#state !== 'misfit') {
      this.#state = 'misfit'
      this.#deps.events.probeFailed(this.id, what, value)
    }
    if (this.#identity.block) this.#planProbe()
    this.#changePresence('offline', 'HW_PROBE_FAILED')
    this.#pace.pause(nowMs)
  }

  #run(nowMs: number): void {
    if (this.#state === 'refusing') this.#refusals.forget(this.#key)
    this.#state = 'running'
    this.#pace.count = 0
    this.#refusals.begin(this.#probe.answered > 0)
    startOver(this.#plans.schedules, nowMs)
  }

  #silent(nowMs: number): void {
    this.#state = 'silent'
    this.#running = undefined
    this.#pace.count = 0
    // What answers next may be another device.
    this.#identity.anew()
    if (this.#identity.block) this.#planProbe()
    this.#lose(this.#requests.silence)
    this.#pace.pause(nowMs)
  }

  #refusesAll(nowMs: number): void {
    this.#state = 'refusing'
    this.#refusals.begin(this.#refusals.heard)
    this.#changePresence('offline', 'HW_DEVICE_REFUSES')
    this.#pace.pause(nowMs)
  }

  /** Whether the device is off cannot be told when the link to it is gone. */
  #lose(reason: BadReason): void {
    this.#changePresence(reason === 'link-down' ? 'unknown' : 'offline', reason)
  }

  #changePresence(presence: Presence, reason?: string): void {
    if (presence === this.presence && presence === 'online') return
    const key = `${presence} ${reason}`
    if (key === this.#presenceKey) return
    this.#presenceKey = key
    this.presence = presence
    this.#deps.events.presence(this.id, presence, reason)
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
    const { rejected } = this.#plans
    this.counts.rejected = rejected.length
    this.#refusals.planned(this.#key, rejected, nowMs)
  }

  #planProbe(): void {
    const { block } = this.#identity
    this.#probe = block
      ? new Cycle([block])
      : this.#plans.probeCycle(this.#state === 'refusing' ? this.#pace.count : undefined)
  }
}
