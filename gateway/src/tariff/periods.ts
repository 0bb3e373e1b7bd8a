import type { PeriodName, Tariff } from './fact-schema.ts'

const MINUTE_MS = 60_000
const DAY_MIN = 24 * 60
/** Prices follow the clock of Asia/Shanghai, which has no daylight saving time. */
const SHANGHAI_MS = 8 * 60 * MINUTE_MS

const minuteOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3))

/** Minute of the day and month (1 to 12) at an instant (Unix ms), in the zone of the tariff. */
function clockAt(at: number): { readonly minute: number; readonly month: number } {
  const local = new Date(at + SHANGHAI_MS)
  return { minute: local.getUTCHours() * 60 + local.getUTCMinutes(), month: local.getUTCMonth() + 1 }
}

/** The period that holds at an instant; undefined for a tariff without periods, or an hour that it leaves out. */
export function periodAt({ periods }: Tariff, at: number): PeriodName | undefined {
  const { minute, month } = clockAt(at)
  return periods?.findLast(({ from, to, months }) => {
    if (months && !months.includes(month)) return false
    const [begin, end] = [minuteOf(from), minuteOf(to)]
    return begin < end ? minute >= begin && minute < end : minute >= begin || minute < end
  })?.name
}

/** The edges of periods within (from, to), Unix ms, in order: where the price may change. */
export function edgesBetween({ periods }: Tariff, from: number, to: number): number[] {
  if (!periods) return []
  const minutes = new Set(periods.flatMap((period) => [minuteOf(period.from), minuteOf(period.to) % DAY_MIN]))
  // Months begin at midnight, and with them other periods.
  if (periods.some(({ months }) => months)) minutes.add(0)
  const edges: number[] = []
  const firstDay = Math.floor((from + SHANGHAI_MS) / (DAY_MIN * MINUTE_MS))
  for (let day = firstDay; ; day++) {
    const midnight = day * DAY_MIN * MINUTE_MS - SHANGHAI_MS
    if (midnight >= to) return edges
    for (const minute of [...minutes].sort((a, b) => a - b)) {
      const edge = midnight + minute * MINUTE_MS
      if (edge > from && edge < to) edges.push(edge)
    }
  }
}
