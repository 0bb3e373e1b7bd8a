import { faultId } from '../domain/fault-event.ts'
import { byUrgency, type Priority } from '../domain/priority.ts'
import { NEXT } from './order-states.ts'
import type { OrderEvent, OrderState, WorkOrder } from './work-order.ts'

/**
 * The order that a history describes. Total: any events after `created` give an order.
 * @throws when the history does not begin with `created`: that is not an order
 */
export function foldOrder(events: readonly OrderEvent[]): WorkOrder {
  const first = events[0]
  if (first?.type !== 'created') throw new Error('An order begins with the event "created".')
  let state: OrderState = 'pending'
  let before: OrderState = 'pending'
  let priority: Priority = first.priority
  let assignee: string | undefined
  const openAlarms = new Set<string>(first.alarm ? [first.alarm] : [])
  const faults = new Map(first.fault ? [[faultId(first.fault), first.fault]] : [])
  for (const event of events.slice(1)) {
    const row: Partial<Record<OrderEvent['type'], OrderState | 'before'>> = NEXT[state]
    const next = row[event.type]
    if (next !== undefined) {
      assignee = assigneeAfter(event, assignee)
      const from: OrderState = state
      state = next === 'before' ? before : next
      if (state === 'suspended' || state === 'verifying') before = from === 'finished' ? 'accepted' : from
    }
    if (event.type === 'alarmJoined') {
      openAlarms.add(event.alarm)
      faults.set(faultId(event.fault), event.fault)
      if (byUrgency(event.priority, priority) < 0) priority = event.priority
    } else if (event.type === 'alarmReturned') openAlarms.add(event.alarm)
    else if (event.type === 'alarmCleared') openAlarms.delete(event.alarm)
  }
  return {
    id: first.order,
    state,
    source: first.source,
    device: first.device,
    zone: first.zone,
    priority,
    text: first.text,
    ...(assignee === undefined ? {} : { assignee }),
    openAlarms: [...openAlarms],
    faults: [...faults.values()],
    events,
  }
}

function assigneeAfter(event: OrderEvent, assignee: string | undefined): string | undefined {
  if (event.type === 'dispatched' || event.type === 'handedOver') return event.to
  if (event.type === 'accepted') return event.actor
  return event.type === 'returned' ? undefined : assignee
}
