import type { Alarm, AlarmTransition } from '../alarms/alarm.ts'
import type { Person } from '../config/repair-schema.ts'
import type { ActResult } from '../domain/act-result.ts'
import { FAULT_CODES } from '../domain/fault-codes.ts'
import { byUrgency } from '../domain/priority.ts'
import { actTime } from './act-time.ts'
import { createCalendar } from './calendar.ts'
import { canBeSent, dispatchOf, GATEWAY } from './dispatch.ts'
import { onDuty } from './duty.ts'
import { decide, type Happening, type People } from './order-acts.ts'
import type { Health, OrderBook, OrderHall } from './order-book.ts'
import { foldOrder } from './order-fold.ts'
import { createOrderShelf, type OrderShelf } from './order-shelf.ts'
import type { SlaHall } from './sla.ts'
import { dueOf, type Urge, urgesOf } from './urges.ts'
import { createVerification, isSettling } from './verification.ts'
import type { OrderEvent, WorkOrder } from './work-order.ts'

/** 回访 that nobody gives does not keep an order open for ever. */
const FEEDBACK_WITHIN_MS = 72 * 3_600_000
/** Times the same device may be reported again on one open order; further reports are refused with the order's number. */
const MAX_NOTES = 200

export interface OrderBookOptions {
  /** Orders that are open, and those closed in the last 24 h (for 重开). */
  readonly initial?: readonly WorkOrder[]
  /** Id of the newest order ever made, when it may not be in `initial`. */
  readonly lastId?: string
  /** In [0, 1): draws the 稽查 sample. */
  readonly random: () => number
}

export function createOrderBook({ initial = [], lastId, random }: OrderBookOptions): OrderBook {
  return new Orders(initial, lastId, random)
}

interface Times {
  readonly urges: readonly Urge[]
  readonly dueAt: number
}

class Orders implements OrderBook {
  readonly #random: () => number
  readonly #shelf: OrderShelf
  #times = new WeakMap<WorkOrder, Times>()
  #present: { readonly hall: OrderHall; readonly at: number; readonly people: readonly Person[] } | undefined
  readonly #verification = createVerification()
  #hall: OrderHall | undefined
  #sla: SlaHall | undefined

  constructor(initial: readonly WorkOrder[], lastId: string | undefined, random: () => number) {
    this.#random = random
    this.#shelf = createOrderShelf(initial, lastId)
  }

  setHall(hall: OrderHall): void {
    this.#hall = hall
    this.#sla = { repair: hall.repair, calendar: createCalendar(hall) }
    this.#times = new WeakMap()
  }

  onAlarm({ alarm, cause }: AlarmTransition, now: number): OrderEvent[] {
    const known = this.#shelf.ofAlarm(alarm.id)
    const own = known?.state !== 'closed' ? known : undefined
    if (isOver(alarm)) return own ? this.#over(own, alarm, now) : []
    if (alarm.condition !== 'present') return []

    const suppression = alarm.suppressed
    if (suppression?.by === 'parent') return this.#explained(own, alarm, suppression.alarm, now)
    if (own && own.device !== alarm.fault.device && !suppression) {
      // The parent explained it and no longer does, yet it is still there: it gets an order of its own.
      return [...this.#add(own, [{ type: 'alarmCleared', alarm: alarm.id }], now), ...this.#start(alarm, now)]
    }
    if (own) return this.#again(own, alarm, now)
    const ofDevice = this.#shelf.openOf(alarm.fault.device)
    if (ofDevice && (!suppression || suppression.by === 'out-of-service')) return this.#join(ofDevice, alarm, now)
    if (suppression || alarm.shelved) return []
    // Closed by a named override though the alarm is still there: it takes a new occurrence to call somebody again.
    if (known?.device === alarm.fault.device && known.openAlarms.includes(alarm.id) && cause !== 'raised') return []
    return this.#start(alarm, now)
  }

  act(act: Parameters<OrderBook['act']>[0], now: number): ActResult<OrderEvent[]> {
    const order = this.order(act.order)
    if (!order)
      return {
        ok: false,
        code: 'HW_ORDER_UNKNOWN',
        message: `没有工单 ${act.order}。 There is no work order ${act.order}.`,
      }
    if (act.key !== undefined && order.events.some(({ key, actor }) => key === act.key && actor === act.by))
      return { ok: true, value: [] }
    const decided = decide(order, act, this.#people())
    if (!decided.ok) return decided
    const time = actTime(order, act, now)
    if (!time.ok) return time
    const said = { ...time.value, ...(act.key === undefined ? {} : { key: act.key }) }
    const happenings = decided.value.map((happening) => ({ ...happening, ...said }))
    const events = this.#add(order, happenings, now, act.by)
    const moved = this.#shelf.order(order.id)
    if (moved?.state === 'returned') events.push(...this.#dispatch(moved, now))
    return { ok: true, value: events }
  }

  report({ device, source, text, by }: Parameters<OrderBook['report']>[0], now: number): ActResult<OrderEvent[]> {
    const known = this.#hall?.devices.find(({ id }) => id === device)
    if (!known)
      return { ok: false, code: 'HW_DEVICE_UNKNOWN', message: `没有设备 ${device}。 There is no device ${device}.` }
    const words = text.trim().slice(0, 1000)
    if (!words)
      return { ok: false, code: 'HW_ORDER_REASON_MISSING', message: '请写明哪里不好用。 Say what does not work.' }
    const open = this.#shelf.openOf(device)
    if (open) {
      if (open.events.filter(({ type }) => type === 'noted').length < MAX_NOTES)
        return { ok: true, value: this.#add(open, [{ type: 'noted', text: words }], now, by) }
      const message = `${open.id} 已在处理,不用再报。 ${open.id} is being worked on; no need to report it again.`
      return { ok: false, code: 'HW_ORDER_CONFLICT', message }
    }
    const priority = source === 'preventive' ? 'P4' : 'P3'
    const happening: Happening = {
      type: 'created',
      source,
      device,
      zone: known.zone,
      priority,
      onsetAt: now,
      text: words,
    }
    return { ok: true, value: this.#make(happening, now, by) }
  }

  tick(now: number, health: Health): OrderEvent[] {
    const events: OrderEvent[] = []
    for (const { id } of this.#shelf.open()) {
      const step = (advance: (order: WorkOrder) => OrderEvent[]) => {
        const order = this.#shelf.order(id)
        if (order && order.state !== 'closed') events.push(...advance(order))
      }
      step((order) => this.#prove(order, health, now))
      step((order) => this.#dispatch(order, now))
      step((order) => this.#urge(order, now))
    }
    this.#shelf.tidy(now)
    return events
  }

  order(id: string): WorkOrder | undefined {
    return this.#shelf.order(id)
  }

  open(): readonly WorkOrder[] {
    return this.#shelf
      .open()
      .map((order) => ({ order, dueAt: this.#timesOf(order).dueAt }))
      .sort((a, b) => (a.dueAt === b.dueAt ? byUrgency(a.order.priority, b.order.priority) : a.dueAt - b.dueAt))
      .map(({ order }) => order)
  }

  // Alarms

  /** An order for it, sent to somebody at once. */
  #start(alarm: Alarm, now: number): OrderEvent[] {
    const { device, code } = alarm.fault
    const ofDevice = this.#shelf.openOf(device)
    if (ofDevice) return this.#join(ofDevice, alarm, now)
    const reopens = this.#shelf
      .closedOf(device, now)
      .findLast((order) => mergedInto(order) === undefined && order.faults.some((fault) => fault.code === code))
    return this.#make(
      {
        type: 'created',
        source: 'telemetry',
        device,
        zone: this.#hall?.devices.find(({ id }) => id === device)?.zone ?? '',
        priority: alarm.priority,
        fault: alarm.fault,
        alarm: alarm.id,
        onsetAt: Math.min(alarm.raisedAt, now),
        text: FAULT_CODES[code].zh,
        ...(reopens ? { reopens: reopens.id } : {}),
      },
      now,
      GATEWAY,
    )
  }

  #join(order: WorkOrder, alarm: Alarm, now: number): OrderEvent[] {
    const joined: Happening = { type: 'alarmJoined', alarm: alarm.id, fault: alarm.fault, priority: alarm.priority }
    return this.#add(order, [joined, ...relapse(order, alarm, now)], now)
  }

  /** An alarm that its order knows: it came back, or grew more urgent. */
  #again(order: WorkOrder, alarm: Alarm, now: number): OrderEvent[] {
    const came = order.openAlarms.includes(alarm.id)
      ? []
      : [{ type: 'alarmReturned' as const, alarm: alarm.id }, ...relapse(order, alarm, now)]
    const urgent = byUrgency(alarm.priority, order.priority) < 0
    const raised: Happening[] = urgent
      ? [{ type: 'alarmJoined', alarm: alarm.id, fault: alarm.fault, priority: alarm.priority }]
      : []
    return this.#add(order, [...came, ...raised], now)
  }

  #over(order: WorkOrder, alarm: Alarm, now: number): OrderEvent[] {
    return order.openAlarms.includes(alarm.id) ? this.#add(order, [{ type: 'alarmCleared', alarm: alarm.id }], now) : []
  }

  /** A parent explains the alarm: it belongs to the parent's order; an own one nobody took up yet is merged into that. */
  #explained(own: WorkOrder | undefined, alarm: Alarm, parentAlarm: string, now: number): OrderEvent[] {
    const parent = this.#shelf.ofAlarm(parentAlarm)
    if (!parent || parent.state === 'closed') return []
    if (parent === own) return this.#again(parent, alarm, now)
    const events: OrderEvent[] = []
    if (own) {
      const untouched = own.state === 'pending' || own.state === 'dispatched'
      if (own.device === alarm.fault.device && (!untouched || own.source !== 'telemetry')) return []
      events.push(...this.#add(own, [{ type: 'alarmCleared', alarm: alarm.id }], now))
      const rest = this.#shelf.order(own.id)!
      if (untouched && rest.openAlarms.length === 0)
        events.push(...this.#add(rest, [{ type: 'closed', override: `${MERGED}${parent.id}`, inspect: false }], now))
    }
    return [...events, ...this.#join(parent, alarm, now)]
  }

  // Time

  #prove(order: WorkOrder, health: Health, now: number): OrderEvent[] {
    const { verify } = this.#hall?.repair ?? {}
    if (!verify) return []
    const { state } = order
    if (state === 'finished' || recoveredUntouched(order))
      return this.#add(order, [{ type: 'verificationStarted' }], now)
    if (state === 'awaitingFeedback' && now - lastAt(order, 'verificationPassed') >= FEEDBACK_WITHIN_MS)
      return this.#add(
        order,
        [
          { type: 'noted', text: '72 小时内未回访,自动关闭' },
          { type: 'closed', inspect: false },
        ],
        now,
      )
    if (state !== 'verifying') return []
    const byItself = !hasVisit(order)
    const verdict = this.#verification.look(order, health, verify.healthyMinutes * 60_000, now)
    // Nobody repaired anything that could have failed: whatever alarm keeps the device from being healthy joins by itself.
    if (!verdict || (byItself && verdict.proof === 'failed')) return []
    this.#verification.forget(order.id)
    if (verdict.proof === 'failed')
      return this.#add(order, [{ type: 'verificationFailed', reason: reasonOf(order, verdict.why, health) }], now)
    const end: Happening[] = byItself ? [{ type: 'noted', text: '自行恢复' }] : []
    if (byItself || !verify.feedback) end.push({ type: 'closed', inspect: false })
    return this.#add(order, [{ type: 'verificationPassed' }, ...end], now)
  }

  #dispatch(order: WorkOrder, now: number): OrderEvent[] {
    const hall = this.#hall
    if (!hall || !canBeSent(order)) return []
    return this.#add(order, dispatchOf(order, hall, this.#presentAt(hall, now), this.#shelf.open()), now)
  }

  /** The same for all orders of one look. */
  #presentAt(hall: OrderHall, now: number): readonly Person[] {
    if (this.#present?.hall !== hall || this.#present.at !== now)
      this.#present = { hall, at: now, people: onDuty(hall.repair, hall.timeZone, now) }
    return this.#present.people
  }

  #urge(order: WorkOrder, now: number): OrderEvent[] {
    const due = this.#timesOf(order).urges.filter(({ at }) => at <= now)
    return this.#add(
      order,
      due.map(({ event }) => event),
      now,
    )
  }

  /** What time will bring, computed once for each state of an order: it changes with its events and with the hall. */
  #timesOf(order: WorkOrder): Times {
    const known = this.#times.get(order)
    if (known) return known
    if (!this.#sla || !this.#hall) return { urges: [], dueAt: Number.POSITIVE_INFINITY }
    const { lead, operations } = this.#hall.repair
    const groups = { lead: lead !== undefined, operations: operations !== undefined }
    const times = { urges: urgesOf(order, this.#sla, groups), dueAt: dueOf(order, this.#sla) }
    this.#times.set(order, times)
    return times
  }

  // Keeping

  #make(created: Happening, now: number, actor: string): OrderEvent[] {
    const id = this.#shelf.nextId(now, this.#hall?.timeZone ?? 'UTC')
    const event = { ...created, order: id, at: now, actor } as OrderEvent
    const order = foldOrder([event])
    this.#shelf.keep(order)
    return [event, ...this.#dispatch(order, now)]
  }

  /** Adds what happened to the order and keeps what it is now. Whether it is drawn for 稽查 is decided when it closes. */
  #add(order: WorkOrder, happenings: readonly Happening[], now: number, actor = GATEWAY): OrderEvent[] {
    if (happenings.length === 0) return []
    // A clock set back never makes a history run backwards.
    const at = Math.max(now, order.events.at(-1)?.at ?? now)
    const events = happenings.map((happening): OrderEvent => {
      const drawn = happening.type === 'closed' ? { inspect: this.#drawn(order) } : {}
      return { ...happening, ...drawn, order: order.id, at, actor } as OrderEvent
    })
    const moved = foldOrder([...order.events, ...events])
    if (moved.state === 'closed') this.#verification.forget(order.id)
    this.#shelf.keep(moved)
    return events
  }

  #drawn(order: WorkOrder): boolean {
    const first = order.events[0]
    if (first?.type === 'created' && first.reopens !== undefined) return true
    return this.#random() * 100 < (this.#hall?.repair.inspectPercent ?? 0)
  }

  #people(): People {
    const { people = [], lead, operations } = this.#hall?.repair ?? {}
    const find = (id: string) => people.find((person) => person.id === id)
    return {
      nameOf: (id) => find(id)?.name ?? id,
      has: (id) => find(id) !== undefined,
      // Who is not in the list of technicians came in by role; the door has checked which.
      leads: (id) => id === lead || id === operations || find(id) === undefined,
    }
  }
}

const MERGED = '并入 '

/** The order that this one was merged into because a parent explained its alarms. */
export function mergedInto(order: WorkOrder): string | undefined {
  const closed = order.events.findLast((event) => event.type === 'closed')
  return closed?.type === 'closed' && closed.override?.startsWith(MERGED)
    ? closed.override.slice(MERGED.length)
    : undefined
}

/** Its condition is gone, and nobody has to look first. */
const isOver = ({ state, condition, latched }: Alarm): boolean =>
  state === 'normal' || (condition === 'cleared' && !latched)

/** Nobody took it up, and every alarm it was made for went away. */
const recoveredUntouched = ({ state, source, openAlarms }: WorkOrder): boolean =>
  source === 'telemetry' && openAlarms.length === 0 && ['pending', 'dispatched', 'returned'].includes(state)

const hasVisit = ({ events }: WorkOrder): boolean => events.some(({ type }) => type === 'finished')

/** An alarm of the device while it proves itself, or after: the repair did not hold. Right after 工作结束 it may still settle. */
function relapse(order: WorkOrder, alarm: Alarm, now: number): Happening[] {
  if (alarm.fault.device !== order.device || !['verifying', 'awaitingFeedback'].includes(order.state)) return []
  if (order.state === 'verifying' && hasVisit(order) && isSettling(order, now)) return []
  return [{ type: 'verificationFailed', reason: `告警再次出现:${FAULT_CODES[alarm.fault.code].zh}` }]
}

function reasonOf(order: WorkOrder, why: 'alarm' | 'self-test', health: Health): string {
  if (why === 'self-test') return ['设备自检未通过', health.selfTestText?.(order.device) ?? []].flat().join(':')
  const names = new Set(order.faults.map(({ code }) => FAULT_CODES[code].zh))
  return order.openAlarms.length > 0 ? `告警仍在:${[...names].join('、')}` : '设备仍有告警'
}

const lastAt = (order: WorkOrder, type: OrderEvent['type']): number =>
  order.events.findLast((event) => event.type === type)?.at ?? Number.POSITIVE_INFINITY
