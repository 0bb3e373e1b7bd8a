import type { WordsAt } from '../config/addressed.ts'
import type { BadReason } from '../domain/frame.ts'
import type { ReadResult } from '../modbus/modbus.ts'
import { BlockImage } from './block-image.ts'
import type { AddressRange, ReadBlock, Span } from './read-plan.ts'

export type CycleRequest = WordsAt

/** A run of spans of one block that is asked for in one request. */
interface Part extends CycleRequest {
  readonly block: number
  readonly spans: readonly Span[]
  /** The refused request this part is half of. */
  readonly parent?: { answeredHalves: number; readonly hole: AddressRange }
}

/** Modbus exceptions that speak about what was asked, not about the moment (V1.1b3 §7). */
const ILLEGAL_FUNCTION = 1
const ILLEGAL_ADDRESS = 2
const ILLEGAL_VALUE = 3
/** A gateway in between says that the device did not answer. */
const GATEWAY_PATH_UNAVAILABLE = 10
const GATEWAY_TARGET_SILENT = 11

/** How a request ended, as far as the next step is concerned. */
export type Answer = 'answered' | 'refused' | 'busy' | 'silent'

export function answerOf(result: ReadResult): Answer {
  if (result.ok) return 'answered'
  if (result.failure !== 'exception') return 'silent'
  const code = result.exceptionCode
  if (code === GATEWAY_PATH_UNAVAILABLE || code === GATEWAY_TARGET_SILENT) return 'silent'
  return code === ILLEGAL_FUNCTION || code === ILLEGAL_ADDRESS || code === ILLEGAL_VALUE ? 'refused' : 'busy'
}

/** One retry: a frame lost to noise is common; a second loss in a row is not. */
const TRIES = 2
const MAX_MUTED_PASSES = 256

/**
 * One pass over the blocks of a plan, one request at a time, and what came of it. A refused block is bisected at its longest
 * hole until each refused register and each refused hole is known; what the halves answer counts as read.
 * Reused: `start` begins the next pass.
 */
export class Cycle {
  readonly blocks: readonly ReadBlock[]
  readonly image: BlockImage
  /** Registers the device refused in this pass. */
  refused: Span[] = []
  /** Holes it refused though it answers on both sides; a hole without length is a border it refuses to be read across. */
  refusedHoles: AddressRange[] = []
  /** Why something was not read, of the last request that failed. */
  failure: BadReason | undefined
  answered = 0
  /** Monotonic ms at which this pass began, and the one before it. */
  startedAtMs = 0
  beforeAtMs = 0
  readonly #alignment: 'any' | 'even'
  /** The last is asked first. */
  readonly #whole: Part[]
  /** By block: how long it is left out, because it alone stays unanswered. */
  readonly #muted = new Map<number, { passes: number; left: number }>()
  #waiting: Part[] = []
  #tries = 0

  constructor(blocks: readonly ReadBlock[], alignment: 'any' | 'even' = 'any') {
    this.blocks = blocks
    this.#alignment = alignment
    this.image = new BlockImage(blocks)
    this.#whole = blocks
      .map((block, i) => ({
        block: i,
        table: block.table,
        address: block.address,
        count: block.count,
        spans: block.spans,
      }))
      .reverse()
  }

  start(nowMs = 0): void {
    this.beforeAtMs = this.startedAtMs
    this.startedAtMs = nowMs
    this.image.clear()
    this.refused = []
    this.refusedHoles = []
    this.failure = undefined
    this.answered = 0
    this.#tries = 0
    this.#waiting = this.#whole.filter((part) => !this.#isMuted(part.block))
  }

  /** Undefined when the pass is over. */
  get request(): CycleRequest | undefined {
    return this.#waiting.at(-1)
  }

  done(result: ReadResult): void {
    const part = this.#waiting.at(-1)
    if (!part) return
    const answer = answerOf(result)
    if (answer === 'silent') {
      this.#silent(part, result)
      return
    }
    this.#tries = 0
    this.#waiting.pop()
    if (result.ok) this.#answered(part, result.words)
    else if (answer === 'busy') this.failure = 'exception'
    else if (!result.ok && result.failure === 'exception') this.#refused(part, result.exceptionCode)
  }

  /**
   * A device that stays silent twice will not answer the next block either, so the pass ends. But when it answered another block
   * of this pass, only this one is ignored (some devices do that where others send an exception): it is left out for a while.
   */
  #silent(part: Part, result: ReadResult): void {
    this.failure = !result.ok && result.failure === 'connection-lost' ? 'link-down' : 'timeout'
    if (++this.#tries < TRIES) return
    this.#tries = 0
    if (this.answered === 0) {
      this.#waiting = []
      // Next time another block goes first, and shows whether it is the device or the block.
      const whole = this.#whole.findIndex((other) => other.block === part.block)
      this.#whole.unshift(...this.#whole.splice(whole, 1))
      return
    }
    this.#waiting.pop()
    const passes = Math.min(MAX_MUTED_PASSES, 2 * (this.#muted.get(part.block)?.passes ?? 1))
    this.#muted.set(part.block, { passes, left: passes })
  }

  #isMuted(block: number): boolean {
    const muted = this.#muted.get(block)
    if (!muted || muted.left === 0) return false
    muted.left--
    this.failure = 'timeout'
    return true
  }

  #answered(part: Part, words: readonly number[]): void {
    this.answered++
    this.#muted.delete(part.block)
    this.image.put(part.block, part.address, words)
    const { parent } = part
    if (parent && ++parent.answeredHalves === 2) this.refusedHoles.push(parent.hole)
  }

  #refused(part: Part, exceptionCode: number): void {
    this.failure = 'exception'
    if (exceptionCode === ILLEGAL_FUNCTION || part.spans.length === 1) {
      this.refused.push(...part.spans)
      return
    }
    const cut = longestHole(part.spans)
    const before = part.spans[cut - 1]!
    const after = part.spans[cut]!
    const hole = { table: part.table, from: before.end, to: after.address - 1 }
    const parent = { answeredHalves: 0, hole }
    this.#waiting.push(
      this.#half(part, part.spans.slice(cut), parent),
      this.#half(part, part.spans.slice(0, cut), parent),
    )
  }

  #half(part: Part, spans: readonly Span[], parent: NonNullable<Part['parent']>): Part {
    const whole = this.blocks[part.block]!
    const even = this.#alignment === 'even' && whole.address % 2 === 0
    const from = spans[0]!.address
    const end = Math.max(...spans.map((span) => span.end))
    const address = even ? from & ~1 : from
    const to = even ? Math.min((end + 1) & ~1, whole.address + whole.count) : end
    return { block: part.block, table: part.table, address, count: to - address, spans, parent }
  }
}

/** Index of the span after the longest hole; the middle one when there is no hole. */
function longestHole(spans: readonly Span[]): number {
  let cut = spans.length >> 1
  let longest = 0
  for (let i = 1; i < spans.length; i++) {
    const hole = spans[i]!.address - spans[i - 1]!.end
    if (hole > longest) {
      longest = hole
      cut = i
    }
  }
  return cut
}
