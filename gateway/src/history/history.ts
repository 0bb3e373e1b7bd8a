import type { Value } from '../domain/frame.ts'

export type Resolution = 'raw' | 'minute'

export interface HistoryQuery {
  readonly device: string
  /** Quantity ids, 1 to 50. */
  readonly quantities: readonly string[]
  /** Unix ms, included. */
  readonly from: number
  /** Unix ms, not included. */
  readonly to: number
  /**
   * `raw`: what was read, as far back as it is kept. `minute`: one-minute roll-ups.
   * `auto`: raw for up to two hours, else roll-ups, merged over as many minutes as `maxPoints` asks for.
   */
  readonly resolution: Resolution | 'auto'
  /** Points per quantity, 1 to 50,000; default 2,000. `raw` and `minute` never thin: beyond it they fail with HW_HISTORY_TOO_WIDE. */
  readonly maxPoints?: number
}

/** What one minute (or bucket) held. Numbers and booleans (as 1 and 0) have min, avg and max; words only count and last. */
export interface RollUp {
  readonly count: number
  readonly last: Value
  readonly min?: number
  readonly avg?: number
  readonly max?: number
}

/** `at` is the time of the reading, or the start of the bucket. */
export type HistoryPoint = readonly [at: number, value: Value | RollUp]

export interface HistorySeries {
  readonly quantity: string
  readonly unit: string
  readonly points: readonly HistoryPoint[]
}

export interface HistoryAnswer {
  readonly resolution: Resolution
  /** Width of one point; 0 for raw. */
  readonly bucketMs: number
  /** In the order asked for; a quantity that was never read has no points. */
  readonly series: readonly HistorySeries[]
}

/** The past of the hall, from the raw frames and their one-minute roll-ups. The running minute is always included. */
export interface History {
  /** Rejects with HW_HISTORY_TOO_WIDE, HW_HISTORY_UNKNOWN_DEVICE or a store code. */
  query(query: HistoryQuery): Promise<HistoryAnswer>
  /** Rolls up what is new and lets go of what is too old, in small steps: call about once a second. Never throws. */
  tick(now: number): Promise<void>
  /** Gives the oldest roll-ups of one series away; resolves to 0 when there are none. For the spool, at its byte cap. */
  giveOldest(): Promise<number>
  stats(): HistoryStats
}

export interface HistoryStats {
  /** Frames committed and not yet rolled up, at the last tick. */
  readonly lagFrames: number
  readonly rolledFrames: number
  readonly passes: number
  readonly failures: number
  /** Unix ms before which roll-ups were given up for space; 0 when never. */
  readonly gaveUpBefore: number
}
