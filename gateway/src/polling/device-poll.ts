import type { ResolvedDevice } from '../config/resolved-hall.ts'
import type { BadReason, Presence, Value } from '../domain/frame.ts'
import type { ReadRequest, ReadResult } from '../modbus/modbus.ts'
import { type CompiledRegister, compileRegisters } from '../profiles/decode-registers.ts'
import type { ModbusProfile, RateClass } from '../profiles/profile-schema.ts'
import { costMoved, MeasuredCost } from './cost-model.ts'
import { type Answer, answerOf, Cycle } from './cycle.ts'
import type { DeviceKey, LearntLimits } from './learnt.ts'
import { probeFits } from './probe-check.ts'
import { type AddressRange, blockCostMs, type PlanCost, type PlanLimits, planReads, type Span } from './read-plan.ts'

/** What a device tells the room while it is polled. */
export interface DeviceEvents {
  /** Values of one pass over one rate class. */
  values(device: string, values: Record<string, Value>, bad: Record<string, BadReason> | undefined): void
  presence(device: string, presence: Presence, reason?: string): void
  /** Quantities this device refuses, each told once. */
  rejected(device: string, quantities: readonly string[]): void
  /** The probe quantity reads `value`, which the profile calls impossible. */
  probeFailed(device: string, quantity: string, value: Value): void
}

export interface DevicePollDeps {
  readonly learnt: LearntLimits
  readonly random: () => number
  readonly lineCost: PlanCost
  readonly gapMs: number
  readonly timeoutMs: number
  readonly events: DeviceEvents
}

export interface BusRequest extends ReadRequest {
  readonly timeoutMs: number
}

/**
 * checking: not heard yet, or back again; the probe must fit before a value is trusted. running: polled by rate class.
 * silent: does not answer. refusing: answers every request with an exception. misfit: the probe reads the impossible.
 */
type State = 'checking' | 'running' | 'silent' | 'refusing' | 'misfit'

interface Schedule {
  readonly rate: RateClass
  readonly periodMs: number
  readonly registers: readonly CompiledRegister[]
  cycle: Cycle
  /** Monotonic ms of the next pass; Infinity for `once` after it was read. */
  dueMs: number
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

/** Decides what one device is asked next, and makes values of its answers. Knows no clock and no line: time comes with each call. */
export class DevicePoll {
  readonly id: string
  readonly device: ResolvedDevice
  readonly counts = { requests: 0, errors: 0, passes: 0, skipped: 0, rejected: 0 }
  #state: State = 'checking'
  presence: Presence = 'unknown'
  readonly #deps: DevicePollDeps
  readonly #profile: ModbusProfile
  readonly #unitId: number
  readonly #key: DeviceKey
  readonly #registers: readonly CompiledRegister[]
  readonly #probeRegister: CompiledRegister | undefined
  readonly #measured: MeasuredCost
  #schedules: Schedule[] = []
  #probe: Cycle
  #plannedCost: PlanCost
  #plannedVersion = -1
  #plannedAtMs = 0
  /** The pass under way; the probe when it is of no schedule. */
  #running: { cycle: Cycle; schedule: Schedule | undefined; deadlineMs: number } | undefined
  #failuresInARow = 0
  #lastFailure: BadReason = 'timeout'
  #probeDueMs: number
  #probes = 0
  /** Something was read since the device was last checked: what it refuses is then a matter of registers, not of the device. */
  #heard = false
  #refusedUnheard: Span[] = []
  #refusedPasses = 0
  readonly #told = new Set<string>()
  #presenceKey = ''

  constructor(device: ResolvedDevice, deps: DevicePollDeps, nowMs: number) {
    const profile = device.profile.modbus
    if (!profile || device.connection.via !== 'modbus') throw new Error(`${device.id} is no Modbus device`)
    this.id = device.id
    this.device = device
    this.#deps = deps
    this.#profile = profile
    this.#unitId = device.connection.unitId
    this.#key = { profile: device.profileId, variant: device.variant ?? '', device: device.id }
    this.#registers = compileRegisters(profile, device.variant)
    this.#probeRegister = this.#registers.find((register) => register.quantity === profile.probe?.quantity)
    this.#measured = new MeasuredCost(deps.lineCost, deps.gapMs)
    this.#plannedCost = deps.lineCost
    this.#probe = new Cycle([])
    this.#probeDueMs = nowMs
    this.#plan(nowMs)
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
    let due = Number.POSITIVE_INFINITY
    for (const schedule of this.#schedules) if (schedule.dueMs < due) due = schedule.dueMs
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
    return { unitId: this.#unitId, ...request, timeoutMs: this.timeoutMs }
  }

  done(request: ReadRequest, result: ReadResult, nowMs: number): void {
    const answer = answerOf(result)
    this.counts.requests++
    if (!result.ok) this.counts.errors++
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

  /** Requests, registers and time of one pass of each rate class. */
  plan(): { rate: RateClass; periodMs: number; requests: number; registers: number; passMs: number }[] {
    return this.#schedules.map(({ rate, periodMs, cycle }) => ({
      rate,
      periodMs,
      requests: cycle.blocks.length,
      registers: cycle.blocks.reduce((sum, block) => sum + block.count, 0),
      passMs: cycle.blocks.reduce((sum, block) => sum + blockCostMs(block, this.#plannedCost), 0),
    }))
  }

  #nextSchedule(): Schedule | undefined {
    let next: Schedule | undefined
    for (const schedule of this.#schedules) {
      if (!next || schedule.dueMs + schedule.periodMs < next.dueMs + next.periodMs) next = schedule
    }
    return next
  }

  #begin(nowMs: number): void {
    this.#replanIfNeeded(nowMs)
    if (this.#state !== 'running') {
      this.#running = { cycle: this.#probe, schedule: undefined, deadlineMs: this.#probeDueMs + MIN_PROBE_PAUSE_MS }
    } else {
      const due = this.#schedules.filter((schedule) => schedule.dueMs <= nowMs)
      const schedule = due.sort((a, b) => a.dueMs + a.periodMs - b.dueMs - b.periodMs)[0]
      if (!schedule) return
      this.#running = { cycle: schedule.cycle, schedule, deadlineMs: schedule.dueMs + schedule.periodMs }
      this.#scheduleNext(schedule, nowMs)
    }
    this.#running.cycle.start()
  }

  /** A pass that could not be had in time is skipped and counted: catching up would make the line later still. */
  #scheduleNext(schedule: Schedule, nowMs: number): void {
    const late = Math.floor((nowMs - schedule.dueMs) / schedule.periodMs)
    this.counts.skipped += late
    schedule.dueMs += (late + 1) * schedule.periodMs
  }

  #finish(nowMs: number, answer: Answer = 'answered'): void {
    const running = this.#running
    if (!running) return
    if (running.schedule) {
      this.#deliver()
      this.#learn(nowMs)
      const { rate, registers } = running.schedule
      const read = registers.every((register) => running.cycle.image.covers(register))
      if (rate === 'once' && read) running.schedule.dueMs = Number.POSITIVE_INFINITY
      this.#running = undefined
      return
    }
    this.#running = undefined
    this.#probes++
    if (answer === 'silent') this.#probeUnanswered(nowMs)
    else if (answer === 'refused' && this.#state === 'refusing') this.#pauseProbing(nowMs)
    else this.#probeAnswered(nowMs)
  }

  #probeUnanswered(nowMs: number): void {
    if (this.probing) {
      this.#lose(this.#lastFailure)
      this.#pauseProbing(nowMs)
    } else if (this.#failuresInARow >= FAILURES_UNTIL_SILENT) this.#silent(nowMs)
    else this.#probeDueMs = nowMs + (this.#lastFailure === 'link-down' ? RETRY_CHECK_MS : 0)
  }

  #probeAnswered(nowMs: number): void {
    const { probe } = this.#profile
    const register = this.#probeRegister
    if (probe && register && this.#probe.image.covers(register)) {
      const value = register.decode(this.#probe.image)
      if (!probeFits(probe, value)) {
        if (this.#state !== 'misfit') {
          this.#state = 'misfit'
          this.#deps.events.probeFailed(this.id, probe.quantity, typeof value === 'object' ? value.bad : value)
        }
        this.#changePresence('offline', 'HW_PROBE_FAILED')
        this.#pauseProbing(nowMs)
        return
      }
    }
    if (this.#state === 'refusing') this.#deps.learnt.forgetDevice(this.#key)
    this.#state = 'running'
    this.#probes = 0
    this.#heard = this.#probe.answered > 0
    this.#refusedUnheard = []
    this.#refusedPasses = 0
    for (const schedule of this.#schedules) schedule.dueMs = nowMs
  }

  #silent(nowMs: number): void {
    this.#state = 'silent'
    this.#running = undefined
    this.#probes = 0
    this.#lose(this.#lastFailure)
    this.#pauseProbing(nowMs)
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
    if (!running?.schedule) return
    const { cycle, schedule } = running
    this.counts.passes++
    const values: Record<string, Value> = {}
    let bad: Record<string, BadReason> | undefined
    for (const register of schedule.registers) {
      const whole = cycle.failure === undefined && this.counts.rejected === 0
      const value = whole || cycle.image.covers(register) ? register.decode(cycle.image) : this.#unread(register, cycle)
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
    const planned = cycle.blocks.some((block) => block.registers.includes(register))
    if (!planned) return { bad: 'exception' }
    const refused = cycle.refused.some((span) => spanHolds(span, register))
    return { bad: refused ? 'exception' : (cycle.failure ?? 'exception') }
  }

  #learn(nowMs: number): void {
    const cycle = this.#running!.cycle
    const { learnt } = this.#deps
    const { profile, variant, device } = this.#key
    if (cycle.answered > 0) this.#heard = true
    this.#refusedUnheard.push(...cycle.refused)
    if (!this.#heard) {
      if (cycle.failure === 'exception' && ++this.#refusedPasses >= this.#schedules.length) this.#refusesAll(nowMs)
      return
    }
    for (const { table, address, end } of this.#refusedUnheard) {
      learnt.add({ profile, variant, device, range: { table, from: address, to: end - 1 } })
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
    const moved = nowMs - this.#plannedAtMs > REPLAN_AFTER_MS && costMoved(this.#plannedCost, this.#measured.cost)
    if (moved || this.#plannedVersion !== this.#deps.learnt.version) this.#plan(nowMs)
    else if (this.#state === 'refusing') this.#planProbe()
    const nothingLeft = this.#schedules.length > 0 && this.#schedules.every(({ cycle }) => cycle.blocks.length === 0)
    if (nothingLeft && this.#state === 'running') this.#refusesAll(nowMs)
  }

  #plan(nowMs: number): void {
    const { learnt } = this.#deps
    this.#plannedCost = this.#measured.cost
    this.#plannedVersion = learnt.version
    this.#plannedAtMs = nowMs
    const rates = ['fast', 'normal', 'slow', 'once'] as const
    const before = new Map(this.#schedules.map((schedule) => [schedule.rate, schedule]))
    const limits = this.#limits(learnt.rangesFor(this.#key))
    this.#schedules = rates.flatMap((rate): Schedule[] => {
      const registers = this.#registers.filter((register) => register.rate === rate)
      if (registers.length === 0) return []
      const blocks = planReads(registers, limits, this.#plannedCost)
      const cycle = new Cycle(blocks, this.#profile.alignment)
      return [
        { rate, periodMs: this.#periodOf(rate, registers), registers, cycle, dueMs: before.get(rate)?.dueMs ?? nowMs },
      ]
    })
    this.#planProbe()
    this.#tellRejected()
  }

  #limits(learnt: readonly AddressRange[]): PlanLimits {
    const { maxRegistersPerRequest, maxGap, alignment, forbidden, table } = this.#profile
    return {
      maxRegistersPerRequest,
      ...(maxGap === undefined ? {} : { maxGap }),
      alignment,
      forbidden: [
        ...forbidden.map((range) => ({ table: range.table ?? table, from: range.from, to: range.to })),
        ...learnt,
      ],
    }
  }

  /** The probe quantity, else the shortest register; a device that refuses all is asked for another one each time. */
  #planProbe(): void {
    const shortest = this.#registers.reduce<CompiledRegister | undefined>(
      (best, register) => (best && best.length <= register.length ? best : register),
      undefined,
    )
    const turn = this.#registers[this.#probes % Math.max(1, this.#registers.length)]
    const register = this.#state === 'refusing' ? turn : (this.#probeRegister ?? shortest)
    const blocks = register ? planReads([register], this.#limits([]), this.#plannedCost) : []
    this.#probe = new Cycle(blocks, this.#profile.alignment)
  }

  #periodOf(rate: RateClass, registers: readonly CompiledRegister[]): number {
    if (rate === 'once') return this.#profile.periodsMs.slow
    const periods = registers.flatMap(({ quantity }) => this.device.periodsMs[quantity] ?? [])
    return periods.length > 0 ? Math.min(...periods) : this.#profile.periodsMs[rate]
  }

  #tellRejected(): void {
    const missing: string[] = []
    for (const { registers, cycle } of this.#schedules) {
      for (const register of registers) {
        if (!cycle.blocks.some((block) => block.registers.includes(register))) missing.push(register.quantity)
      }
    }
    this.counts.rejected = missing.length
    const news = missing.filter((quantity) => !this.#told.has(quantity))
    if (news.length === 0) return
    for (const quantity of news) this.#told.add(quantity)
    this.#deps.events.rejected(this.id, news)
  }
}

const spanHolds = (span: Span, register: CompiledRegister) =>
  span.table === register.table && span.address < register.address + register.length && span.end > register.address
