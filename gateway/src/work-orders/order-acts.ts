import type { ActResult, Refusal } from '../domain/act-result.ts'
import { mayMove } from './order-states.ts'
import { ORDER_STATES, type OrderAct, type OrderEvent, type OrderState, type WorkOrder } from './work-order.ts'

/** What an act makes happen; the book adds order, time and actor. */
export type Happening = OrderEvent extends infer E
  ? E extends OrderEvent
    ? Omit<E, 'order' | 'at' | 'actor'>
    : never
  : never

/** How the hall calls a person, and whether it knows them. */
export interface People {
  nameOf(id: string): string
  has(id: string): boolean
  /** Lead and operations may act on orders of others. */
  leads(id: string): boolean
}

type Decision = ActResult<Happening[]>
type ActOf<Name extends OrderAct['act']> = Extract<OrderAct, { act: Name }>

/** Longest remark, reason or text that is kept, in characters. */
const MAX_TEXT = 1000

/**
 * What follows from what a person asks. Tapping twice is answered as done: no happenings. Taps may skip a step: 已到现场 on an
 * order that was sent to this person accepts it too, and taking up a suspended order resumes it.
 */
export function decide(order: WorkOrder, act: OrderAct, people: People): Decision {
  switch (act.act) {
    case 'dispatch':
      return dispatch(order, act, people)
    case 'accept':
      return accept(order, act, people)
    case 'hand-over':
      return handOver(order, act, people)
    case 'arrive':
      return step(order, act, people, { type: 'arrived' })
    case 'finish':
      return step(order, act, people, { type: 'finished', remark: short(act.remark), noFault: act.noFault })
    case 'suspend':
      return suspend(order, act, people)
    case 'resume':
      if (order.state !== 'suspended') return order.state === 'closed' ? closedAlready(order, people) : done
      return ownOr(order, act.by, people, [{ type: 'resumed' }])
    case 'return':
      return giveBack(order, act, people)
    case 'feedback':
      return feedback(order, act, people)
    case 'override-close':
      if (order.state === 'closed')
        return lastOf(order, 'closed')?.actor === act.by ? done : closedAlready(order, people)
      return reasoned(act.reason, (reason) => [{ type: 'closed', override: reason, inspect: false }])
    case 'note':
      if (order.state === 'closed') return closedAlready(order, people)
      return reasoned(act.text, (text) => [{ type: 'noted', text }])
  }
}

const done: Decision = { ok: true, value: [] }

function dispatch(order: WorkOrder, act: ActOf<'dispatch'>, people: People): Decision {
  if (!people.has(act.to)) return unknownPerson(act.to)
  if (order.state === 'dispatched' && order.assignee === act.to) return done
  if (!mayMove(order.state, 'dispatched'))
    return order.state === 'closed' ? closedAlready(order, people) : taken(order, people)
  return { ok: true, value: [{ type: 'dispatched', to: act.to }] }
}

function accept(order: WorkOrder, { by }: ActOf<'accept'>, people: People): Decision {
  if (order.assignee === by && hasDone(order, 'accepted', by)) return done
  if (order.state === 'closed') return closedAlready(order, people)
  if (gaveAway(order, by)) return taken(order, people)
  if (mayMove(order.state, 'accepted')) return { ok: true, value: [{ type: 'accepted' }] }
  return order.assignee === undefined || order.assignee === by ? wrongState(order) : taken(order, people)
}

/** 已到现场 and 工作结束: the two calls of the person who has the order. */
function step(
  order: WorkOrder,
  { by }: { by: string },
  people: People,
  happening: Extract<Happening, { type: 'arrived' | 'finished' }>,
): Decision {
  const alreadyAt: readonly OrderState[] = ['finished', 'verifying', 'awaitingFeedback', 'closed']
  const reached = happening.type === 'arrived' ? [...alreadyAt, 'onSite'] : alreadyAt
  if (order.assignee === by && reached.includes(order.state) && hasDone(order, happening.type, by)) return done
  if (order.state === 'closed') return closedAlready(order, people)
  if (order.assignee !== undefined && order.assignee !== by) return taken(order, people)
  if (gaveAway(order, by)) return taken(order, people)
  const first: Happening[] =
    order.state === 'suspended' ? [{ type: 'resumed' }] : mayMove(order.state, 'accepted') ? [{ type: 'accepted' }] : []
  // Nobody finishes what was never given to them: a stale or guessed link cannot end an order.
  if (happening.type === 'finished' && order.assignee === undefined) return wrongState(order)
  if (first.length === 0 && !mayMove(order.state, happening.type)) return wrongState(order)
  const wasOnSite = order.state === 'suspended' && stateBeforeSuspension(order) === 'onSite'
  return { ok: true, value: happening.type === 'arrived' && wasOnSite ? first : [...first, happening] }
}

function handOver(order: WorkOrder, act: ActOf<'hand-over'>, people: People): Decision {
  if (!people.has(act.to)) return unknownPerson(act.to)
  if (order.state === 'closed') return closedAlready(order, people)
  if (order.assignee === act.to) return done
  if (!mayMove(order.state, 'handedOver')) return wrongState(order)
  return ownOr(
    order,
    act.by,
    people,
    reasoned(act.reason, (reason) => [{ type: 'handedOver', to: act.to, reason }]),
  )
}

function suspend(order: WorkOrder, act: ActOf<'suspend'>, people: People): Decision {
  if (order.state === 'suspended' && lastOf(order, 'suspended')?.actor === act.by) return done
  if (order.state === 'closed') return closedAlready(order, people)
  if (!mayMove(order.state, 'suspended')) return wrongState(order)
  if (act.reason === 'other' && act.remark.trim() === '') return reasonMissing
  return ownOr(order, act.by, people, [
    {
      type: 'suspended',
      reason: act.reason,
      remark: short(act.remark),
      ...(act.until === undefined ? {} : { until: act.until }),
    },
  ])
}

function giveBack(order: WorkOrder, act: ActOf<'return'>, people: People): Decision {
  if (order.state === 'returned' && lastOf(order, 'returned')?.actor === act.by) return done
  if (order.state === 'closed') return closedAlready(order, people)
  if (!mayMove(order.state, 'returned')) return gaveAway(order, act.by) ? done : wrongState(order)
  return ownOr(
    order,
    act.by,
    people,
    reasoned(act.reason, (reason) => [{ type: 'returned', reason }]),
  )
}

function feedback(order: WorkOrder, act: ActOf<'feedback'>, people: People): Decision {
  const given = lastOf(order, 'feedback')
  if (order.state === 'closed') return given?.actor === act.by ? done : closedAlready(order, people)
  if (order.state !== 'awaitingFeedback') return wrongState(order)
  const said: Happening = { type: 'feedback', satisfied: act.satisfied, remark: short(act.remark) }
  if (act.satisfied) return { ok: true, value: [said, { type: 'closed', inspect: false }] }
  return { ok: true, value: [said, { type: 'verificationFailed', reason: '回访不满意' }] }
}

/** Only who has the order, or who leads, may go on with it. */
function ownOr(order: WorkOrder, by: string, people: People, then: Decision | Happening[]): Decision {
  if (order.assignee !== by && !people.leads(by)) return taken(order, people)
  return Array.isArray(then) ? { ok: true, value: then } : then
}

function reasoned(text: string, then: (reason: string) => Happening[]): Decision {
  return text.trim() === '' ? reasonMissing : { ok: true, value: then(short(text)) }
}

const short = (text: string): string => text.trim().slice(0, MAX_TEXT)

/** The newest event of a type. */
const lastOf = (order: WorkOrder, type: OrderEvent['type']) => order.events.findLast((event) => event.type === type)

/** Whether this person did it since the order came to them. */
function hasDone(order: WorkOrder, type: OrderEvent['type'], by: string): boolean {
  const given = order.events.findLastIndex(
    (event) => (event.type === 'dispatched' || event.type === 'handedOver') && event.to === by,
  )
  return order.events.slice(given + 1).some((event) => event.type === type && event.actor === by)
}

/** Whether this person handed the order over or returned it and did not get it back: an old link brings it back no more. */
function gaveAway(order: WorkOrder, by: string): boolean {
  const last = order.events.findLast(
    (event) =>
      ((event.type === 'handedOver' || event.type === 'dispatched') && event.to === by) ||
      ((event.type === 'handedOver' || event.type === 'returned' || event.type === 'accepted') && event.actor === by),
  )
  return last?.type === 'returned' || (last?.type === 'handedOver' && last.to !== by && order.assignee !== by)
}

function stateBeforeSuspension(order: WorkOrder): OrderState {
  const moved = order.events.findLast(
    (event) => event.type === 'arrived' || event.type === 'verificationFailed' || event.type === 'accepted',
  )
  return moved?.type === 'arrived' ? 'onSite' : 'accepted'
}

const refuse = (code: Refusal['code'], zh: string, en: string): Refusal => ({ ok: false, code, message: `${zh} ${en}` })

const reasonMissing = refuse('HW_ORDER_REASON_MISSING', '请写明原因。', 'Say why.')

const unknownPerson = (id: string) =>
  refuse('HW_ORDER_PERSON_UNKNOWN', `名单里没有“${id}”。`, `hall.yaml knows no person "${id}" under repair.people.`)

function taken(order: WorkOrder, people: People): Refusal {
  if (order.assignee === undefined)
    return refuse(
      'HW_ORDER_CONFLICT',
      `${order.id} 已不在您手里,等待重新派单。`,
      'It is no longer yours and waits for dispatch.',
    )
  const name = people.nameOf(order.assignee)
  const state = ORDER_STATES[order.state]
  return refuse('HW_ORDER_CONFLICT', `${order.id} 由 ${name} 负责(${state.zh})。`, `${name} has it (${state.en}).`)
}

function closedAlready(order: WorkOrder, people: People): Refusal {
  const name = order.assignee === undefined ? '' : people.nameOf(order.assignee)
  return refuse(
    'HW_ORDER_CLOSED',
    `${order.id} 已关闭${name ? `,由 ${name} 处理` : ''}。故障再现请重新报修。`,
    `It is closed${name ? `; ${name} had it` : ''}. Report the device anew if it fails again.`,
  )
}

const wrongState = (order: WorkOrder): Refusal =>
  refuse(
    'HW_ORDER_STATE',
    `${order.id} 现在是“${ORDER_STATES[order.state].zh}”,不能这样操作。`,
    `It is in the state "${ORDER_STATES[order.state].en}", which does not allow this.`,
  )
