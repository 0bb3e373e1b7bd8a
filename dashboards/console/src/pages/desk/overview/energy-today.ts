import { get } from '../../../api/client.ts'
import { DAY_MS, dayStart } from '../../../format/day.ts'

/** What the whole hall took from the grid. */
export interface EnergyToday {
  readonly todayKWh: number
  /** Later than midnight when the record begins later. */
  readonly since: number
  /** At this time of the same weekday a week ago; null when that day is not fully recorded. */
  readonly lastWeekKWh: number | null
}

const LOOK_BACK_MS = 3_600_000
/** A counter that was not read for longer than this around midnight does not tell where the day began. */
const FRESH_MS = 10 * 60_000

/** Energy since midnight and of the same part of that day last week, from the counter of one meter; null when it has none. */
export async function energyToday(meter: string, now: number, signal: AbortSignal): Promise<EnergyToday | null> {
  const midnight = dayStart(now)
  const [today, lastWeek] = await Promise.all([
    counterBetween(meter, midnight, now, signal),
    counterBetween(meter, midnight - 7 * DAY_MS, now - 7 * DAY_MS, signal),
  ])
  if (!today) return null
  const isWhole =
    lastWeek && lastWeek.since - (midnight - 7 * DAY_MS) < FRESH_MS && now - 7 * DAY_MS - lastWeek.until < FRESH_MS
  return { todayKWh: today.kWh, since: today.since, lastWeekKWh: isWhole ? lastWeek.kWh : null }
}

async function counterBetween(device: string, from: number, to: number, signal: AbortSignal) {
  const { series, bucketMs } = await get('/api/v1/history', {
    query: {
      device,
      quantity: 'activeEnergyImport',
      from: String(from - LOOK_BACK_MS),
      to: String(to),
      maxPoints: 300,
    },
    signal,
  })
  const points = (series[0]?.points ?? []).flatMap(([at, value]) => {
    if (typeof value === 'number') return [{ at, until: at, low: value, last: value }]
    return typeof value === 'object' && typeof value.last === 'number'
      ? [{ at, until: at + bucketMs, low: value.min ?? value.last, last: value.last }]
      : []
  })
  const last = points.at(-1)
  const before = points.filter(({ until }) => until <= from).at(-1)
  const first = before && from - before.until < FRESH_MS ? { value: before.last, at: from } : undefined
  const inside = points.find(({ at, until }) => at >= from || until > from)
  const start = first ?? (inside && { value: inside.low, at: Math.max(from, inside.at) })
  if (!last || !start || last.until <= from) return undefined
  return { kWh: last.last - start.value, since: start.at, until: Math.min(to, last.until) }
}
