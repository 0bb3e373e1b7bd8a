import { durationText, runningText, shortTime } from '../../../format/time.ts'
import type { Order } from '../shell/hall-lists.ts'
import { ordersWords as t } from './orders-words.ts'

type Clock = Order['clocks'][number]

const HOUR_MS = 3_600_000
const SOON_MS = 8 * HOUR_MS

/** The clock that runs now: 接单, then 到场, then 修好. */
export const runningClock = (order: Order): Clock | undefined =>
  order.clocks.find(({ stoppedAt }) => stoppedAt === undefined)

const WORDS = {
  acknowledge: { left: 'acceptLeft', by: 'acceptBy', late: 'acceptLate' },
  arrive: { left: 'arriveLeft', by: 'arriveBy', late: 'arriveLate' },
  finish: { left: 'finishLeft', by: 'finishBy', late: 'finishLate' },
} as const

/**
 * What is left, in words, and how much is used up (0–100 and more).
 * @param listAt  gateway clock when the list was made: percent is of that moment
 */
export function clockOf(order: Order, now: number): { text: string; percent: number; late: boolean } {
  const clock = runningClock(order)
  if (!clock) return { text: t('noClock'), percent: 0, late: false }
  if (clock.paused || clock.dueAt === null) {
    const until = order.suspended?.until
    const text = until ? t('clockStandsUntil', { time: shortTime(until, now) }) : t('clockStands')
    return { text, percent: clock.percent, late: false }
  }
  const words = WORDS[clock.clock]
  const left = clock.dueAt - now
  const percent = Math.max(
    clock.percent,
    clock.dueAt > clock.startedAt ? ((now - clock.startedAt) / (clock.dueAt - clock.startedAt)) * 100 : 100,
  )
  if (left <= 0) return { text: t(words.late, { time: durationText(-left) }), percent: 100, late: true }
  if (left < HOUR_MS) return { text: t(words.left, { time: runningText(left) }), percent, late: false }
  if (left < SOON_MS) return { text: t(words.left, { time: durationText(left) }), percent, late: false }
  return { text: t(words.by, { time: shortTime(clock.dueAt, now) }), percent, late: false }
}
