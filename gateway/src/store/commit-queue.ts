import { HallwattError } from '../domain/errors.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import { DiskHealth } from './disk-health.ts'
import type { StoreFailure } from './sqlite-failure.ts'
import type { SqlValue, Write } from './store.ts'
import { startWorker, type WorkerLink } from './worker-link.ts'
import type { FromWorker, GroupResult, Sizes, WorkerSettings } from './worker-messages.ts'

interface Call {
  readonly writes: readonly Write[]
  readonly bytes: number
  readonly rows: number
  resolve(): void
  reject(error: Error): void
}

export interface CommitQueueOptions {
  readonly program: URL
  readonly settings: WorkerSettings
  readonly clock: Clock
  readonly log: Log
  readonly maxBytes: number
  readonly maxCalls: number
  /** A damaged file was moved aside and a new one lies in its place. */
  onFileReplaced(): void
}

/** A group larger than this is cut in two: the first half is acknowledged while the second is written. */
const GROUP_BYTES = 4 * 1024 * 1024
/** Pauses between attempts to bring a dead thread back; the last one repeats. */
const RESTART_PAUSES_MS = [0, 100, 1000, 5000] as const
const ROW_OVERHEAD_BYTES = 64

/** Calls waiting for the writing thread. While one group is on its way to the disk, all that arrives forms the next. */
export class CommitQueue {
  readonly #options: CommitQueueOptions
  readonly #health: DiskHealth
  #waiting: Call[] = []
  #underWay: Call[] = []
  #link: WorkerLink | undefined
  #bytes = 0
  #rows = 0
  readonly #stop = new AbortController()
  #idle: (() => void) | undefined
  #sizes: Sizes = { fileBytes: 0, usedBytes: 0, walBytes: 0, diskFreeBytes: 0 }
  #commits = 0
  #commitCalls = 0
  #commitMsLast = 0
  #commitMsMax = 0
  #busy = 0
  failures = 0
  restarts = 0

  constructor(options: CommitQueueOptions) {
    this.#options = options
    this.#health = new DiskHealth(options.log)
  }

  async start(): Promise<void> {
    const { link, opened } = await startWorker(
      this.#options.program,
      this.#options.settings,
      (message) => this.#hear(message),
      (error) => this.#ended(error),
    )
    if (opened.type === 'open-failed') throw failureOf(opened.failure)
    if (opened.salvage) {
      this.#health.corruptFileMoved(opened.salvage)
      this.#options.onFileReplaced()
    }
    if (opened.sizes) this.#sizes = opened.sizes
    this.#link = link
    this.#sendNext()
  }

  commit(writes: readonly Write[]): Promise<void> {
    const { bytes, rows } = sizeOf(writes)
    if (this.#bytes + bytes > this.#options.maxBytes || this.#pendingCalls() >= this.#options.maxCalls) {
      this.#busy += 1
      this.failures += 1
      return Promise.reject(
        new HallwattError(
          'HW_STORE_BUSY',
          `${this.#pendingCalls()} commits (${this.#bytes} bytes) already wait for the disk.`,
        ),
      )
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ writes, bytes, rows, resolve, reject })
      this.#bytes += bytes
      this.#rows += rows
      this.#sendNext()
    })
  }

  async close(): Promise<void> {
    if (this.#link && this.#pendingCalls() > 0) await new Promise<void>((resolve) => (this.#idle = resolve))
    this.#stop.abort()
    const link = this.#link
    this.#link = undefined
    link?.send({ type: 'close' })
    await link?.ended
    this.#rejectAll(
      this.#waiting,
      new HallwattError('HW_STORE_CLOSED', 'The store was closed before this was written.'),
    )
  }

  stats() {
    return {
      bytes: this.#sizes.fileBytes + this.#sizes.walBytes,
      usedBytes: this.#sizes.usedBytes,
      walBytes: this.#sizes.walBytes,
      diskFreeBytes: this.#sizes.diskFreeBytes,
      commits: this.#commits,
      commitCalls: this.#commitCalls,
      commitMsLast: this.#commitMsLast,
      commitMsMax: this.#commitMsMax,
      queuedWrites: this.#rows,
      queuedBytes: this.#bytes,
      refusedBusy: this.#busy,
      ...this.#health.stats(),
    }
  }

  #stopped(): boolean {
    return this.#stop.signal.aborted
  }

  #pendingCalls(): number {
    return this.#waiting.length + this.#underWay.length
  }

  #sendNext(): void {
    if (!this.#link || this.#underWay.length > 0 || this.#waiting.length === 0) return
    let bytes = 0
    let count = 0
    do {
      bytes += this.#waiting[count]?.bytes ?? 0
      count += 1
    } while (count < this.#waiting.length && bytes < GROUP_BYTES)
    this.#underWay = this.#waiting.splice(0, count)
    this.#link.send({ type: 'commit', calls: this.#underWay.map((call) => call.writes) })
  }

  #hear(message: FromWorker): void {
    if (message.type !== 'committed') return
    const done = this.#underWay
    this.#underWay = []
    this.#account(message, done.length)
    const failed = new Map(message.failures)
    for (const [index, call] of done.entries()) {
      this.#forget(call)
      const failure = failed.get(index)
      if (failure) call.reject(failureOf(failure))
      else call.resolve()
    }
    this.#sendNext()
    if (this.#pendingCalls() === 0) this.#idle?.()
  }

  #account(result: GroupResult, calls: number): void {
    this.#sizes = result.sizes
    this.failures += result.failures.length
    const trouble = result.failures.find(([, failure]) => failure.code !== 'HW_STORE_REJECTED')?.[1]
    this.#health.after(trouble, result.sizes)
    if (trouble) return
    this.#commits += 1
    this.#commitCalls += calls - result.failures.length
    this.#commitMsLast = result.ms
    this.#commitMsMax = Math.max(this.#commitMsMax, result.ms)
  }

  #ended(error: Error | undefined): void {
    if (this.#stopped()) return
    this.#link = undefined
    const failure: StoreFailure = {
      code: 'HW_STORE_IO',
      message: `The writing thread ended: ${error?.message ?? 'no reason given'}`,
    }
    this.#health.after(failure, this.#sizes)
    this.failures += this.#pendingCalls()
    // Those under way may or may not be on disk; those that waited are not. All callers hear the same: not acknowledged.
    this.#rejectAll(this.#underWay, failureOf(failure))
    this.#rejectAll(this.#waiting, failureOf(failure))
    this.#idle?.()
    void this.#restart()
  }

  async #restart(): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      const pauseMs = RESTART_PAUSES_MS[Math.min(attempt, RESTART_PAUSES_MS.length - 1)] ?? 0
      await this.#options.clock.sleep(pauseMs, this.#stop.signal).catch(() => {})
      if (this.#stopped()) return
      try {
        await this.start()
        this.restarts += 1
        return
      } catch (error) {
        const refused = error instanceof HallwattError ? error : new HallwattError('HW_STORE_IO', String(error))
        this.failures += this.#waiting.length
        this.#rejectAll(this.#waiting, refused)
      }
    }
  }

  #rejectAll(calls: Call[], error: Error): void {
    for (const call of calls.splice(0)) {
      this.#forget(call)
      call.reject(error)
    }
  }

  #forget(call: Call): void {
    this.#bytes -= call.bytes
    this.#rows -= call.rows
  }
}

const failureOf = (failure: StoreFailure) => new HallwattError(failure.code, failure.message)

/** What a call weighs in memory, roughly: text by its length, the rest flat. */
function sizeOf(writes: readonly Write[]): { bytes: number; rows: number } {
  let bytes = 0
  let rows = 0
  for (const write of writes) {
    rows += write.rows.length
    for (const row of write.rows) {
      bytes += ROW_OVERHEAD_BYTES
      for (const value of row) bytes += weight(value)
    }
  }
  return { bytes, rows }
}

const weight = (value: SqlValue) =>
  typeof value === 'string' ? value.length : value instanceof Uint8Array ? value.byteLength : 8
