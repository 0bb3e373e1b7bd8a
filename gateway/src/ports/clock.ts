/** Two clocks, never mixed: the wall clock stamps readings and may jump; the monotonic clock measures durations. */
export interface Clock {
  /** Unix milliseconds. Jumps when the machine finds its time server. */
  wallMs(): number
  /** Milliseconds since an arbitrary start; never goes back. */
  monotonicMs(): number
  /** Resolves after `ms`; rejects with the signal's reason when aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}
