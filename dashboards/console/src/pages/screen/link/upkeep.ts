/** What a screen does for itself over months: pure decisions, taken once a minute. */

const MINUTE_MS = 60_000
const ZONE_OFFSET_MS = 8 * 3600_000
/** 03:30 in the halls’ zone (+08:00, no summer time), when nobody watches. */
const NIGHT_MINUTE = 3 * 60 + 30
/** A page this young has nothing to be rid of; also keeps a clock that is set back from loading it again and again. */
const YOUNG_MS = 2 * 3600_000

const minuteOfDay = (at: number): number => Math.floor((at + ZONE_OFFSET_MS) / MINUTE_MS) % 1440

export interface UpkeepSituation {
  /** Gateway’s clock, Unix ms. */
  readonly at: number
  /** How long this page has been open, ms. */
  readonly openForMs: number
  /** The loop is shown, not a run, and the gateway is there: a page loaded now will come. */
  readonly idle: boolean
  readonly newVersion: boolean
}

/** Whether to load the page anew: at half past three, or as soon as nothing is shown when there is a new version. */
export const shouldReload = ({ at, openForMs, idle, newVersion }: UpkeepSituation): boolean =>
  idle && (newVersion || (minuteOfDay(at) === NIGHT_MINUTE && openForMs > YOUNG_MS))

const STEP_MS = 10 * MINUTE_MS
const CORNERS = [
  [0, 0],
  [2, 0],
  [2, 2],
  [0, 2],
] as const

/** By how many pixels the picture stands aside, so that nothing burns in: another corner every ten minutes. */
export const shiftAt = (at: number): readonly [x: number, y: number] =>
  CORNERS[Math.floor(at / STEP_MS) % CORNERS.length]!
