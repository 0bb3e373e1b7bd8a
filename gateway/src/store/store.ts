/** What SQLite can hold in a column. */
export type SqlValue = null | number | bigint | string | Uint8Array

/** One statement, run once per row of parameters. */
export interface Write {
  readonly sql: string
  readonly rows: readonly (readonly SqlValue[])[]
}

/**
 * The embedded store: one SQLite file (WAL, synchronous FULL), written by one worker thread, read by another.
 * Rooms own their tables and hand their SQL in; the store knows none of them.
 */
export interface Store {
  /**
   * Runs the writes in one transaction. Resolves when they are on disk: after that neither `kill -9` nor a power cut loses them.
   * Calls made while a commit runs are grouped into the next one, in the order they were made; a call that fails fails alone.
   * Rejects with HW_STORE_FULL, HW_STORE_IO, HW_STORE_BUSY (queue at its end), HW_STORE_REJECTED (SQL refused),
   * HW_STORE_CORRUPT or HW_STORE_CLOSED. After HW_STORE_IO it is unknown whether the writes are on disk.
   */
  commit(writes: readonly Write[]): Promise<void>
  /**
   * Runs one query on the reading thread. Sees everything whose commit has resolved.
   * Integers beyond 2^53 come as bigint, all others as number.
   */
  read<Row>(sql: string, parameters?: readonly SqlValue[]): Promise<Row[]>
  stats(): StoreStats
  /** Commits what waits, then lets go of the folder. */
  close(): Promise<void>
}

/** Bytes are refreshed after commits, at most four times a second. */
export interface StoreStats {
  /** Database file plus write-ahead log. */
  readonly bytes: number
  /** Pages that hold something, in bytes: what is left after eviction even where the file did not shrink. */
  readonly usedBytes: number
  readonly walBytes: number
  /** Space the disk still has for us. */
  readonly diskFreeBytes: number
  readonly commits: number
  /** Calls of commit() made durable; above `commits` by what was grouped. */
  readonly commitCalls: number
  readonly commitMsLast: number
  readonly commitMsMax: number
  readonly queuedWrites: number
  readonly queuedBytes: number
  readonly queuedReads: number
  /** Calls that rejected, for whatever reason. */
  readonly failures: number
  readonly refusedBusy: number
  /** 1 while the disk is full / refuses. */
  readonly full: number
  readonly ioTrouble: number
  readonly corruptFiles: number
  readonly workerRestarts: number
}
