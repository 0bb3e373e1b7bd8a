import type { QueuedAct } from '../../../offline/queue-rules.ts'
import { happenedAt, lastOf, type OrderDetail } from './order-events.ts'

/** The five things that happen to an order, in the order in which they do. */
export const STEPS = ['accept', 'arrive', 'finish', 'verify', 'feedback'] as const
export type StepName = (typeof STEPS)[number]

export interface Step {
  readonly name: StepName
  /** done: the gateway has it. unsent: done by this person, not with the gateway yet. now: it is the turn of this one. */
  readonly is: 'done' | 'unsent' | 'now' | 'later'
  /** When it was done, Unix ms. */
  readonly at?: number
  readonly by?: string
}

const EVENT = {
  accept: 'accepted',
  arrive: 'arrived',
  finish: 'finished',
  verify: 'verificationPassed',
  feedback: 'feedback',
} as const

/** How many of the steps are done in each state. */
const DONE: Record<OrderDetail['state'], number> = {
  pending: 0,
  dispatched: 0,
  returned: 0,
  accepted: 1,
  suspended: 1,
  onSite: 2,
  finished: 3,
  verifying: 3,
  awaitingFeedback: 4,
  closed: 5,
}

/** How far an order is, with what this phone did without signal. */
export function stepsOf(order: OrderDetail, queued: readonly QueuedAct[]): Step[] {
  const done = doneOf(order)
  const unsent = new Map(queued.filter(({ order: id }) => id === order.id).map((act) => [act.act as string, act]))
  let turn = done
  return STEPS.map((name, nth): Step => {
    if (nth < done) {
      const event = lastOf(order, EVENT[name])
      return { name, is: 'done', ...(event && { at: happenedAt(event), by: event.actorName }) }
    }
    const mine = unsent.get(name)
    if (mine) {
      turn = nth + 1
      return { name, is: 'unsent', at: mine.doneAt }
    }
    return { name, is: nth === turn ? 'now' : 'later' }
  })
}

function doneOf(order: OrderDetail): number {
  if (order.state !== 'suspended') return DONE[order.state]
  const accepted = order.events.map(({ type }) => type).lastIndexOf('accepted')
  return order.events.slice(accepted).some(({ type }) => type === 'arrived') ? 2 : 1
}
