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
   * Calls made while a commit runs are grouped into the next one; a call that fails fails alone.
   * Rejects with HW_STORE_FULL, HW_STORE_IO or HW_STORE_BUSY (queue at its end).
   */
  commit(writes: readonly Write[]): Promise<void>
  /** Runs one query on the reading thread. Sees everything whose commit has resolved. */
  read<Row>(sql: string, parameters?: readonly SqlValue[]): Promise<Row[]>
  stats(): StoreStats
  close(): Promise<void>
}

export interface StoreStats {
  readonly bytes: number
  readonly commits: number
  readonly commitMsLast: number
  readonly queuedWrites: number
  readonly failures: number
}
