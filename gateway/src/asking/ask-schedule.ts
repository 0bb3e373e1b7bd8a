import type { Presence } from '../domain/frame.ts'
import type { AskResult } from './asker.ts'

/** Rounds without an answer, in a row, until a device counts as silent: a lost datagram is common, three are not. */
const FAILURES_UNTIL_SILENT = 3
/** A round that failed is repeated soon, so that three of them do not take three periods. */
const RETRY_MS = 3000
const MIN_PAUSE_MS = 5000
const MAX_PAUSE_MS = 60_000

/** What of a result must be told. */
export interface Told {
  /** Set when it changed. */
  readonly presence?: { readonly now: Presence; readonly reason?: string }
}

/**
 * When one device is asked next, and whether it is there. Knows no clock: times are monotonic milliseconds.
 * A silent device is asked with back-off and jitter; one that refuses counts as silent at once, since asking again changes nothing.
 */
export class AskSchedule {
  dueMs: number
  presence: Presence = 'unknown'
  /** Rounds in a row that gave nothing. */
  failures = 0
  readonly #periodMs: number
  readonly #random: () => number
  #reason: string | undefined

  constructor(periodMs: number, nowMs: number, random: () => number) {
    this.#periodMs = periodMs
    this.#random = random
    // A hall that starts does not ask everybody in the same moment.
    this.dueMs = nowMs + random() * Math.min(periodMs, 2000)
  }

  /** Silent devices share a small part of the sockets, so that they cost the others nothing. */
  get isSilent(): boolean {
    return this.failures >= FAILURES_UNTIL_SILENT
  }

  /** @param startedMs when the round began: the period counts from there */
  ended(result: AskResult, startedMs: number, nowMs: number): Told {
    if (result.ok) {
      this.failures = 0
      this.dueMs = Math.max(nowMs, startedMs + this.#periodMs)
      return this.#become('online')
    }
    this.failures =
      result.failure === 'refused' ? Math.max(FAILURES_UNTIL_SILENT, this.failures + 1) : this.failures + 1
    this.dueMs = nowMs + this.#pauseMs()
    if (!this.isSilent) return {}
    if (result.failure === 'refused') return this.#become('offline', 'HW_ASK_REFUSED')
    // Whether the device is off cannot be told when the way to it is gone.
    return result.failure === 'link-down' ? this.#become('unknown', 'link-down') : this.#become('offline', 'timeout')
  }

  #pauseMs(): number {
    if (!this.isSilent) return Math.min(RETRY_MS, this.#periodMs)
    const pause = Math.min(MAX_PAUSE_MS, MIN_PAUSE_MS * 2 ** Math.min(this.failures - FAILURES_UNTIL_SILENT, 10))
    return pause * (0.5 + this.#random() / 2)
  }

  #become(now: Presence, reason?: string): Told {
    if (now === this.presence && reason === this.#reason) return {}
    this.presence = now
    this.#reason = reason
    return { presence: { now, ...(reason !== undefined && { reason }) } }
  }
}
