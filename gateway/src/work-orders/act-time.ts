import type { ActResult } from '../domain/act-result.ts'
import { happenedAt, type OrderAct, type OrderEvent, type WorkOrder } from './work-order.ts'

/** A phone that was out of reach for longer has to say again what it did. */
const OLDEST_ACT_MS = 24 * 3_600_000
/** Clocks of phones and gateway may differ by so much before anybody is asked. */
const CLOCK_SLACK_MS = 60_000

/**
 * The time of an act that was done before the gateway hears of it: not in the future, at most 24 h old, and not before the step
 * of the order that came before it. Within a minute of these it is put right. A note moves nothing, so it only follows the creation.
 * @returns nothing to add when the act is of now; HW_ORDER_TIME when it cannot have been then
 */
export function actTime(order: WorkOrder, { act, doneAt }: OrderAct, now: number): ActResult<{ doneAt?: number }> {
  if (doneAt === undefined) return { ok: true, value: {} }
  const before = order.events.findLast(({ type }) => (act === 'note' ? type === 'created' : STEPS.has(type)))
  const earliest = before === undefined ? 0 : happenedAt(before)
  if (doneAt > now + CLOCK_SLACK_MS) return refused('在将来', 'in the future')
  if (doneAt < now - OLDEST_ACT_MS) return refused('已过 24 小时', 'more than 24 h ago')
  if (doneAt < earliest - CLOCK_SLACK_MS) return refused('早于上一步', 'before the step before it')
  const time = Math.min(now, Math.max(earliest, doneAt))
  return { ok: true, value: time === now ? {} : { doneAt: time } }
}

const refused = (zh: string, en: string) =>
  ({
    ok: false,
    code: 'HW_ORDER_TIME',
    message: `这一步的时间${zh}，没有记录。 The time of this step is ${en}; nothing was recorded.`,
  }) as const

const STEPS: ReadonlySet<OrderEvent['type']> = new Set([
  'created',
  'dispatched',
  'accepted',
  'handedOver',
  'arrived',
  'finished',
  'verificationPassed',
  'verificationFailed',
  'feedback',
  'suspended',
  'resumed',
  'returned',
])
