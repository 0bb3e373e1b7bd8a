/** The halls' zone has had no summer time since 1991: a day is always 24 h and begins at 16:00 UTC. */
const ZONE_AHEAD_MS = 8 * 3_600_000
export const DAY_MS = 24 * 3_600_000

/** Midnight in the halls' zone at or before an instant, Unix ms. */
export const dayStart = (at: number): number => Math.floor((at + ZONE_AHEAD_MS) / DAY_MS) * DAY_MS - ZONE_AHEAD_MS

/** `2026-05-12` in the halls' zone, as a date field wants it. */
export const dateField = (at: number): string => new Date(at + ZONE_AHEAD_MS).toISOString().slice(0, 10)

/** Midnight of a date field; undefined for what is no date. */
export function fromDateField(text: string | undefined): number | undefined {
  const at = text === undefined ? Number.NaN : Date.parse(`${text}T00:00:00+08:00`)
  return Number.isNaN(at) ? undefined : at
}
