import type { Clock } from '../../ports/clock.ts'

interface Sleeper {
  readonly atMs: number
  readonly wake: () => void
}

/** A clock on which an hour passes in the time its events take to run. */
export class VirtualClock implements Clock {
  #nowMs = 0
  #wallOffsetMs = 1_800_000_000_000
  readonly #sleepers = new Set<Sleeper>()

  wallMs(): number {
    return this.#wallOffsetMs + this.#nowMs
  }

  monotonicMs(): number {
    return this.#nowMs
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const aborted = () => {
        this.#sleepers.delete(sleeper)
        reject(signal?.reason)
      }
      const sleeper = {
        atMs: this.#nowMs + ms,
        wake: () => {
          signal?.removeEventListener('abort', aborted)
          resolve()
        },
      }
      if (signal?.aborted) {
        reject(signal.reason)
        return
      }
      signal?.addEventListener('abort', aborted, { once: true })
      this.#sleepers.add(sleeper)
    })
  }

  /** Somebody sets the wall clock; the monotonic one does not notice. */
  setWall(at: number): void {
    this.#wallOffsetMs = at - this.#nowMs
  }

  /** Lets `ms` pass; everything that wakes in between runs at its own time. */
  async pass(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve))
      let next: Sleeper | undefined
      for (const sleeper of this.#sleepers) if (!next || sleeper.atMs < next.atMs) next = sleeper
      if (!next || next.atMs > untilMs) break
      this.#sleepers.delete(next)
      this.#nowMs = Math.max(this.#nowMs, next.atMs)
      next.wake()
    }
    this.#nowMs = untilMs
  }
}
