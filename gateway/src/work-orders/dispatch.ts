import type { Person } from '../config/repair-schema.ts'
import { byUrgency } from '../domain/priority.ts'
import { fits } from './duty.ts'
import type { Happening } from './order-acts.ts'
import type { OrderHall } from './order-book.ts'
import type { WorkOrder } from './work-order.ts'

/** The gateway itself, where an event says who did it. */
export const GATEWAY = 'gateway'

export const canBeSent = ({ state }: WorkOrder): boolean => ['pending', 'returned', 'dispatched'].includes(state)

/**
 * Sends what waits to who is on duty and has the least to do; what was sent to somebody whose shift is over and who never
 * took it, to the next. Who sent it back is not asked again.
 */
export function dispatchOf(
  order: WorkOrder,
  hall: OrderHall,
  present: readonly Person[],
  open: readonly WorkOrder[],
): Happening[] {
  const sent = order.state === 'dispatched'
  if (sent && (sentByHand(order) || present.some(({ id }) => id === order.assignee))) return []
  const job = {
    zone: order.zone,
    kind: hall.devices.find(({ id }) => id === order.device)?.kind,
    codes: order.faults.map(({ code }) => code),
  }
  const declined = new Set(order.events.flatMap((event) => (event.type === 'returned' ? [event.actor] : [])))
  const load = (person: string) => open.filter(({ assignee }) => assignee === person).length
  const [best] = present
    .filter((person) => person.id !== order.assignee && !declined.has(person.id) && fits(person, job))
    .map((person) => ({ person, load: load(person.id) }))
    .sort((a, b) => a.load - b.load)
  if (best) return [{ type: 'dispatched', to: best.person.id }]
  return sent ? [] : nobody(order, hall)
}

const sentByHand = ({ events }: WorkOrder): boolean =>
  events.findLast(({ type }) => type === 'dispatched' || type === 'handedOver')?.actor !== GATEWAY

/** Nobody to send it to. What can wait for the next shift waits; the rest goes to the lead, once. */
function nobody(order: WorkOrder, { repair: { lead, operations } }: OrderHall): Happening[] {
  const to = lead === undefined ? (operations === undefined ? undefined : 'operations') : 'lead'
  const canWait = order.state === 'pending' && byUrgency(order.priority, 'P2') > 0
  const said = order.events.some(
    (event) => event.type === 'escalated' && event.clock === 'acknowledge' && event.to === to,
  )
  return to === undefined || canWait || said ? [] : [{ type: 'escalated', clock: 'acknowledge', to }]
}
