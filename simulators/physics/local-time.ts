const CHINA_OFFSET_MS = 8 * 3_600_000

/** The hall's wall clock. Asia/Shanghai has had no daylight saving since 1991, so a fixed offset is exact. */
export interface LocalTime {
  /** 0–24, with fraction. */
  readonly hour: number
  /** 0 is Sunday. */
  readonly weekday: number
  /** 1–366. */
  readonly dayOfYear: number
  /** Days since 1970-01-01, local: changes at local midnight. */
  readonly day: number
}

export function localTime(at: number): LocalTime {
  const local = at + CHINA_OFFSET_MS
  const day = Math.floor(local / 86_400_000)
  const date = new Date(local)
  const yearStart = Date.UTC(date.getUTCFullYear(), 0, 1)
  return {
    hour: (local - day * 86_400_000) / 3_600_000,
    weekday: (day + 4) % 7,
    dayOfYear: day - yearStart / 86_400_000 + 1,
    day,
  }
}

/** Staffed hours; the self-service zone stays open around the clock. */
const OPENING_HOURS = { from: 8.5, to: 17.5 }

export const isOpen = (time: LocalTime) => time.hour >= OPENING_HOURS.from && time.hour < OPENING_HOURS.to
