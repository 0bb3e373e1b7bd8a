import { Cycle } from './cycle.ts'
import type { AddressRange } from './read-plan.ts'

const FIRST_PAUSE_MS = 60_000
/** Then the limit is forgotten anyway, as every other one. */
const LONGEST_PAUSE_MS = 24 * 3600_000
/** A register read again for so many of its last pauses is steady; one refused sooner waits longer each time. */
const STEADY_PAUSES = 4

interface Retry {
  readonly range: AddressRange
  /** Doubles with every refusal, so that a register refused all day costs about eleven short requests. */
  pauseMs: number
  /** Monotonic ms. */
  dueMs: number
  /** Monotonic ms since when it is read again. */
  mendedMs?: number
}

/**
 * When a device is asked again for a register that it once answered and then refused. A meter refuses for a moment while it
 * starts or is set up; without this its values would be gone until the limit is forgotten, a day later.
 */
export class RefusedRetries {
  readonly #all = new Map<string, Retry>()
  /** Those that are refused now. */
  #waiting: Retry[] = []
  readonly #alignment: 'any' | 'even'

  constructor(alignment: 'any' | 'even') {
    this.#alignment = alignment
  }

  /** Takes what is refused now and was answered earlier. What was mended and is refused again soon waits twice as long as before. */
  refused(ranges: readonly AddressRange[], nowMs: number): void {
    const keys = new Set(ranges.map(keyOf))
    // Forgotten for another reason than its answer: it starts anew.
    for (const { range } of this.#waiting) if (!keys.has(keyOf(range))) this.#all.delete(keyOf(range))
    this.#waiting = ranges.map((range) => {
      const known = this.#all.get(keyOf(range))
      if (known && known.mendedMs === undefined) return known
      const soon = known?.mendedMs !== undefined && nowMs - known.mendedMs < STEADY_PAUSES * known.pauseMs
      const pauseMs = soon ? longer(known.pauseMs) : FIRST_PAUSE_MS
      const retry = { range, pauseMs, dueMs: nowMs + pauseMs }
      this.#all.set(keyOf(range), retry)
      return retry
    })
  }

  /** Monotonic ms of the next retry. */
  get dueMs(): number {
    return this.#next?.dueMs ?? Number.POSITIVE_INFINITY
  }

  /** The range whose turn it is, as a cycle of one short request. */
  get next(): { readonly range: AddressRange; readonly cycle: Cycle } | undefined {
    const range = this.#next?.range
    if (!range) return undefined
    const { table } = range
    const even = this.#alignment === 'even'
    const address = even ? range.from & ~1 : range.from
    const end = even ? (range.to + 2) & ~1 : range.to + 1
    const block = { table, address, count: end - address, registers: [], spans: [{ table, address, end }] }
    return { range, cycle: new Cycle([block]) }
  }

  /** It answered: what was refused with it is asked next, one after the other, without waiting for its own turn. */
  answered(range: AddressRange, nowMs: number): void {
    const retry = this.#all.get(keyOf(range))
    if (!retry) return
    retry.mendedMs = nowMs
    this.#waiting = this.#waiting.filter((other) => other !== retry)
    for (const other of this.#waiting) if (other.pauseMs <= retry.pauseMs) other.dueMs = Math.min(other.dueMs, nowMs)
  }

  refusedAgain(range: AddressRange, nowMs: number): void {
    const retry = this.#all.get(keyOf(range))
    if (!retry) return
    retry.pauseMs = longer(retry.pauseMs)
    retry.dueMs = nowMs + retry.pauseMs
  }

  /** Busy or silent: that says nothing about the register. */
  postponed(range: AddressRange, nowMs: number): void {
    const retry = this.#all.get(keyOf(range))
    if (retry) retry.dueMs = nowMs + FIRST_PAUSE_MS
  }

  get #next(): Retry | undefined {
    let next: Retry | undefined
    for (const retry of this.#waiting) if (!next || retry.dueMs < next.dueMs) next = retry
    return next
  }
}

const longer = (pauseMs: number) => Math.min(LONGEST_PAUSE_MS, pauseMs * 2)

const keyOf = ({ table, from, to }: AddressRange) => `${table} ${from} ${to}`
