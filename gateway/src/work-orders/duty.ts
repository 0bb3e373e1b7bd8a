import type { Person, Repair } from '../config/repair-schema.ts'
import type { FaultCode } from '../domain/fault-codes.ts'
import { addDays, wallClock, weekdayOf } from './zoned-time.ts'

/** The job to find somebody for. */
export interface Job {
  readonly zone: string
  readonly kind: string | undefined
  readonly codes: readonly FaultCode[]
}

const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const

/** Who is on duty now. The last line of the roster that covers the moment wins; without a roster everybody is on duty. */
export function onDuty(repair: Pick<Repair, 'people' | 'duty'>, timeZone: string, now: number): readonly Person[] {
  if (repair.duty.length === 0) return repair.people
  const { date, minute } = wallClock(now, timeZone)
  const today = WEEKDAYS[weekdayOf(date)]!
  const yesterday = WEEKDAYS[weekdayOf(addDays(date, -1))]!
  const line = [...repair.duty].reverse().find(({ days, from, to }) => {
    const start = minuteOf(from)
    const end = minuteOf(to)
    // A night shift such as 20:00–08:00 belongs to the day on which it begins.
    if (end <= start) return (days.includes(today) && minute >= start) || (days.includes(yesterday) && minute < end)
    return days.includes(today) && minute >= start && minute < end
  })
  return (line?.people ?? []).flatMap((id) => repair.people.find((person) => person.id === id) ?? [])
}

/** Whether this person cares for the zone and repairs the kind of device or one of the groups of faults. */
export const fits = ({ zones, skills }: Person, job: Job): boolean =>
  (zones.length === 0 || zones.includes(job.zone)) &&
  (skills.length === 0 ||
    skills.some((skill) => skill === job.kind || job.codes.some((code) => code.split('.')[0] === skill)))

const minuteOf = (time: string): number => {
  const [hours, minutes] = time.split(':')
  return Number(hours) * 60 + Number(minutes)
}
