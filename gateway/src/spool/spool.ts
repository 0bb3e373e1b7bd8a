import type { Frame, Series } from '../domain/frame.ts'

/** A frame as it comes back from the spool. `seq` grows by commit order and never repeats. */
export interface SpooledFrame {
  readonly seq: number
  readonly series: Series
  readonly frame: Frame
}

/** Every frame of the hall, in the order it was committed, until age or the byte cap takes it. */
export interface Spool {
  /** Resolves when the frame is durable; the caller may then acknowledge. Rejects with HW_SPOOL_FULL or a store code. */
  append(frame: Frame, series: Series): Promise<void>
  /** Frames with from <= seq <= to, oldest first, at most `limit`. */
  read(from: number, to: number, limit: number): Promise<SpooledFrame[]>
  /** Highest seq committed; 0 when empty. */
  head(): number
  stats(): SpoolStats
}

export interface SpoolStats {
  readonly committedFrames: number
  readonly droppedFrames: number
  readonly pendingFrames: number
  readonly head: number
}
