import type { StoreSettings } from '../config/hall-schema.ts'
import type { Log } from '../ports/log.ts'
import type { Store, Write } from '../store/store.ts'
import { forwardedRanges } from './forward-ranges.ts'
import type { ForwardState, SeqRange } from './spool.ts'

/** What retention needs to know of the spool at this moment. */
export interface SpoolPosition {
  readonly head: number
  /** Undefined when nothing is forwarded: then every frame may go in its turn. */
  readonly forward: ForwardState | undefined
  /** What raw frames take on disk, roughly. */
  readonly rawBytes: number
}

export interface Eviction {
  readonly from: number
  readonly to: number
  readonly frames: number
  /** True when these frames were never forwarded. */
  readonly dropped: boolean
}

export interface RetentionOptions {
  readonly store: Store
  readonly settings: StoreSettings
  readonly log: Log
  position(): SpoolPosition
  /** Told of each eviction before it is written; gives what must change in the same transaction. */
  onEvict(eviction: Eviction): Write[]
  /** Asks the history to give its oldest roll-ups; resolves to the rows it gave. */
  giveHistory(): Promise<number>
}

/** Frames per step: some milliseconds of the writing thread, so that no commit feels it. */
const FRAMES_PER_STEP = 500
const STEPS_PER_TICK = 20
const MARK_EVERY_MS = 60_000
/** Dropping counts as over when no frame was dropped for so long. */
const CALM_MS = 60_000
/** What the disk itself must have left before frames already forwarded go early. */
const DISK_RESERVE_BYTES = 32 * 1024 * 1024

/**
 * Takes frames away: by age (only what is forwarded), by the byte cap (oldest forwarded first, then oldest raw) and when the disk
 * itself runs out (only what is forwarded). In small steps, each a commit of its own between the others.
 */
export class Retention {
  readonly #options: RetentionOptions
  #markedHead = 0
  #markedAt = Number.NEGATIVE_INFINITY
  #droppedAt: number | undefined

  constructor(options: RetentionOptions) {
    this.#options = options
  }

  /** Resolves to true when the cap is reached and nothing may go. */
  async tick(now: number): Promise<boolean> {
    await this.#mark(now)
    let stuck = false
    for (let step = 0; step < STEPS_PER_TICK; step++) {
      const done = await this.#step(now)
      stuck = done === 'stuck'
      if (done !== 'evicted') break
    }
    await this.#giveSpaceBack()
    if (this.#droppedAt !== undefined && now - this.#droppedAt > CALM_MS) {
      this.#droppedAt = undefined
      this.#options.log.info({ was: 'HW_SPOOL_DROPPING' }, 'No frame was dropped for a minute')
    }
    return stuck
  }

  async #step(now: number): Promise<'evicted' | 'nothing to do' | 'stuck'> {
    const pressure = this.#pressure()
    if (pressure === 'cap') {
      const usable = usableBytes(this.#options.settings)
      const givesHistory = this.#options.position().rawBytes < usable / 2
      if (givesHistory && (await this.#options.giveHistory()) > 0) return 'evicted'
      if (await this.#evictForwarded(Number.MAX_SAFE_INTEGER)) return 'evicted'
      return (await this.#drop(now)) ? 'evicted' : 'stuck'
    }
    if (pressure === 'disk' && (await this.#evictForwarded(Number.MAX_SAFE_INTEGER))) return 'evicted'
    return (await this.#evictForwarded(await this.#agedUpTo(now))) ? 'evicted' : 'nothing to do'
  }

  #pressure(): 'cap' | 'disk' | undefined {
    const { bytes, walBytes, usedBytes, diskFreeBytes } = this.#options.store.stats()
    if (usedBytes > usableBytes(this.#options.settings)) return 'cap'
    const freePagesBytes = bytes - walBytes - usedBytes
    return diskFreeBytes > 0 && diskFreeBytes + freePagesBytes < DISK_RESERVE_BYTES ? 'disk' : undefined
  }

  async #evictForwarded(upTo: number): Promise<boolean> {
    const { head, forward } = this.#options.position()
    const end = Math.min(upTo, head)
    const ranges: SeqRange[] = forward ? forwardedRanges(forward, end) : [{ from: 1, to: end }]
    for (const range of ranges) {
      if (await this.#evict(range, false)) return true
    }
    return false
  }

  /** The last resort: frames nobody has seen yet. All forwarded ones are gone by now, so what is left starts at the tail. */
  async #drop(now: number): Promise<boolean> {
    const dropped = await this.#evict({ from: 1, to: this.#options.position().head }, true)
    if (dropped && this.#droppedAt === undefined) {
      this.#options.log.error(
        { code: 'HW_SPOOL_DROPPING', maxBytes: this.#options.settings.maxBytes },
        'The byte cap is reached: the oldest frames go although they were never forwarded',
      )
    }
    if (dropped) this.#droppedAt = now
    return dropped
  }

  async #evict(range: SeqRange, dropped: boolean): Promise<boolean> {
    const { store } = this.#options
    const [found] = await store.read<{ first: number | null; last: number | null; frames: number }>(
      `SELECT min(seq) AS first, max(seq) AS last, count(*) AS frames
       FROM (SELECT seq FROM frame WHERE seq BETWEEN ? AND ? ORDER BY seq LIMIT ${FRAMES_PER_STEP})`,
      [range.from, range.to],
    )
    if (found?.first == null || found.last == null) return false
    const eviction: Eviction = { from: found.first, to: found.last, frames: found.frames, dropped }
    await store.commit([
      { sql: 'DELETE FROM frame WHERE seq BETWEEN ? AND ?', rows: [[eviction.from, eviction.to]] },
      ...this.#options.onEvict(eviction),
    ])
    return true
  }

  async #mark(now: number): Promise<void> {
    const { head } = this.#options.position()
    if (Math.abs(now - this.#markedAt) < MARK_EVERY_MS || head === this.#markedHead) return
    await this.#options.store.commit([{ sql: 'INSERT OR REPLACE INTO spool_mark VALUES (?, ?)', rows: [[head, now]] }])
    this.#markedAt = now
    this.#markedHead = head
  }

  async #agedUpTo(now: number): Promise<number> {
    const before = now - this.#options.settings.rawHours * 3_600_000
    const [row] = await this.#options.store.read<{ seq: number | null }>(
      'SELECT max(seq) AS seq FROM spool_mark WHERE wall < ?',
      [before],
    )
    return row?.seq ?? 0
  }

  /** After the cap was lowered the file is too long though its pages are free: cut them off, a little at a time. */
  async #giveSpaceBack(): Promise<void> {
    const { bytes, walBytes } = this.#options.store.stats()
    if (bytes - walBytes <= this.#options.settings.maxBytes) return
    await this.#options.store.commit([{ sql: 'PRAGMA incremental_vacuum(500)', rows: [[]] }])
  }
}

/** What pages in use may take, so that file and log together stay within the cap: the log gets a quarter, at most 32 MiB. */
const usableBytes = (settings: StoreSettings) =>
  settings.maxBytes - Math.min(32 * 1024 * 1024, Math.floor(settings.maxBytes / 4))
