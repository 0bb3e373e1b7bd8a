import type { Repair } from '../config/repair-schema.ts'

type OpeningHours = Repair['openingHours']

/**
 * Says whether the hall is open at `now` (Unix ms), in its own time zone; remembers the answer for the running minute. A span
 * that ends before it begins goes over midnight and belongs to the day it begins on. No span at all: the hall never closes.
 */
export function createOpeningHours(hours: OpeningHours, timeZone: string): (now: number) => boolean {
  if (hours.length === 0) return () => true
  const local = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  })
  let minute = Number.NaN
  let open = false
  return (now) => {
    const current = Math.floor(now / 60_000)
    if (current !== minute) {
      minute = current
      const parts = Object.fromEntries(local.formatToParts(now).map(({ type, value }) => [type, value]))
      open = isOpen(hours, (parts.weekday as string).toLowerCase(), `${parts.hour}:${parts.minute}`)
    }
    return open
  }
}

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']

/** @param day `mon` … `sun`; @param time `08:30`. Times of equal form compare as text. */
function isOpen(hours: OpeningHours, day: string, time: string): boolean {
  const yesterday = DAYS[(DAYS.indexOf(day) + 6) % 7]
  return hours.some(({ days, from, to }) => {
    const includes = (name: string | undefined) => days.some((one) => one === name)
    if (from < to) return includes(day) && time >= from && time < to
    return (includes(day) && time >= from) || (includes(yesterday) && time < to)
  })
}
