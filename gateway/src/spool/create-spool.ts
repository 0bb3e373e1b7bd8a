import type { StoreSettings } from '../config/hall-schema.ts'
import type { Frame, Series } from '../domain/frame.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import type { Store, Write } from '../store/store.ts'
import { Appender } from './append-batch.ts'
import { backlog, withoutEvicted } from './forward-ranges.ts'
import { type Eviction, Retention, type SpoolPosition } from './retention.ts'
import { SeriesTable } from './series-table.ts'
import type { Forwarding, ForwardState, Spool, SpooledFrame, SpoolStats } from './spool.ts'

export interface SpoolOptions {
  /** Opened with `spoolTables`. */
  readonly store: Store
  readonly settings: StoreSettings
  readonly clock: Clock
  readonly log: Log
  /** True when an InfluxDB is configured: then a frame counts as dropped when it goes before it was forwarded. */
  readonly forwards: boolean
  /** Frames that may wait for the disk, in bytes; beyond, append() rejects with HW_SPOOL_FULL. Default 16 MiB. */
  readonly maxPendingBytes?: number
  /** Gives the oldest roll-ups away when the byte cap is reached and raw frames hold less than half of it; resolves to rows given. */
  giveHistory?(): Promise<number>
}

const DEAD_LETTER_LIMIT = 10_000
const DEAD_LETTER_CHARACTERS = 4096
/** Row header, numbers and the time index of one frame on disk. */
const FRAME_DISK_OVERHEAD_BYTES = 48

interface StoredFrame {
  readonly seq: number
  readonly series: number
  readonly at: number
  readonly body: string
  readonly bad: string | null
}

export async function createSpool(options: SpoolOptions): Promise<Spool> {
  const { store } = options
  const series = await SeriesTable.load(store)
  const [state] = await store.read<StoredState>(
    `SELECT evicted_to AS evictedTo, floor, dropped, (SELECT max(seq) FROM frame) AS head, (SELECT min(seq) FROM frame) AS tail,
            (SELECT count(*) FROM dead_letter) AS deadLetters FROM spool_state`,
  )
  const [saved] = await store.read<{ live: number; gaps: string }>('SELECT live, gaps FROM forward')
  const forward: ForwardState = saved
    ? { live: saved.live, gaps: JSON.parse(saved.gaps) as ForwardState['gaps'] } // written by us alone
    : { live: 0, gaps: [] }
  const spool = new StoreSpool(options, series, state ?? EMPTY, forward)
  void spool.weigh()
  return spool
}

interface StoredState {
  readonly evictedTo: number
  readonly floor: number
  readonly dropped: number
  readonly head: number | null
  readonly tail: number | null
  readonly deadLetters: number
}

const EMPTY: StoredState = { evictedTo: 0, floor: 0, dropped: 0, head: null, tail: null, deadLetters: 0 }

class StoreSpool implements Spool {
  readonly forwarding: Forwarding = { load: async () => this.#forward, save: (state) => this.#save(state) }
  readonly #options: SpoolOptions
  readonly #series: SeriesTable
  readonly #appender: Appender
  readonly #retention: Retention
  readonly #listeners = new Set<(head: number) => void>()
  #forward: ForwardState
  #head: number
  #tail: number
  #floor: number
  #committed = 0
  #dropped: number
  #evicted = 0
  #deadLetters: number
  #keptFrames = 0
  #bytesPerFrame = 0
  #troubled = false
  #ticking: Promise<void> | undefined

  constructor(options: SpoolOptions, series: SeriesTable, state: StoredState, forward: ForwardState) {
    this.#options = options
    this.#series = series
    this.#head = Math.max(state.head ?? 0, state.evictedTo)
    this.#tail = state.tail ?? this.#head + 1
    this.#floor = state.floor
    this.#dropped = state.dropped
    this.#deadLetters = state.deadLetters
    this.#forward = withoutEvicted(forward, state.floor)
    const { store, settings, log } = options
    this.#appender = new Appender({
      store,
      series,
      log,
      head: Math.max(this.#head, forward.live),
      maxPendingBytes: options.maxPendingBytes ?? 16 * 1024 * 1024,
      onCommitted: (head, frames, bytes) => this.#committedTo(head, frames, bytes),
    })
    this.#retention = new Retention({
      store,
      settings,
      log,
      position: () => this.#position(),
      onEvict: (eviction) => this.#evict(eviction),
      giveHistory: options.giveHistory ?? (async () => 0),
    })
  }

  append(frame: Frame, series: Series): Promise<void> {
    return this.#appender.append(frame, series)
  }

  async read(from: number, to: number, limit: number): Promise<SpooledFrame[]> {
    const rows = await this.#options.store.read<StoredFrame>(
      'SELECT seq, series, at, body, bad FROM frame WHERE seq BETWEEN ? AND ? ORDER BY seq LIMIT ?',
      [from, to, limit],
    )
    const frames: SpooledFrame[] = []
    for (const row of rows) {
      const series = this.#series.byId(row.series)
      if (series) frames.push({ seq: row.seq, series, frame: frameOf(row, series) })
    }
    return frames
  }

  head(): number {
    return this.#head
  }

  onAppend(listener: (head: number) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  async deadLetter(seq: number, line: string, reason: string): Promise<void> {
    const cut = (text: string) => text.slice(0, DEAD_LETTER_CHARACTERS)
    await this.#options.store.commit([
      {
        sql: 'INSERT INTO dead_letter (at, seq, line, reason) VALUES (?, ?, ?, ?)',
        rows: [[this.#options.clock.wallMs(), seq, cut(line), cut(reason)]],
      },
      {
        sql: `DELETE FROM dead_letter WHERE id <= (SELECT max(id) FROM dead_letter) - ${DEAD_LETTER_LIMIT}`,
        rows: [[]],
      },
    ])
    this.#deadLetters = Math.min(this.#deadLetters + 1, DEAD_LETTER_LIMIT)
  }

  async deadLetters(): Promise<number> {
    const [row] = await this.#options.store.read<{ count: number }>('SELECT count(*) AS count FROM dead_letter')
    return row?.count ?? 0
  }

  tick(now: number): Promise<void> {
    // A slow disk may take longer than the second until the next call; two evictions at once would count frames twice.
    this.#ticking ??= this.#retain(now).finally(() => {
      this.#ticking = undefined
    })
    return this.#ticking
  }

  stats(): SpoolStats {
    const { usedBytes, walBytes } = this.#options.store.stats()
    return {
      committedFrames: this.#committed,
      droppedFrames: this.#dropped,
      evictedFrames: this.#evicted,
      pendingFrames: this.#appender.pendingFrames,
      pendingBytes: this.#appender.pendingBytes,
      refusedFrames: this.#appender.refusedFrames,
      head: this.#head,
      tail: Math.min(this.#tail, this.#head + 1),
      backlogFrames: this.#options.forwards ? backlog(this.#forward, this.#head) : 0,
      deadLetters: this.#deadLetters,
      usedBytes: usedBytes + walBytes,
      maxBytes: this.#options.settings.maxBytes,
    }
  }

  close(): Promise<void> {
    return this.#appender.drain()
  }

  /** Counts the frames kept, in the background: only the shares of the byte cap need it, and only roughly. */
  async weigh(): Promise<void> {
    try {
      const [row] = await this.#options.store.read<{ frames: number; bytes: number | null }>(
        `SELECT (SELECT count(*) FROM frame) AS frames,
                (SELECT avg(length(body)) FROM (SELECT body FROM frame ORDER BY seq DESC LIMIT 200)) AS bytes`,
      )
      this.#keptFrames += row?.frames ?? 0
      if (this.#bytesPerFrame === 0) this.#bytesPerFrame = (row?.bytes ?? 0) + FRAME_DISK_OVERHEAD_BYTES
    } catch {} // the store reports its own troubles
  }

  async #retain(now: number): Promise<void> {
    try {
      const evictedBefore = this.#evicted
      this.#appender.noRoom = await this.#retention.tick(now)
      if (this.#evicted > evictedBefore) await this.#findTail()
      this.#troubled = false
    } catch (error) {
      // A full disk also stops eviction; the store logs its own state, here it is only said once that retention waits for it.
      if (!this.#troubled) this.#options.log.warn({ code: codeOf(error) }, 'Retention waits for the store')
      this.#troubled = true
    }
  }

  #position(): SpoolPosition {
    return {
      head: this.#head,
      forward: this.#options.forwards ? this.#forward : undefined,
      rawBytes: this.#keptFrames * this.#bytesPerFrame,
    }
  }

  #committedTo(head: number, frames: number, bytes: number): void {
    this.#head = Math.max(this.#head, head)
    this.#committed += frames
    this.#keptFrames += frames
    this.#bytesPerFrame =
      this.#bytesPerFrame === 0 ? bytes / frames : this.#bytesPerFrame * 0.98 + (bytes / frames) * 0.02
    for (const listener of this.#listeners) listener(this.#head)
  }

  #evict({ from, to, frames, dropped }: Eviction): Write[] {
    this.#evicted += frames
    this.#keptFrames -= frames
    if (dropped) {
      this.#dropped += frames
      this.#floor = Math.max(this.#floor, to)
      this.#forward = withoutEvicted(this.#forward, this.#floor)
    }
    return [
      {
        sql: 'UPDATE spool_state SET evicted_to = max(evicted_to, ?), floor = max(floor, ?), dropped = dropped + ?',
        rows: [[to, dropped ? to : 0, dropped ? frames : 0]],
      },
      // One mark below the tail says all that the others did.
      { sql: 'DELETE FROM spool_mark WHERE seq < ?', rows: [[from]] },
    ]
  }

  async #save(state: ForwardState): Promise<void> {
    const kept = withoutEvicted(state, this.#floor)
    await this.#options.store.commit([
      { sql: 'INSERT OR REPLACE INTO forward VALUES (1, ?, ?)', rows: [[kept.live, JSON.stringify(kept.gaps)]] },
    ])
    this.#forward = withoutEvicted(kept, this.#floor)
  }

  async #findTail(): Promise<void> {
    const [row] = await this.#options.store.read<{ tail: number | null }>('SELECT min(seq) AS tail FROM frame')
    this.#tail = row?.tail ?? this.#head + 1
  }
}

function frameOf(row: StoredFrame, series: Series): Frame {
  const frame: Frame = {
    device: series.device,
    stream: series.stream,
    at: row.at,
    values: JSON.parse(row.body) as Frame['values'], // written by us alone
  }
  return row.bad === null ? frame : { ...frame, bad: JSON.parse(row.bad) as NonNullable<Frame['bad']> }
}

const codeOf = (error: unknown) =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : undefined
