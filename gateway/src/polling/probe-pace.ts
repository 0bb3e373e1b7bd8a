const RETRY_CHECK_MS = 1000
const MIN_PAUSE_MS = 1000
const MAX_PAUSE_MS = 60_000
const MIN_TIMEOUT_MS = 100
/** Every fourth probe waits the full time, so that a device that came back slower than it was is found. */
const FULL_EVERY = 4

/** When a device that is not being read is asked again whether it is there, and how long it may take. Times are monotonic ms. */
export class ProbePace {
  dueMs: number
  /** Probes since the device was last read, or since its line came back. */
  count = 0
  readonly #random: () => number

  constructor(nowMs: number, random: () => number) {
    this.dueMs = nowMs
    this.#random = random
  }

  get deadlineMs(): number {
    return this.dueMs + MIN_PAUSE_MS
  }

  /** At once, from the first. */
  restart(nowMs: number): void {
    this.count = 0
    this.dueMs = nowMs
  }

  /** The line is gone, or the device is busy: nothing is held against it. */
  soon(nowMs: number): void {
    this.dueMs = nowMs + RETRY_CHECK_MS
  }

  /** Each pause doubles the one before, with jitter: devices that died together do not knock together. */
  pause(nowMs: number): void {
    const pause = Math.min(MAX_PAUSE_MS, MIN_PAUSE_MS * 2 ** Math.min(this.count, 10))
    this.dueMs = nowMs + pause * (0.5 + this.#random() / 2)
  }

  timeoutMs(fullMs: number, latencyMs: number | undefined): number {
    if (latencyMs === undefined || this.count % FULL_EVERY === FULL_EVERY - 1) return fullMs
    return Math.min(fullMs, Math.max(MIN_TIMEOUT_MS, 4 * latencyMs))
  }
}
