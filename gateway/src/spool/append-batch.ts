import { HallwattError } from '../domain/errors.ts'
import type { Frame, Series } from '../domain/frame.ts'
import type { Log } from '../ports/log.ts'
import type { SqlValue, Store, Write } from '../store/store.ts'
import type { SeriesTable } from './series-table.ts'

const INSERT = 'INSERT INTO frame (seq, series, at, body, bad) VALUES (?, ?, ?, ?, ?)'
const FRAME_OVERHEAD_BYTES = 96

interface Batch {
  readonly rows: SqlValue[][]
  readonly done: PromiseWithResolvers<void>
  bytes: number
}

/** Frames on their way to the disk. All that is appended in one turn of the event loop is one write and shares one promise. */
export class Appender {
  readonly #store: Store
  readonly #series: SeriesTable
  readonly #log: Log
  readonly #maxPendingBytes: number
  readonly #onCommitted: (head: number, frames: number, bytes: number) => void
  #batch: Batch | undefined
  #underWay = new Set<Promise<void>>()
  #lastSeq: number
  #refusing = false
  /** Set while the byte cap is reached and nothing may go. */
  noRoom = false
  pendingFrames = 0
  pendingBytes = 0
  refusedFrames = 0

  constructor(options: {
    store: Store
    series: SeriesTable
    log: Log
    head: number
    maxPendingBytes: number
    onCommitted: (head: number, frames: number, bytes: number) => void
  }) {
    this.#store = options.store
    this.#series = options.series
    this.#log = options.log
    this.#lastSeq = options.head
    this.#maxPendingBytes = options.maxPendingBytes
    this.#onCommitted = options.onCommitted
  }

  append(frame: Frame, series: Series): Promise<void> {
    const body = JSON.stringify(frame.values)
    const bad = frame.bad ? JSON.stringify(frame.bad) : null
    const bytes = body.length + (bad?.length ?? 0) + FRAME_OVERHEAD_BYTES
    if (this.noRoom || this.pendingBytes + bytes > this.#maxPendingBytes) return this.#refuse()
    this.#batch ??= this.#startBatch()
    this.#lastSeq += 1
    this.#batch.rows.push([this.#lastSeq, this.#series.idOf(series), Math.floor(frame.at), body, bad])
    this.#batch.bytes += bytes
    this.pendingFrames += 1
    this.pendingBytes += bytes
    return this.#batch.done.promise
  }

  /** Resolves when everything appended so far is settled, one way or the other. */
  async drain(): Promise<void> {
    this.#flush()
    await Promise.allSettled([...this.#underWay])
  }

  #startBatch(): Batch {
    // After the poll phase: every socket that was readable in this turn has had its say, and nothing waited for a timer.
    setImmediate(() => this.#flush())
    return { rows: [], done: Promise.withResolvers(), bytes: 0 }
  }

  #flush(): void {
    const batch = this.#batch
    if (!batch) return
    this.#batch = undefined
    const settled = this.#write(batch).finally(() => this.#underWay.delete(settled))
    this.#underWay.add(settled)
  }

  async #write(batch: Batch): Promise<void> {
    const unsaved = this.#series.unsaved()
    const frames: Write = { sql: INSERT, rows: batch.rows }
    const head = this.#lastSeq
    try {
      await this.#store.commit(unsaved ? [unsaved.write, frames] : [frames])
    } catch (error) {
      this.#settle(batch)
      batch.done.reject(error)
      return
    }
    unsaved?.saved()
    this.#settle(batch)
    this.#refusing = false
    batch.done.resolve() // the callers hear of it after this turn, when head() already knows
    this.#onCommitted(head, batch.rows.length, batch.bytes)
  }

  #settle(batch: Batch): void {
    this.pendingFrames -= batch.rows.length
    this.pendingBytes -= batch.bytes
  }

  #refuse(): Promise<never> {
    this.refusedFrames += 1
    const why = this.noRoom
      ? 'The byte cap of the store is reached and nothing may be evicted.'
      : `${this.pendingFrames} frames (${this.pendingBytes} bytes) already wait for the disk.`
    if (!this.#refusing)
      this.#log.error({ code: 'HW_SPOOL_FULL', pendingFrames: this.pendingFrames }, `Frames are refused: ${why}`)
    this.#refusing = true
    return Promise.reject(new HallwattError('HW_SPOOL_FULL', why))
  }
}
