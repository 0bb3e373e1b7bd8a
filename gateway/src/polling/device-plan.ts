import type { ResolvedDevice } from '../config/resolved-hall.ts'
import type { CompiledRegister } from '../profiles/decode-registers.ts'
import { ITEM_HEADER } from '../profiles/item-words.ts'
import { compileProfile, type PolledProfile } from '../profiles/polled.ts'
import type { ModbusProfile, RateClass } from '../profiles/profile-schema.ts'
import { Cycle } from './cycle.ts'
import { type DevicePlan, planText } from './plan-text.ts'
import {
  type AddressRange,
  blockCostMs,
  type PlanCost,
  type PlanLimits,
  planReads,
  type ReadBlock,
  touches,
} from './read-plan.ts'

/** One rate class of a device. */
export interface Schedule {
  readonly rate: RateClass
  readonly periodMs: number
  registers: readonly CompiledRegister[]
  /** Monotonic ms of the next pass; Infinity for `once` after it was read. */
  dueMs: number
  /** Its phase was moved away from that of the other devices of the line. */
  spread: boolean
}

/** A pass over one or more rate classes. */
export interface Pass {
  readonly cycle: Cycle
  readonly schedules: readonly Schedule[]
  readonly registers: readonly CompiledRegister[]
}

/** Words in wire order, and when they were read (monotonic ms). */
export interface RawWords {
  readonly words: readonly number[]
  readonly atMs: number
}

const RATES = ['fast', 'normal', 'slow', 'once'] as const

/**
 * Which requests a device is read with. Rate classes that are due together are planned together: their registers often lie
 * side by side, and one request for both is cheaper than two.
 */
export class DevicePlans {
  readonly schedules: readonly Schedule[]
  /** Of the values that stand in two places, the one that is read now. */
  registers: readonly CompiledRegister[]
  cost: PlanCost
  /** Refused or forbidden: they are in no request. */
  rejected: readonly string[] = []
  readonly #profile: PolledProfile
  readonly #lines: readonly CompiledRegister[]
  #learnt: readonly AddressRange[] = []
  /** By the rate classes in it, made when first due and reused by every pass until the next plan. */
  readonly #passes = new Map<string, Pass>()
  /** What was read under an earlier plan: registers that are read once would else be forgotten with it. */
  readonly #kept = new Map<CompiledRegister, RawWords>()

  constructor(device: ResolvedDevice, profile: PolledProfile, cost: PlanCost, nowMs: number) {
    this.#profile = profile
    this.cost = cost
    this.#lines = compileProfile(profile, device.variant)
    this.registers = this.#lines
    this.schedules = RATES.flatMap((rate): Schedule[] => {
      const registers = this.registers.filter((register) => register.rate === rate)
      if (registers.length === 0) return []
      return [{ rate, periodMs: periodOf(rate, registers, device, profile), registers, dueMs: nowMs, spread: false }]
    })
  }

  /** The quantity that proves that the profile fits. */
  get probeRegister(): CompiledRegister | undefined {
    return this.registers.find((register) => register.quantity === this.#profile.probe?.quantity)
  }

  isOptional(quantity: string): boolean {
    return this.#lines.some((line) => line.quantity === quantity && line.optional === true)
  }

  /** Nothing of the device can be read any more. */
  get empty(): boolean {
    return this.registers.length > 0 && this.#whole.cycle.blocks.length === 0
  }

  /** Plans anew with what is known now about the line and the device. */
  plan(cost: PlanCost, learnt: readonly AddressRange[]): void {
    this.cost = cost
    this.#learnt = learnt
    this.#keepWords()
    this.#passes.clear()
    this.registers = this.#lines.map((line) => placeOf(line, learnt))
    for (const schedule of this.schedules)
      schedule.registers = this.registers.filter(({ rate }) => rate === schedule.rate)
    const { blocks } = this.#whole.cycle
    this.rejected = this.registers.filter((register) => !isPlanned(blocks, register)).map(({ quantity }) => quantity)
  }

  passOf(schedules: readonly Schedule[]): Pass {
    const key = schedules.map(({ rate }) => rate).join(' ')
    let pass = this.#passes.get(key)
    if (!pass) {
      const registers = schedules.flatMap((schedule) => schedule.registers)
      pass = { cycle: this.#cycleOf(registers, this.#learnt), schedules, registers }
      this.#passes.set(key, pass)
    }
    return pass
  }

  /** One cheap request: the probe quantity, else the shortest register; `turn` picks another one where all are refused. */
  probeCycle(turn: number | undefined): Cycle {
    const { registers } = this
    const shortest = registers.reduce<CompiledRegister | undefined>(
      (best, register) => (best && best.length <= register.length ? best : register),
      undefined,
    )
    const register =
      turn === undefined ? (this.probeRegister ?? shortest) : registers[turn % Math.max(1, registers.length)]
    // What was learnt does not hold here: the probe is how we notice that it no longer does.
    return this.#cycleOf(register ? [register] : [], [])
  }

  /** The words a value was last made of; undefined when it was not read yet. Looked up for a person, never while polling. */
  wordsOf(register: CompiledRegister): RawWords | undefined {
    let newest = this.#kept.get(register)
    for (const { cycle } of this.#passes.values()) {
      const found = wordsIn(cycle, register)
      if (found && (!newest || found.atMs > newest.atMs)) newest = found
    }
    return newest
  }

  /** What one cycle costs in which every rate class but `once` is read. */
  view(): DevicePlan {
    const repeated = this.schedules.filter(({ rate }) => rate !== 'once')
    const { blocks } = this.passOf(repeated).cycle
    const periodOfBlock = (block: ReadBlock) =>
      Math.min(...repeated.flatMap((s) => (s.registers.some((r) => block.registers.includes(r)) ? [s.periodMs] : [])))
    const plan = {
      ...this.#sum(blocks),
      rates: this.schedules.map((schedule) => ({
        rate: schedule.rate,
        periodMs: schedule.periodMs,
        ...this.#sum(this.passOf([schedule]).cycle.blocks),
      })),
      reads: blocks.map((block) => {
        const periodMs = periodOfBlock(block)
        const { table, address, count } = block
        return {
          table,
          address,
          count,
          periodMs: Number.isFinite(periodMs) ? periodMs : this.#profile.periodsMs.normal,
        }
      }),
    }
    return { ...plan, text: planText(plan, this.#profile.items ? 'byte' : 'register') }
  }

  #keepWords(): void {
    if (this.#passes.size === 0) return
    for (const register of this.registers) {
      const words = this.wordsOf(register)
      if (words) this.#kept.set(register, words)
    }
  }

  get #whole(): Pass {
    return this.passOf(this.schedules)
  }

  #sum(blocks: readonly ReadBlock[]) {
    return {
      requests: blocks.length,
      registers: blocks.reduce((sum, { table, count }) => sum + count - (table === 'item' ? ITEM_HEADER : 0), 0),
      cycleMs: blocks.reduce((sum, block) => sum + blockCostMs(block, this.cost), 0),
    }
  }

  #cycleOf(registers: readonly CompiledRegister[], learnt: readonly AddressRange[]): Cycle {
    return new Cycle(planReads(registers, limitsOf(this.#profile, learnt), this.cost), this.#profile.alignment)
  }
}

/** The line, or where its value stands instead when the device refuses this place. */
function placeOf(line: CompiledRegister, learnt: readonly AddressRange[]): CompiledRegister {
  const { table, address, length, instead } = line
  return instead && touches(learnt, { table, address, end: address + length }) ? instead : line
}

/** The words of a value as a cycle has them now, or had them the time before. */
export function wordsIn(cycle: Cycle, { table, address, length }: CompiledRegister): RawWords | undefined {
  const span = { table, address, end: address + length }
  const words = cycle.image.slice(span, 'now')
  if (words) return { words, atMs: cycle.startedAtMs }
  const before = cycle.image.slice(span, 'before')
  return before && { words: before, atMs: cycle.beforeAtMs }
}

/** True when every word the value is made of is asked for. */
export const isPlanned = (blocks: readonly ReadBlock[], register: CompiledRegister): boolean =>
  blocks.some((block) => block.registers.includes(register)) &&
  register.companions.every(({ table, address, length = 1 }) =>
    blocks.some(
      (block) => block.table === table && block.address <= address && address + length <= block.address + block.count,
    ),
  )

/** What the profile allows in one request, and what must not be asked for. */
export function limitsOf(profile: ModbusProfile, learnt: readonly AddressRange[] = []): PlanLimits {
  const { maxRegistersPerRequest, maxGap, alignment, forbidden, table } = profile
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

function periodOf(
  rate: RateClass,
  registers: readonly CompiledRegister[],
  device: ResolvedDevice,
  profile: ModbusProfile,
): number {
  if (rate === 'once') return profile.periodsMs.slow
  const periods = registers.flatMap(({ quantity }) => device.periodsMs[quantity] ?? [])
  return periods.length > 0 ? Math.min(...periods) : profile.periodsMs[rate]
}
