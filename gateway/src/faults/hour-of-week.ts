const HOURS = 168
/** Newer weeks count more: an old habit has lost half its weight after about three weeks. */
const WEIGHT = 0.2
const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']

/** What is usual by hour of the week: an exponentially weighted mean and how many weeks stand behind it. */
export interface Habit {
  learn(hour: number, value: number): void
  /** Of this hour when `weeks` of it are known, else of all hours when `hours` are; undefined: not enough is known. */
  usual(hour: number, weeks: number, hours: number): number | undefined
  /** Undefined while nothing was. */
  learnt(): unknown
}

/** @param learnt what `learnt()` gave before a restart; anything else is as if nothing were known */
export function createHabit(learnt?: unknown): Habit {
  const old = isLearnt(learnt) ? learnt : undefined
  // A week of a rule that has learnt nothing is not kept: a hall has thousands of them on its first day.
  let week = old && { means: [...old.means], counts: [...old.counts] }
  let overall = old?.overall ?? 0
  let hours = old?.hours ?? 0
  return {
    learn(hour, value) {
      week ??= { means: new Array<number>(HOURS).fill(0), counts: new Array<number>(HOURS).fill(0) }
      const { means, counts } = week
      const count = counts[hour] ?? 0
      means[hour] = count === 0 ? value : (means[hour] ?? 0) + WEIGHT * (value - (means[hour] ?? 0))
      counts[hour] = Math.min(1000, count + 1)
      hours = Math.min(100_000, hours + 1)
      // A plain mean at first, then over about a week.
      overall += (value - overall) / Math.min(hours, HOURS)
    },
    usual(hour, weeks, enoughHours) {
      if (week && (week.counts[hour] ?? 0) >= weeks) return week.means[hour]
      return hours >= enoughHours ? overall : undefined
    },
    learnt: () =>
      week && {
        means: week.means.map((mean) => Number(mean.toPrecision(6))),
        counts: [...week.counts],
        overall,
        hours,
      },
  }
}

function isLearnt(learnt: unknown): learnt is { means: number[]; counts: number[]; overall: number; hours: number } {
  if (typeof learnt !== 'object' || learnt === null) return false
  const { means, counts, overall, hours } = learnt as Record<string, unknown>
  const isWeek = (list: unknown) =>
    Array.isArray(list) && list.length === HOURS && list.every((item) => Number.isFinite(item))
  return isWeek(means) && isWeek(counts) && Number.isFinite(overall) && Number.isFinite(hours)
}

/** Hour of the week (0: Monday 00:00) in a time zone; asks the calendar once per quarter of an hour. */
export function createHourOfWeek(timeZone: string): (now: number) => number {
  const format = new Intl.DateTimeFormat('en-GB', { timeZone, weekday: 'short', hour: '2-digit', hourCycle: 'h23' })
  let known = Number.NaN
  let hour = 0
  return (now) => {
    const quarter = Math.floor(now / 900_000)
    if (quarter === known) return hour
    known = quarter
    const parts = format.formatToParts(now)
    const part = (type: string) => parts.find((one) => one.type === type)?.value ?? ''
    hour = Math.max(0, DAYS.indexOf(part('weekday'))) * 24 + Number(part('hour'))
    return hour
  }
}
