import { HallwattError } from '../domain/errors.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import { CommitQueue } from './commit-queue.ts'
import { ReadQueue } from './read-queue.ts'
import type { Store, StoreStats, Write } from './store.ts'
import { makeDirectory, storeFile } from './store-file.ts'
import { type StoreLock, takeStoreLock } from './store-lock.ts'

export interface StoreOptions {
  /** Folder that only this process may use; made when missing. */
  readonly directory: string
  readonly clock: Clock
  readonly log: Log
  /** Idempotent DDL (`CREATE TABLE IF NOT EXISTS …`), run in this order at every start; each room hands its own. */
  readonly tables?: readonly string[]
  /** Writes that may wait for the disk; beyond, commit() rejects with HW_STORE_BUSY. Default 32 MiB, about 60,000 frames. */
  readonly maxQueuedBytes?: number
  /** Calls that may wait for the disk. Default 20,000. */
  readonly maxQueuedCalls?: number
  /** Queries that may wait for the reading thread. Default 1,000. */
  readonly maxQueuedReads?: number
  /** The program of both threads; tests put one in that crashes on demand. */
  readonly workerProgram?: URL
}

const WORKER_PROGRAM = new URL('./store-worker.ts', import.meta.url)

/**
 * Opens the store of a gateway.
 * @throws HW_STORE_LOCKED when another process owns the folder; HW_STORE_FULL or HW_STORE_IO when the disk does not let us start
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  makeDirectory(options.directory)
  const lock = takeStoreLock(options.directory)
  const program = options.workerProgram ?? WORKER_PROGRAM
  const file = storeFile(options.directory)
  const stamp = new Date(options.clock.wallMs()).toISOString().replaceAll(/[:.]/g, '-')
  const settings = { file, tables: options.tables ?? [], stamp }
  const reads = new ReadQueue({
    program,
    settings: { ...settings, role: 'read' },
    log: options.log,
    maxReads: options.maxQueuedReads ?? 1000,
  })
  const writes = new CommitQueue({
    program,
    settings: { ...settings, role: 'write' },
    clock: options.clock,
    log: options.log,
    maxBytes: options.maxQueuedBytes ?? 32 * 1024 * 1024,
    maxCalls: options.maxQueuedCalls ?? 20_000,
    onFileReplaced: () => void reads.reopen(),
  })
  try {
    await Promise.all([writes.start(), reads.start()])
    return new SqliteStore(lock, writes, reads)
  } catch (error) {
    await Promise.allSettled([writes.close(), reads.close()])
    lock.release()
    throw error
  }
}

class SqliteStore implements Store {
  readonly #lock: StoreLock
  readonly #writes: CommitQueue
  readonly #reads: ReadQueue
  #closing: Promise<void> | undefined

  constructor(lock: StoreLock, writes: CommitQueue, reads: ReadQueue) {
    this.#lock = lock
    this.#writes = writes
    this.#reads = reads
  }

  commit(writes: readonly Write[]): Promise<void> {
    return this.#closing ? Promise.reject(closed()) : this.#writes.commit(writes)
  }

  read<Row>(sql: string, parameters: readonly (string | number | bigint | null | Uint8Array)[] = []): Promise<Row[]> {
    // The caller names the columns it selected; the store cannot know better.
    return this.#closing ? Promise.reject(closed()) : (this.#reads.read(sql, parameters) as Promise<Row[]>)
  }

  stats(): StoreStats {
    return { ...this.#writes.stats(), ...this.#reads.stats(), ...sumOf(this.#writes, this.#reads) }
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    // The reader first, so that the writer's last checkpoint finds nobody holding an old state.
    await this.#reads.close()
    await this.#writes.close()
    this.#lock.release()
  }
}

const closed = () => new HallwattError('HW_STORE_CLOSED', 'The store is closed.')

const sumOf = (writes: CommitQueue, reads: ReadQueue) => ({
  failures: writes.failures + reads.failures,
  workerRestarts: writes.restarts + reads.restarts,
})
