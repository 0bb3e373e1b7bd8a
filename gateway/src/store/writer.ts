import { statSync } from 'node:fs'
import path from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { BUSY_TIMEOUT_MS, connect } from './open-database.ts'
import { freeBytes, type StoreFailure, storeFailure } from './sqlite-failure.ts'
import { StatementCache } from './statement-cache.ts'
import type { Write } from './store.ts'
import { noteSuspicion } from './store-file.ts'
import type { GroupResult, Sizes } from './worker-messages.ts'

/** A checkpoint moves this many pages (8 MB) from the log into the database: enough to merge pages, too few to be felt. */
const CHECKPOINT_PAGES = 2000
/** A log this long has not started over for long: wait for the readers a moment, once per so many pages. */
const RESTART_PAGES = 8000
const RESTART_WAIT_MS = 250

/** The writing side: one transaction per group of calls, a savepoint per call. */
export class Writer {
  readonly #file: string
  #database: DatabaseSync
  #statements: StatementCache
  #restartAtPages = RESTART_PAGES

  constructor(file: string, database: DatabaseSync) {
    this.#file = file
    this.#database = database
    this.#statements = new StatementCache(database)
  }

  /** Returns when the group is on disk, less the calls that failed. */
  commit(calls: readonly (readonly Write[])[]): GroupResult {
    const startedMs = performance.now()
    const failures: [number, StoreFailure][] = []
    try {
      this.#database.exec('BEGIN IMMEDIATE')
      for (const [index, writes] of calls.entries()) {
        const refused = this.#runCall(writes)
        if (refused) failures.push([index, refused])
      }
      this.#database.exec('COMMIT')
    } catch (error) {
      // The whole transaction is gone: nobody in the group may believe to be on disk.
      const failure = storeFailure(error, path.dirname(this.#file))
      failures.length = 0
      for (const index of calls.keys()) failures.push([index, failure])
      this.#recover(failure)
    }
    return { failures, ms: performance.now() - startedMs, sizes: this.sizes() }
  }

  /** Keeps the log short. A commit that comes meanwhile waits: 8 MB, some milliseconds. */
  checkpointWhenDue(): void {
    try {
      const { log, checkpointed } = this.#checkpoint('NOOP')
      if (log - checkpointed < CHECKPOINT_PAGES) return
      // PASSIVE never waits for readers. When it copied everything and nobody reads, the next commit starts the log over.
      this.#checkpoint('PASSIVE')
      if (log < RESTART_PAGES) this.#restartAtPages = RESTART_PAGES
      if (log < this.#restartAtPages) return
      this.#restartAtPages = log + RESTART_PAGES
      this.#database.exec(`PRAGMA busy_timeout = ${RESTART_WAIT_MS}`)
      this.#checkpoint('RESTART')
    } catch {
      // A full disk fails here first. The commits that need the space report it; the log stays valid.
    } finally {
      this.#database.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`)
    }
  }

  sizes(): Sizes {
    let usedBytes = 0
    try {
      const number = (pragma: string) => Number(Object.values(this.#statements.get(`PRAGMA ${pragma}`).get() ?? {})[0])
      usedBytes = (number('page_count') - number('freelist_count')) * number('page_size')
    } catch {} // only figures: the next commit tells what is wrong
    return {
      fileBytes: sizeOf(this.#file),
      usedBytes,
      walBytes: sizeOf(`${this.#file}-wal`),
      diskFreeBytes: freeBytes(path.dirname(this.#file)),
    }
  }

  close(): void {
    try {
      this.#database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    } catch {} // the log is replayed at the next start
    this.#database.close()
  }

  /** Returns why this call failed alone; throws when the whole transaction is lost. */
  #runCall(writes: readonly Write[]): StoreFailure | undefined {
    this.#database.exec('SAVEPOINT call')
    try {
      for (const { sql, rows } of writes) {
        const statement = this.#statements.get(sql)
        // run() takes one step, and a PRAGMA such as incremental_vacuum does its work in many.
        if (sql.startsWith('PRAGMA')) statement.all()
        else for (const row of rows) statement.run(...row)
      }
      this.#database.exec('RELEASE call')
      return undefined
    } catch (error) {
      const failure = storeFailure(error, path.dirname(this.#file))
      // SQLite rolls the whole transaction back by itself on some errors of the disk.
      if (failure.code !== 'HW_STORE_REJECTED' || !this.#database.isTransaction) throw error
      this.#database.exec('ROLLBACK TO call; RELEASE call')
      return failure
    }
  }

  #checkpoint(mode: 'NOOP' | 'PASSIVE' | 'RESTART'): { log: number; checkpointed: number } {
    const row = this.#statements.get(`PRAGMA wal_checkpoint(${mode})`).get()
    return { log: Number(row?.log), checkpointed: Number(row?.checkpointed) }
  }

  #recover(failure: StoreFailure): void {
    try {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
    } catch {}
    if (failure.code === 'HW_STORE_CORRUPT') {
      noteSuspicion(this.#file, failure.message)
      return
    }
    if (failure.code !== 'HW_STORE_IO') return
    // After a failed fsync the kernel may call pages clean that never reached the disk: trust nothing this connection holds.
    try {
      const fresh = connect(this.#file, [])
      const old = this.#database
      this.#database = fresh
      this.#statements = new StatementCache(fresh)
      old.close()
    } catch {} // the old connection stays; its next commit tries and reports again
  }
}

function sizeOf(file: string): number {
  try {
    return statSync(file).size
  } catch {
    return 0
  }
}
