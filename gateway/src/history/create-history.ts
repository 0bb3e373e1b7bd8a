import type { StoreSettings } from '../config/hall-schema.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import type { Store } from '../store/store.ts'
import type { History, HistoryAnswer, HistoryQuery, HistoryStats } from './history.ts'
import { answer } from './query.ts'
import { FRAMES_PER_PASS, MINUTE_MS, rollUpPass } from './roll-up.ts'

export interface HistoryOptions {
  /** Opened with `spoolTables` and `historyTables`. */
  readonly store: Store
  readonly settings: StoreSettings
  readonly clock: Clock
  readonly log: Log
}

export const createHistory = (options: HistoryOptions): History => new StoreHistory(options)

/** Passes of one tick, so that catching up after an outage leaves the writing thread to the commits now and then. */
const PASSES_PER_TICK = 4
/** A minute is rolled up this long after its end: most frames of it have come by then, the late ones are added later. */
const SETTLE_MS = 3000
const RETENTION_EVERY_MS = 600_000
/** Roll-ups of one series taken away at once. */
const MINUTES_PER_STEP = 240

class StoreHistory implements History {
  readonly #options: HistoryOptions
  #running: Promise<void> | undefined
  #rolledMinute: number | undefined
  #retainedAt: number | undefined
  #lag = 0
  #rolled = 0
  #passes = 0
  #failures = 0
  #troubled = false
  #gaveUpBefore = 0

  constructor(options: HistoryOptions) {
    this.#options = options
  }

  query(query: HistoryQuery): Promise<HistoryAnswer> {
    return answer(this.#options.store, query)
  }

  tick(now: number): Promise<void> {
    this.#running ??= this.#work(now).finally(() => {
      this.#running = undefined
    })
    return this.#running
  }

  async giveOldest(): Promise<number> {
    const [oldest] = await this.#oldestMinutes()
    if (!oldest) return 0
    const upTo = oldest.minute + MINUTES_PER_STEP
    await this.#options.store.commit([deleteBefore(oldest.series, upTo)])
    this.#gaveUpBefore = Math.max(this.#gaveUpBefore, upTo * MINUTE_MS)
    return MINUTES_PER_STEP
  }

  stats(): HistoryStats {
    return {
      lagFrames: this.#lag,
      rolledFrames: this.#rolled,
      passes: this.#passes,
      failures: this.#failures,
      gaveUpBefore: this.#gaveUpBefore,
    }
  }

  async #work(now: number): Promise<void> {
    try {
      await this.#rollUp(now)
      await this.#retain(now)
      this.#troubled = false
    } catch (error) {
      this.#failures += 1
      const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
      if (!this.#troubled) this.#options.log.warn({ code }, 'Roll-ups wait for the store')
      this.#troubled = true
    }
  }

  async #rollUp(now: number): Promise<void> {
    const minute = Math.floor((now - SETTLE_MS) / MINUTE_MS)
    const [row] = await this.#options.store.read<{ lag: number }>(
      'SELECT coalesce((SELECT max(seq) FROM frame), 0) - seq AS lag FROM rollup_state',
    )
    this.#lag = Math.max(0, row?.lag ?? 0)
    if (minute === this.#rolledMinute && this.#lag < FRAMES_PER_PASS) return
    for (let pass = 0; pass < PASSES_PER_TICK; pass++) {
      const { frames, lag } = await rollUpPass(this.#options.store)
      this.#lag = lag
      this.#rolled += frames
      this.#passes += 1
      if (lag === 0) {
        this.#rolledMinute = minute
        return
      }
    }
  }

  async #retain(now: number): Promise<void> {
    if (this.#retainedAt !== undefined && Math.abs(now - this.#retainedAt) < RETENTION_EVERY_MS) return
    const before = Math.floor(now / MINUTE_MS - this.#options.settings.rollupDays * 1440)
    for (const { series, minute } of await this.#oldestMinutes()) {
      for (let upTo = minute; upTo < before; ) {
        upTo = Math.min(upTo + MINUTES_PER_STEP, before)
        await this.#options.store.commit([deleteBefore(series, upTo)])
      }
    }
    this.#retainedAt = now
  }

  /** The first rolled-up minute of each series, the oldest first. */
  #oldestMinutes(): Promise<{ series: number; minute: number }[]> {
    return this.#options.store.read(
      `SELECT series, minute FROM
         (SELECT id AS series, (SELECT min(minute) FROM rollup_minute WHERE series = s.id) AS minute FROM series s)
       WHERE minute IS NOT NULL ORDER BY minute`,
    )
  }
}

const deleteBefore = (series: number, minute: number) => ({
  sql: 'DELETE FROM rollup_minute WHERE series = ? AND minute < ?',
  rows: [[series, minute]],
})
