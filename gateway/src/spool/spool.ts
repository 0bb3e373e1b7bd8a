import type { Frame, Series } from '../domain/frame.ts'

/** A frame as it comes back from the spool. `seq` grows by commit order and never repeats; numbers may be missing. */
export interface SpooledFrame {
  readonly seq: number
  readonly series: Series
  readonly frame: Frame
}

/** Frames from <= seq <= to. */
export interface SeqRange {
  readonly from: number
  readonly to: number
}

/** How far the forwarder has come. A frame is *forwarded* when it is in no gap and not above `live`. */
export interface ForwardState {
  /** Everything above this seq is live and not yet forwarded. */
  readonly live: number
  /** Backlog still to send, oldest first, disjoint, all at or below `live`. */
  readonly gaps: readonly SeqRange[]
}

/** The forwarder's cursor, kept in the store. Eviction reads it to tell what was never forwarded. */
export interface Forwarding {
  /** The state last saved, without what was evicted since; `{ live: 0, gaps: [] }` when nothing was ever saved. */
  load(): Promise<ForwardState>
  /** Resolves when the state is durable. Ranges whose frames were evicted are left out. */
  save(state: ForwardState): Promise<void>
}

/** Every frame of the hall, in the order it was committed, until age or the byte cap takes it. */
export interface Spool {
  /** Resolves when the frame is durable; the caller may then acknowledge. Rejects with HW_SPOOL_FULL or a store code. */
  append(frame: Frame, series: Series): Promise<void>
  /** Frames with from <= seq <= to, oldest first, at most `limit`. Evicted frames are simply not there. */
  read(from: number, to: number, limit: number): Promise<SpooledFrame[]>
  /** Highest seq committed; 0 when nothing ever was. */
  head(): number
  /** Called after each commit with the new head; returns the way to stop it. */
  onAppend(listener: (head: number) => void): () => void
  readonly forwarding: Forwarding
  /** Keeps a line the server refused for good, for a person to look at. At most 10,000 rows, the oldest go first. */
  deadLetter(seq: number, line: string, reason: string): Promise<void>
  /** Lines kept in the dead-letter table now. */
  deadLetters(): Promise<number>
  /** Retention in small steps: call about once a second. Never throws; trouble is counted and logged. */
  tick(now: number): Promise<void>
  stats(): SpoolStats
  /** Commits what was appended. The store is closed by whoever opened it. */
  close(): Promise<void>
}

export interface SpoolStats {
  /** Frames made durable since the start. */
  readonly committedFrames: number
  /** Frames evicted though never forwarded, since the store was made. Stays 0 when nothing is forwarded. */
  readonly droppedFrames: number
  /** Frames evicted, forwarded or not, since the start. */
  readonly evictedFrames: number
  /** Frames appended and not yet durable. */
  readonly pendingFrames: number
  readonly pendingBytes: number
  /** Appends refused with HW_SPOOL_FULL since the start. */
  readonly refusedFrames: number
  readonly head: number
  /** Lowest seq still kept; head + 1 when empty. */
  readonly tail: number
  /** Frames known not yet forwarded; 0 when nothing is forwarded. */
  readonly backlogFrames: number
  readonly deadLetters: number
  /** Bytes in use against the cap, WAL included. */
  readonly usedBytes: number
  readonly maxBytes: number
}
