import type { Repair } from '../config/repair-schema.ts'
import { type Interval, intersect, total, union } from './intervals.ts'
import { packagedHolidays, packagedMakeUpDays } from './packaged-calendar.ts'
import { addDays, instantOf, wallClock, weekdayOf } from './zoned-time.ts'

/** When a clock runs: always · while the hall is open · day and night on working days. */
export type ClockKind = 'wall' | 'hall-hours' | 'working-days'

/** The hall's time: Chinese working days with holidays and make-up days (调休), and its opening hours. */
export interface Calendar {
  /** `date` is YYYY-MM-DD of the hall's time zone. */
  isWorkday(date: string): boolean
  /** When the clock runs within [from, to). */
  running(kind: ClockKind, from: number, to: number): Interval[]
  /** Milliseconds for which the clock runs within [from, to); 0 when `to` is not after `from`. */
  elapsedMs(kind: ClockKind, from: number, to: number): number
  /** The first instant at which the clock has run for `ms` since `from`. */
  add(kind: ClockKind, from: number, ms: number): number
}

export interface CalendarSettings {
  readonly timeZone: string
  readonly repair: Pick<Repair, 'openingHours' | 'calendar'>
}

const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const
const SUNDAY = 0
const MONDAY = 1
/** Ten years. A clock that has not run down by then is a hall that is never open; it ends there. */
const MAX_DAYS = 3660
/** Days kept ready; three years are 1,096. */
const MAX_CACHED_DAYS = 4096

export function createCalendar({ timeZone, repair }: CalendarSettings): Calendar {
  const ownHolidays = new Set(repair.calendar?.holidays)
  const ownWorkdays = new Set(repair.calendar?.workdays)
  const days = new Map<string, Record<Exclude<ClockKind, 'wall'>, Interval[]>>()

  /** The hall's own word, then the published one, then the weekday. */
  const kindOfDay = (date: string): 'holiday' | 'make-up' | 'usual' => {
    if (ownWorkdays.has(date)) return 'make-up'
    if (ownHolidays.has(date)) return 'holiday'
    if (packagedMakeUpDays.has(date)) return 'make-up'
    return packagedHolidays.has(date) ? 'holiday' : 'usual'
  }

  const isWorkday = (date: string): boolean => {
    const kind = kindOfDay(date)
    return kind === 'usual' ? weekdayOf(date) !== 0 && weekdayOf(date) !== 6 : kind === 'make-up'
  }

  /** A public holiday has the hours of a Sunday, a make-up day those of a Monday. */
  const hoursOf = (date: string) => {
    const kind = kindOfDay(date)
    const weekend = weekdayOf(date) === 0 || weekdayOf(date) === 6
    const weekday = kind === 'holiday' ? SUNDAY : kind === 'make-up' && weekend ? MONDAY : weekdayOf(date)
    return repair.openingHours.filter((line) => line.days.includes(WEEKDAYS[weekday]!))
  }

  const day = (date: string) => {
    let known = days.get(date)
    if (known) return known
    if (days.size >= MAX_CACHED_DAYS) days.clear()
    const whole = { from: instantOf(date, 0, timeZone), to: instantOf(addDays(date, 1), 0, timeZone) }
    // Hours such as 20:00–06:00 reach into the next day.
    const open = [addDays(date, -1), date].flatMap((start) =>
      hoursOf(start).map(({ from, to }) => ({
        from: instantOf(start, minuteOf(from), timeZone),
        to: instantOf(start, minuteOf(to) + (minuteOf(to) <= minuteOf(from) ? 1440 : 0), timeZone),
      })),
    )
    known = {
      'hall-hours': intersect(union(open), [whole]),
      'working-days': isWorkday(date) ? [whole] : [],
    }
    days.set(date, known)
    return known
  }

  /** A hall without opening hours is always open. */
  const effective = (kind: ClockKind): ClockKind =>
    kind === 'hall-hours' && repair.openingHours.length === 0 ? 'wall' : kind

  const running = (kind: ClockKind, from: number, to: number): Interval[] => {
    if (to <= from) return []
    const runs = effective(kind)
    if (runs === 'wall') return [{ from, to }]
    const periods: Interval[] = []
    for (let { date } = wallClock(from, timeZone); instantOf(date, 0, timeZone) < to; date = addDays(date, 1))
      periods.push(...day(date)[runs])
    return union(intersect(periods, [{ from, to }]))
  }

  const add = (kind: ClockKind, from: number, ms: number): number => {
    const runs = effective(kind)
    if (runs === 'wall' || ms <= 0) return from + Math.max(0, ms)
    let left = ms
    let { date } = wallClock(from, timeZone)
    for (let passed = 0; passed < MAX_DAYS; passed++, date = addDays(date, 1))
      for (const period of day(date)[runs]) {
        const start = Math.max(period.from, from)
        const span = period.to - start
        if (span >= left) return start + left
        if (span > 0) left -= span
      }
    return instantOf(date, 0, timeZone)
  }

  return { isWorkday, running, elapsedMs: (kind, from, to) => total(running(kind, from, to)), add }
}

/** Early enough to ask for the next year's list, which the State Council publishes in November. */
const TELL_AHEAD_DAYS = 31

/** The year whose public holidays nobody has told yet though it begins within a month, or has begun; undefined while all is known. */
export function unknownHolidayYear({ timeZone, repair }: CalendarSettings, now: number): number | undefined {
  const year = addDays(wallClock(now, timeZone).date, TELL_AHEAD_DAYS).slice(0, 4)
  const isOf = (date: string) => date.startsWith(year)
  return repair.calendar?.holidays.some(isOf) || [...packagedHolidays].some(isOf) ? undefined : Number(year)
}

const minuteOf = (time: string): number => {
  const [hours, minutes] = time.split(':')
  return Number(hours) * 60 + Number(minutes)
}
