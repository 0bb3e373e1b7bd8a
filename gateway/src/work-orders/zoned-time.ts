const formats = new Map<string, Intl.DateTimeFormat>()

/** Date and minute that a clock on the wall of this time zone shows. */
export function wallClock(at: number, timeZone: string): { date: string; minute: number } {
  const wall = new Date(at + offsetMs(at, timeZone))
  return { date: wall.toISOString().slice(0, 10), minute: wall.getUTCHours() * 60 + wall.getUTCMinutes() }
}

/** Unix ms at which the wall clock shows `minute` (0–1440 and beyond) of `date` (YYYY-MM-DD). */
export function instantOf(date: string, minute: number, timeZone: string): number {
  const wall = Date.parse(`${date}T00:00:00Z`) + minute * 60_000
  // The offset is looked up twice: the first guess may lie on the other side of a change to or from summer time.
  return wall - offsetMs(wall - offsetMs(wall, timeZone), timeZone)
}

/** The date `days` later (or earlier). */
export const addDays = (date: string, days: number): string =>
  new Date(Date.parse(`${date}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10)

/** 0 is Sunday. */
export const weekdayOf = (date: string): number => new Date(`${date}T00:00:00Z`).getUTCDay()

function offsetMs(at: number, timeZone: string): number {
  let format = formats.get(timeZone)
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
    formats.set(timeZone, format)
  }
  const part: Record<string, number> = {}
  for (const { type, value } of format.formatToParts(at)) part[type] = Number(value)
  const wall = Date.UTC(part.year!, part.month! - 1, part.day!, part.hour!, part.minute!, part.second!)
  return wall - Math.floor(at / 1000) * 1000
}
