import type { Clock } from '../ports/clock.ts'
import type { SqlValue, Store, Write } from '../store/store.ts'

interface Change {
  readonly sql: string
  readonly row: readonly SqlValue[]
  /** The row is not on disk yet: taking it back needs no write at all. */
  readonly fresh: boolean
}

/** How long a change nobody waits for may stay in memory only. A power cut loses at most this much of it. */
const WRITE_BEHIND_MS = 200
const RETRY_MS = 1000

/**
 * Changes of the broker's tables on their way to the store: one pending change per key, the newest wins, all of them in one
 * commit. So a message that is queued and acknowledged within one round never reaches the disk. The number of pending changes
 * is bounded by what they describe (retained messages, sessions and queues have caps), also while the store refuses them.
 */
export interface WriteBehind {
  /** `key` names one row; `sql` must write exactly that row. `fresh`: no such row was ever written. */
  change(key: string, sql: string, row: readonly SqlValue[], fresh?: boolean): void
  /** Takes back the row of `key`: forgets an insert still pending, or deletes what is on disk. */
  remove(key: string, sql: string, row: readonly SqlValue[]): void
  /** Resolves when every change made so far is on disk; rejects when the store refused them (they stay pending and are retried). */
  durable(): Promise<void>
  pending(): number
  close(): Promise<void>
}

export function createWriteBehind(options: {
  store: Pick<Store, 'commit'>
  clock: Clock
  /** Called on each change between working and failing. */
  onHealth(error: unknown): void
}): WriteBehind {
  const { store, clock, onHealth } = options
  let pending = new Map<string, Change>()
  let waiting: { resolve(): void; reject(error: unknown): void }[] = []
  let running = false
  let armed = false
  let healthy = true
  const stopped = new AbortController()

  async function flush(): Promise<void> {
    if (running) return
    running = true
    while (waiting.length > 0 || pending.size > 0) {
      const changes = pending
      const waiters = waiting
      pending = new Map()
      waiting = []
      try {
        if (changes.size > 0) await store.commit(asWrites(changes))
        if (!healthy) onHealth(undefined)
        healthy = true
        for (const waiter of waiters) waiter.resolve()
      } catch (error) {
        // What failed may be on disk all the same, so it is no longer fresh; what changed meanwhile is newer.
        for (const [key, change] of changes) changes.set(key, { ...change, fresh: false })
        for (const [key, change] of pending) changes.set(key, change)
        pending = changes
        if (healthy) onHealth(error)
        healthy = false
        for (const waiter of waiters) waiter.reject(error)
        if (waiting.length === 0) break
      }
    }
    running = false
    if (pending.size > 0 && !stopped.signal.aborted) arm(RETRY_MS)
  }

  function arm(ms: number): void {
    if (armed || running) return
    armed = true
    clock
      .sleep(ms, stopped.signal)
      .then(() => {
        armed = false
        return flush()
      })
      .catch(() => {
        armed = false
      })
  }

  return {
    change(key, sql, row, fresh = false) {
      pending.set(key, { sql, row, fresh: fresh || pending.get(key)?.fresh === true })
      arm(WRITE_BEHIND_MS)
    },
    remove(key, sql, row) {
      if (pending.get(key)?.fresh) {
        pending.delete(key)
        return
      }
      pending.set(key, { sql, row, fresh: false })
      arm(WRITE_BEHIND_MS)
    },
    durable() {
      if (pending.size === 0 && !running) return Promise.resolve()
      return new Promise((resolve, reject) => {
        waiting.push({ resolve, reject })
        void flush()
      })
    },
    pending: () => pending.size,
    async close() {
      stopped.abort()
      if (pending.size > 0 || running) await this.durable().catch(() => {})
    },
  }
}

/** Rows of one statement together: keys are independent of each other, so their order does not matter. */
function asWrites(changes: ReadonlyMap<string, Change>): Write[] {
  const bySql = new Map<string, (readonly SqlValue[])[]>()
  for (const { sql, row } of changes.values()) {
    const rows = bySql.get(sql)
    if (rows) rows.push(row)
    else bySql.set(sql, [row])
  }
  return [...bySql].map(([sql, rows]) => ({ sql, rows }))
}
