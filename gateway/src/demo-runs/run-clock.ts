import type { Clock } from '../ports/clock.ts'

/**
 * The time of demonstrations: wall clock that never jumps. It goes with the monotonic clock from where the wall clock stood, and
 * says when the two no longer agree.
 */
export interface RunClock {
  /** Unix ms, whole */
  now(): number
  /** By how many ms the wall clock was set since the last look; 0: it was not. From then on the time is the new one. */
  jumped(): number
}

/** So much a clock is slewed between two looks; more was set. */
const JUMP_MS = 2000

export function createRunClock(clock: Pick<Clock, 'wallMs' | 'monotonicMs'>): RunClock {
  let offsetMs = clock.wallMs() - clock.monotonicMs()
  return {
    now: () => Math.round(clock.monotonicMs() + offsetMs),
    jumped() {
      const nowMs = clock.wallMs() - clock.monotonicMs()
      const byMs = nowMs - offsetMs
      // Small steps are followed; a run hardly notices them.
      offsetMs = nowMs
      return Math.abs(byMs) > JUMP_MS ? Math.round(byMs) : 0
    },
  }
}
