import type { Clock } from '../../ports/clock.ts'

export interface SimulatedClock extends Clock {
  /** Lets time pass; whoever sleeps that long wakes up. */
  advance(ms: number): void
  /** The wall clock jumps, durations do not. */
  jumpWall(ms: number): void
}

export function simulatedClock(wallMs = 1_795_000_000_000): SimulatedClock {
  let monotonic = 1_000_000
  let wall = wallMs
  let sleepers: { until: number; wake: () => void }[] = []
  return {
    wallMs: () => wall,
    monotonicMs: () => monotonic,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason)
        sleepers.push({ until: monotonic + ms, wake: resolve })
        signal?.addEventListener('abort', () => reject(signal.reason), { once: true })
      }),
    advance(ms) {
      monotonic += ms
      wall += ms
      const due = sleepers.filter((sleeper) => sleeper.until <= monotonic)
      sleepers = sleepers.filter((sleeper) => sleeper.until > monotonic)
      for (const sleeper of due) sleeper.wake()
    },
    jumpWall: (ms) => {
      wall += ms
    },
  }
}
