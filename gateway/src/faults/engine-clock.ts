/** A gap between two calls counts at most this much: tick comes every second, so more is a clock set forward or a sleep. */
export const LONGEST_STEP_MS = 5000

/**
 * Time as a stop-watch made from a wall clock. Callers only give `now`; a clock set back stands still for one call, a clock
 * set forward moves this one by LONGEST_STEP_MS at most. So no delay, silence or window ends because somebody set a clock:
 * at worst it ends later.
 */
export function createEngineClock() {
  let last: number | undefined
  let t = 0
  return {
    /** @returns engine time, ms, never falling */
    advance(now: number): number {
      if (last !== undefined && now > last) t += Math.min(now - last, LONGEST_STEP_MS)
      last = now
      return t
    },
  }
}

/** The instant at which a question is asked. */
export interface Instant {
  /** Engine time, ms. */
  readonly t: number
  /** Unix ms. */
  readonly now: number
  /** Hour of the week, 0–167. */
  readonly hour: number
}
