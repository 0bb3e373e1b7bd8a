import type { Tap } from '../notify/tap-links.ts'
import type { OrderEvent, WorkOrder } from '../work-orders/work-order.ts'

/** What a link can still do: nothing more when it was done, when the order is over, or when somebody else has it. */
export type TapSituation = 'ready' | 'done' | 'taken' | 'closed' | 'view'

const DONE_BY = { accept: 'accepted', arrive: 'arrived', finish: 'finished' } as const satisfies Partial<
  Record<Tap['act'], OrderEvent['type']>
>

/**
 * What the person does next with the order, once the link is used: one message leads to all three taps. Not from a link that
 * only shows: who may look on need not be who works.
 */
export function nextAct({ act, person }: Tap, order: WorkOrder): 'arrive' | 'finish' | undefined {
  if (act === 'view' || order.assignee !== person) return undefined
  if (order.state === 'accepted') return 'arrive'
  return order.state === 'onSite' ? 'finish' : undefined
}

/** For showing only: the order itself decides again when the button is pressed. */
export function tapSituation({ act, person }: Tap, order: WorkOrder): TapSituation {
  if (act === 'view') return 'view'
  const turns = order.events.findLastIndex(
    ({ type }) => type === 'handedOver' || type === 'returned' || type === 'dispatched',
  )
  const done = order.events.some(({ type, actor }, i) => i > turns && type === DONE_BY[act] && actor === person)
  if (done && order.assignee === person) return 'done'
  if (order.state === 'closed') return 'closed'
  const free = order.state === 'pending' || order.state === 'dispatched' || order.state === 'returned'
  return order.assignee !== undefined && order.assignee !== person && !free ? 'taken' : 'ready'
}
