import { onDuty } from '../../../../../../gateway/src/work-orders/duty.ts'
import { addDays, instantOf, wallClock, weekdayOf } from '../../../../../../gateway/src/work-orders/zoned-time.ts'
import { DAYS, type Day } from '../shell/days.ts'
import type { Settings } from '../shell/hall-file.ts'

export interface Shift {
  readonly from: string
  readonly to: string
  /** Names; empty: nobody. */
  readonly people: readonly string[]
}

const END_OF_DAY = 1440
const minuteOf = (time: string): number => {
  const [hours, minutes] = time.split(':')
  return Number(hours) * 60 + Number(minutes)
}
const timeOf = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`

/** Names of those on duty at an instant, by the same rule that gives out orders. */
export const namesOnDuty = ({ people, duty, site }: Settings, at: number): string[] =>
  onDuty({ people, duty }, site.timeZone, at).map(({ name }) => name)

/** Seven days from today on, each cut where somebody else takes over. */
export function weekOf(settings: Settings, now: number): { readonly day: Day; readonly shifts: readonly Shift[] }[] {
  const { timeZone } = settings.site
  const today = wallClock(now, timeZone).date
  const cuts = [...new Set([0, ...settings.duty.flatMap(({ from, to }) => [minuteOf(from), minuteOf(to)])])]
    .filter((minute) => minute < END_OF_DAY)
    .sort((a, b) => a - b)
  return [0, 1, 2, 3, 4, 5, 6].map((ahead) => {
    const date = addDays(today, ahead)
    const shifts: Shift[] = []
    cuts.forEach((minute, i) => {
      const people = namesOnDuty(settings, instantOf(date, minute, timeZone))
      const to = timeOf(cuts[i + 1] ?? END_OF_DAY)
      const before = shifts.at(-1)
      if (before && before.people.join() === people.join()) shifts[shifts.length - 1] = { ...before, to }
      else shifts.push({ from: timeOf(minute), to, people })
    })
    // Sunday is 0 there and stands last here.
    return { day: DAYS[(weekdayOf(date) + 6) % 7] ?? 'mon', shifts }
  })
}
