import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import type { Store, Write } from '../store/store.ts'

const RETRY_MS = 1000

/** Steps in the order in which they were decided, each committed whole, each until it is on disk. */
export interface CommitQueue {
  /** `told` is called when the step is on disk. */
  push(writes: readonly Write[], told: () => void): void
  /** Steps decided and not yet on disk. They are few: a step is a change of an alarm, not a reading. */
  waiting(): number
  retries(): number
  /** Resolves when everything pushed so far is on disk, or when the store is closed for good. */
  drained(): Promise<void>
}

/**
 * A full disk must not lose an alarm: what cannot be committed now stays here, in order, and is tried every second. Memory is
 * bounded by the number of alarms a hall can have, and after a crash the same faults are found again in fresh readings.
 */
export function createCommitQueue(parts: { store: Store; clock: Clock; log: Log; signal: AbortSignal }): CommitQueue {
  const { store, clock, log, signal } = parts
  const steps: { writes: readonly Write[]; told: () => void }[] = []
  let running: Promise<void> | undefined
  let retries = 0

  async function run(): Promise<void> {
    let failing = false
    while (steps.length > 0) {
      const batch = steps.slice()
      try {
        await store.commit(batch.flatMap(({ writes }) => writes))
      } catch (error) {
        if (signal.aborted) return
        retries++
        const code = (error as { code?: string }).code ?? 'HW_STORE_IO'
        if (!failing) log.error({ code }, `Alarms and orders cannot be written; ${batch.length} steps wait.`)
        failing = true
        await clock.sleep(RETRY_MS, signal).catch(() => {})
        continue
      }
      if (failing) log.info({}, 'Alarms and orders are written again.')
      failing = false
      steps.splice(0, batch.length)
      for (const { told } of batch) told()
    }
  }

  return {
    push(writes, told) {
      steps.push({ writes, told })
      running ??= run().finally(() => {
        running = undefined
      })
    },
    waiting: () => steps.length,
    retries: () => retries,
    async drained() {
      while (running) await running
    },
  }
}
