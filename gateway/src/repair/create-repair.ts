import type { AlarmTransition } from '../alarms/alarm.ts'
import type { AlarmBook } from '../alarms/alarm-book.ts'
import type { FaultEvent } from '../domain/fault-event.ts'
import type { Notice } from '../notify/notice.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import type { Store, Write } from '../store/store.ts'
import type { Health, OrderBook } from '../work-orders/order-book.ts'
import type { OrderEvent, WorkOrder } from '../work-orders/work-order.ts'
import { createCommitQueue } from './commit-queue.ts'
import type { RepairChain, RepairStep } from './repair.ts'
import { alarmWrites, orderWrites, readAlarm, readOrder, readOrders, readTransitions } from './repair-store.ts'

export interface RepairParts {
  readonly alarms: AlarmBook
  readonly orders: OrderBook
  readonly health: Health
  /** Whom a step has to be told, and what; decided by notify. */
  compose(step: RepairStep, now: number): readonly Notice[]
  /** Makes notices durable together with the step they tell about. */
  noticeWrites(notices: readonly Notice[]): Write[]
  /** There is something new to send. */
  kickOutbox(): void
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
}

/** An order in one of these states has somebody working on the device: its further alarms call nobody. */
export const IN_REPAIR: ReadonlySet<string> = new Set(['onSite', 'finished', 'verifying'])

/** What only the wiring calls. */
interface Driven {
  /** Alarms that moved because the hall changed. */
  takeTransitions(transitions: readonly AlarmTransition[]): void
  /** Time has passed: call about once a second. */
  tick(): void
}

export function createRepair(parts: RepairParts): RepairChain & Driven {
  const { alarms, orders, store, clock } = parts
  const closing = new AbortController()
  const commits = createCommitQueue({ store, clock, log: parts.log, signal: closing.signal })
  const listeners = new Set<(step: RepairStep) => void>()
  let steps = 0

  /** What follows from transitions: orders that are made, joined or relieved. */
  const ordersFor = (transitions: readonly AlarmTransition[], now: number): OrderEvent[] =>
    transitions.flatMap((transition) => orders.onAlarm(transition, now))

  /**
   * What follows from order events: whoever takes an order has acknowledged its alarms; a device in repair silences its further
   * alarms, and a closed order lets them speak again.
   */
  function alarmsFor(events: readonly OrderEvent[], now: number): AlarmTransition[] {
    const acknowledged = events
      .filter(({ type }) => type === 'accepted' || type === 'closed')
      .flatMap(({ order, actor }) =>
        alarmsOf(orders.order(order)).flatMap((alarm) => {
          const result = alarms.act({ act: 'acknowledge', alarm, by: actor }, now)
          return result.ok ? result.value : [] // acknowledged or over already: nothing is left to say
        }),
      )
    const devices = new Set(events.flatMap(({ order }) => orders.order(order)?.device ?? []))
    const open = devices.size > 0 ? orders.open(now) : []
    const busy = new Set(open.flatMap(({ device, state }) => (IN_REPAIR.has(state) ? [device] : [])))
    const attended = [...devices].flatMap((device) => alarms.setInRepair(device, busy.has(device), now))
    return [...acknowledged, ...attended]
  }

  /** Follows a change through both books, commits all of it, and resolves when it is on disk and told. */
  function take(transitions: readonly AlarmTransition[], events: readonly OrderEvent[], now: number): Promise<void> {
    const all = { transitions: [...transitions], orderEvents: [...events, ...ordersFor(transitions, now)] }
    const further = alarmsFor(all.orderEvents, now)
    all.transitions.push(...further)
    all.orderEvents.push(...ordersFor(further, now))
    if (all.transitions.length === 0 && all.orderEvents.length === 0) return Promise.resolve()
    steps++
    const notices = parts.compose(all, now)
    const writes = [
      ...alarmWrites(all.transitions),
      ...orderWrites(all.orderEvents, (id) => orders.order(id)),
      ...parts.noticeWrites(notices),
    ]
    return new Promise((resolve) => {
      commits.push(writes, () => {
        for (const listener of listeners) listener(all)
        if (notices.length > 0) parts.kickOutbox()
        resolve()
      })
    })
  }

  return {
    takeFaults(events: readonly FaultEvent[]) {
      if (events.length === 0) return
      const now = clock.wallMs()
      const transitions = events.flatMap((event) => alarms.take(event, now))
      void take(transitions, [], now)
    },
    takeTransitions(transitions) {
      void take(transitions, [], clock.wallMs())
    },
    tick() {
      const now = clock.wallMs()
      void take(alarms.tick(now), orders.tick(now, parts.health), now)
    },
    async actOnAlarm(act) {
      const now = clock.wallMs()
      const result = alarms.act(act, now)
      if (!result.ok) return result
      const alarm = result.value.at(-1)?.alarm ?? alarms.alarm(act.alarm)
      await take(result.value, [], now)
      if (!alarm) throw new Error(`${act.alarm} was acted on and is not there`)
      return { ok: true, value: alarms.alarm(act.alarm) ?? alarm }
    },
    async actOnOrder(act) {
      const now = clock.wallMs()
      const result = orders.act(act, now)
      if (!result.ok) return result
      await take([], result.value, now)
      const order = orders.order(act.order)
      if (!order) throw new Error(`${act.order} was acted on and is not there`)
      return { ok: true, value: order }
    },
    async report(report) {
      const now = clock.wallMs()
      const result = orders.report(report, now)
      if (!result.ok) return result
      await take([], result.value, now)
      const order = orders.order(result.value[0]?.order ?? '')
      if (!order) throw new Error('an order was reported and is not there')
      return { ok: true, value: order }
    },
    openAlarms: () => alarms.open(),
    openOrders: () => orders.open(clock.wallMs()),
    alarm: async (id) => alarms.alarm(id) ?? readAlarm(store, id),
    order: async (id) => orders.order(id) ?? readOrder(store, id),
    alarmHistory: (query) => readTransitions(store, query),
    orderHistory: ({ from, to }) => readOrders(store, from, to),
    onStep(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    stats() {
      const open = alarms.open()
      return {
        openAlarms: open.length,
        unacknowledgedAlarms: open.filter(({ state }) => state === 'unacknowledged').length,
        openOrders: orders.open(clock.wallMs()).length,
        steps,
        waitingSteps: commits.waiting(),
        retriedCommits: commits.retries(),
      }
    },
    async close() {
      const drained = commits.drained()
      closing.abort()
      await drained
    },
  }
}

/** Every alarm an order was made for or joined by. */
const alarmsOf = (order: WorkOrder | undefined): string[] =>
  (order?.events ?? []).flatMap((event) => ('alarm' in event && event.alarm !== undefined ? [event.alarm] : []))
