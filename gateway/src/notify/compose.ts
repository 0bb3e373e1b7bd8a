import type { AlarmTransition } from '../alarms/alarm.ts'
import type { AlarmBook } from '../alarms/alarm-book.ts'
import type { Person, Repair } from '../config/repair-schema.ts'
import type { DeviceKind } from '../domain/device-kind.ts'
import type { FaultKey } from '../domain/fault-event.ts'
import type { Priority } from '../domain/priority.ts'
import { fits, onDuty } from '../work-orders/duty.ts'
import type { OrderBook } from '../work-orders/order-book.ts'
import type { OrderEvent, WorkOrder } from '../work-orders/work-order.ts'
import { alarmText, orderText, recoveryText, type Said, urgeText } from './compose-text.ts'
import type { Notice, NoticeKind } from './notice.ts'
import { oncePerStep } from './once-per-step.ts'

export interface ComposeHall {
  readonly name: string
  readonly timeZone: string
  readonly devices: readonly {
    readonly id: string
    readonly name: string
    readonly kind: DeviceKind
    readonly zone: string
  }[]
  readonly repair: Pick<Repair, 'people' | 'duty' | 'lead' | 'operations' | 'topology'>
}

/** One step of the repair chain and what it is read against: the books as they are after the step. */
export interface ToCompose {
  readonly transitions: readonly AlarmTransition[]
  readonly orderEvents: readonly OrderEvent[]
  readonly orders: Pick<OrderBook, 'order' | 'open'>
  readonly alarms: Pick<AlarmBook, 'alarm' | 'open'>
  readonly hall: ComposeHall
  /** More alarms than a person can take in: all but P1 go into digests. */
  readonly flood: boolean
  /** Unix ms. */
  readonly now: number
}

/**
 * Who has to be told what about a step. Silent alarms (suppressed, shelved, hall closed, chattering) tell nobody. Recoveries are
 * composed for everybody: noticeWrites keeps them for those who were told of the alarm.
 */
export function composeNotices(step: ToCompose): Notice[] {
  if (step.hall.repair.people.length === 0) return [] // a hall that names nobody has nobody to tell
  const said: Draft[] = []
  for (const transition of step.transitions) said.push(...ofTransition(step, transition))
  for (const event of step.orderEvents) said.push(...ofOrderEvent(step, event, said))
  return said.map(({ to, ...notice }) => ({
    ...notice,
    key: `${notice.key}:${to.id}`,
    to: to.id,
    channels: to.channels,
  }))
}

/** A notice whose key does not name its addressee yet. */
type Draft = Omit<Notice, 'to' | 'channels'> & { readonly to: Person }

function ofTransition(step: ToCompose, transition: AlarmTransition): Draft[] {
  const { alarm, cause } = transition
  const { repair } = step.hall
  const base = {
    priority: alarm.priority,
    thread: alarm.id,
    createdAt: step.now,
    key: `alarm:${alarm.id}:${alarm.sequence}`,
  }
  if (cause === 'cleared')
    return repair.people.map((to) => ({ ...base, ...recoveryText(step, alarm), kind: 'recovery', taps: [], to }))
  if (!calls(step, transition)) return []
  const order = orderOf(step, alarm.fault.device, alarm.id)
  const kind: NoticeKind = (step.flood || transition.flood) && alarm.priority !== 'P1' ? 'digest' : 'alarm'
  const text = alarmText(step, alarm, cause, order)
  return audience(step, alarm.fault, alarm.priority, order).map((to) => ({
    ...base,
    ...text,
    kind,
    taps: tapsOf(order, to),
    to,
  }))
}

function calls({ transitions }: ToCompose, { alarm, cause }: AlarmTransition): boolean {
  if (alarm.suppressed || alarm.shelved || (alarm.condition === 'cleared' && !alarm.latched)) return false
  if (cause === 'flapping') return true
  if (alarm.flapping || alarm.state === 'acknowledged') return false
  if (cause === 'priority-changed') return alarm.priority === 'P1'
  const beginsToFlap = transitions.some((other) => other.alarm.id === alarm.id && other.cause === 'flapping')
  return !beginsToFlap && (cause === 'raised' || cause === 'unsuppressed' || cause === 'unshelved')
}

function ofOrderEvent(step: ToCompose, event: OrderEvent, said: readonly Draft[]): Draft[] {
  const order = step.orders.order(event.order)
  if (!order) return []
  const thread = threadOf(order)
  // The event's place in its order is the same whoever asks and whenever: a step that is composed twice gives the same keys.
  const position = order.events.findIndex(
    (one) => one.type === event.type && one.at === event.at && sameSaying(one, event),
  )
  const base = { priority: order.priority, thread, createdAt: step.now, key: `order:${order.id}:${position}` }
  const tell = (kind: NoticeKind, people: readonly Person[], text: Said): Draft[] =>
    people.map((to) => ({ ...base, ...text, kind, taps: tapsOf(order, to), to }))
  switch (event.type) {
    case 'created': {
      const handled = order.source === 'telemetry' || order.assignee !== undefined
      return handled
        ? []
        : tell(
            'order',
            audience(step, order.faults[0] ?? blank(order), order.priority, order),
            orderText(step, order, '新报修'),
          )
    }
    case 'dispatched':
    case 'handedOver': {
      const to = personOf(step, event.to).filter(
        (one) => !said.some((other) => other.thread === thread && other.to.id === one.id),
      )
      return tell('order', to, orderText(step, order, event.type === 'dispatched' ? '派单' : `转派：${event.reason}`))
    }
    case 'returned':
      return tell('order', personOf(step, 'lead'), orderText(step, order, `退回：${event.reason}`))
    case 'suspended':
      return tell('order', personOf(step, 'lead'), orderText(step, order, `挂起：${event.remark}`))
    case 'verificationFailed':
      return tell('order', personOf(step, order.assignee), orderText(step, order, `自检未通过：${event.reason}`))
    case 'urged':
      return tell('urge', personOf(step, event.to), urgeText(step, order, event))
    case 'escalated':
      return tell('escalation', personOf(step, event.to), urgeText(step, order, event))
    default:
      return []
  }
}

const sameSaying = (a: OrderEvent, b: OrderEvent): boolean =>
  ('clock' in a ? a.clock : '') === ('clock' in b ? b.clock : '') && ('to' in a ? a.to : '') === ('to' in b ? b.to : '')

/** Updates of an order that an alarm made belong to the alarm: its end is told to whoever heard of either. */
const threadOf = (order: WorkOrder): string => {
  const created = order.events[0]
  return (created?.type === 'created' ? created.alarm : undefined) ?? order.id
}

const blank = (order: WorkOrder): Pick<FaultKey, 'device'> => ({ device: order.device })

const orderOf = (step: ToCompose, device: string, alarm: string): WorkOrder | undefined => {
  const open = openOrders(step)
  return open.find((order) => order.openAlarms.includes(alarm)) ?? open.find((order) => order.device === device)
}

/** Asked for each alarm of a step and the same for all of them. */
const openOrders = oncePerStep(({ orders, now }) => orders.open(now))

/**
 * Who hears of a fault: whoever has the order; with P1 also everybody on duty who could help. Without an order, who is on duty
 * for it; without anybody on duty the lead, then operations, then whoever could repair it: somebody always hears.
 */
function audience(
  step: ToCompose,
  fault: Pick<FaultKey, 'device'> & Partial<FaultKey>,
  priority: Priority,
  order: WorkOrder | undefined,
): readonly Person[] {
  const { repair, timeZone, devices } = step.hall
  const device = devices.find((one) => one.id === fault.device)
  const job = { zone: device?.zone ?? '', kind: device?.kind, codes: fault.code === undefined ? [] : [fault.code] }
  const assignee = personOf(step, order?.assignee)
  if (assignee.length > 0 && priority !== 'P1') return assignee
  const able = (people: readonly Person[]) => (device ? people.filter((person) => fits(person, job)) : people)
  const onDutyNow = able(onDuty(repair, timeZone, step.now))
  const circles = [
    [...new Set([...assignee, ...onDutyNow])],
    personOf(step, 'lead'),
    personOf(step, 'operations'),
    able(repair.people),
  ]
  return circles.find((people) => people.length > 0) ?? repair.people
}

/** A person by id, or whoever fills the role; nobody when the role is not filled. */
function personOf({ hall: { repair } }: ToCompose, who: string | undefined): Person[] {
  const id = who === 'lead' ? (repair.lead ?? repair.operations) : who === 'operations' ? repair.operations : who
  return repair.people.filter((person) => person.id === id)
}

/** The next step of the order for whoever has it; a look at it for everybody else. */
function tapsOf(order: WorkOrder | undefined, to: Person): Notice['taps'] {
  if (!order) return []
  const view = { act: 'view', order: order.id } as const
  const act = order.assignee === to.id ? NEXT_ACT[order.state] : undefined
  return act ? [{ act, order: order.id }, view] : [view]
}

const NEXT_ACT: Partial<Record<WorkOrder['state'], 'accept' | 'arrive' | 'finish'>> = {
  dispatched: 'accept',
  accepted: 'arrive',
  onSite: 'finish',
}
