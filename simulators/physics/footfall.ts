import { isOpen, type LocalTime } from './local-time.ts'

/** Share of the peak by full hour of day: two peaks, mid-morning and mid-afternoon; a trickle in the 24 h zone at night. */
const BY_HOUR = [
  0.02, 0.01, 0.01, 0.01, 0.01, 0.02, 0.06, 0.15, 0.55, 0.9, 1, 0.75, 0.4, 0.45, 0.75, 0.85, 0.7, 0.45, 0.3, 0.25, 0.2,
  0.12, 0.08, 0.04,
]
/** Sunday to Saturday. Mondays are busiest; payments bunch before the weekend. */
const BY_WEEKDAY = [0.55, 1.1, 1, 0.95, 0.95, 1.05, 0.7]

/** Customers per hour at one self-service terminal. About 60 a day at a weekday. */
export const terminalCustomersPerHour = (time: LocalTime) => 9 * curve(time)

/** Customers per hour and counter who take a number. */
export const counterCustomersPerHour = (time: LocalTime) => (isOpen(time) ? 6.2 * curve(time) : 0)

function curve(time: LocalTime): number {
  const hour = Math.floor(time.hour)
  const from = BY_HOUR[hour] ?? 0
  const to = BY_HOUR[(hour + 1) % 24] ?? 0
  return (from + (to - from) * (time.hour - hour)) * (BY_WEEKDAY[time.weekday] ?? 1)
}
