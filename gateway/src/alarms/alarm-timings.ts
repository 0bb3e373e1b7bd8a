/** Milliseconds, unless a name says otherwise. */
export interface AlarmTimings {
  /** A fault that a parent could explain waits this long, so that the parent is shown first. */
  readonly holdOff: number
  /** After a parent is gone its children have this long to come back before they call. */
  readonly settle: number
  /** Devices that fall silent within this time of each other may have one cause. */
  readonly together: number
  /** `flapRaises` raises within `flapWindow` are chattering; it is over after `flapWindow` without change. */
  readonly flapWindow: number
  readonly flapRaises: number
  /** Longest shelving. Forgotten silences are how faults stay unseen. */
  readonly shelveMax: number
  /** A returned alarm that nobody took is filed after this time, so that next week's paper-out is a new alarm. */
  readonly returnedKeep: number
}

export const ALARM_TIMINGS: AlarmTimings = {
  holdOff: 5_000,
  settle: 30_000,
  together: 60_000,
  flapWindow: 10 * 60_000,
  flapRaises: 3,
  shelveMax: 24 * 3_600_000,
  returnedKeep: 24 * 3_600_000,
}
