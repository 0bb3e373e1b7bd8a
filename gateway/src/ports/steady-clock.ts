import type { Clock } from './clock.ts'

/** A wall clock that never jumps: it goes with the monotonic clock from where the wall clock stood, and says when the two no longer agree. */
export interface SteadyClock {
  /** Unix ms, whole */
  now(): number
  /** By how many ms the wall clock was set since the last look; 0: it was not. From then on the time is the new one. */
  jumped(): number
}

/** So much a clock is slewed between two looks; more was set, or the machine slept. */
const JUMP_MS = 2000

export function createSteadyClock(clock: Pick<Clock, 'wallMs' | 'monotonicMs'>): SteadyClock {
  let offsetMs = clock.wallMs() - clock.monotonicMs()
  return {
    now: () => Math.round(clock.monotonicMs() + offsetMs),
    jumped() {
      const nowMs = clock.wallMs() - clock.monotonicMs()
      const byMs = nowMs - offsetMs
      // Small steps are followed; nobody notices them.
      offsetMs = nowMs
      return Math.abs(byMs) > JUMP_MS ? Math.round(byMs) : 0
    },
  }
}
