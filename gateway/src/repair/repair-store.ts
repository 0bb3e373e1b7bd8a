import type { Alarm, AlarmTransition } from '../alarms/alarm.ts'
import type { Store, Write } from '../store/store.ts'
import { foldOrder } from '../work-orders/order-fold.ts'
import type { OrderEvent, WorkOrder } from '../work-orders/work-order.ts'

/** A closed order stays in memory this long, because the same fault within a day reopens it. */
const REMEMBER_CLOSED_MS = 24 * 3600_000

/** What was going on when the gateway stopped. */
export interface RepairState {
  readonly alarms: readonly Alarm[]
  readonly orders: readonly WorkOrder[]
  /** Newest ids ever given out; undefined when none was. */
  readonly lastAlarm: string | undefined
  readonly lastOrder: string | undefined
}

export async function loadRepairState(store: Store, now: number): Promise<RepairState> {
  const alarms = await store.read<{ body: string }>('SELECT body FROM alarm WHERE open = 1')
  const orders = await ordersWhere(store, 'closed_at IS NULL OR closed_at > ?', [now - REMEMBER_CLOSED_MS])
  const [last] = await store.read<{ lastAlarm: string | null; lastOrder: string | null }>(
    // By length first: the ten-thousandth of a day comes after the 9,999th.
    `SELECT (SELECT id FROM alarm ORDER BY length(id) DESC, id DESC LIMIT 1) AS lastAlarm,
            (SELECT id FROM work_order ORDER BY length(id) DESC, id DESC LIMIT 1) AS lastOrder`,
  )
  return {
    alarms: alarms.map(({ body }) => JSON.parse(body) as Alarm), // written by alarmWrites alone
    orders,
    lastAlarm: last?.lastAlarm ?? undefined,
    lastOrder: last?.lastOrder ?? undefined,
  }
}

export async function readAlarm(store: Store, id: string): Promise<Alarm | undefined> {
  const [row] = await store.read<{ body: string }>('SELECT body FROM alarm WHERE id = ?', [id])
  return row && (JSON.parse(row.body) as Alarm)
}

export async function readOrder(store: Store, id: string): Promise<WorkOrder | undefined> {
  const [order] = await ordersWhere(store, 'id = ?', [id])
  return order
}

/** Orders that were open at some time in [from, to), oldest first. */
export const readOrders = (store: Store, from: number, to: number): Promise<WorkOrder[]> =>
  ordersWhere(store, 'created_at < ? AND (closed_at IS NULL OR closed_at >= ?)', [to, from])

/** Newest first. */
export async function readTransitions(
  store: Store,
  query: { from: number; to: number; device?: string; alarm?: string; limit: number },
): Promise<AlarmTransition[]> {
  const rows = await store.read<{ body: string }>(
    `SELECT body FROM alarm_transition WHERE at >= ? AND at < ? AND (? IS NULL OR device = ?) AND (? IS NULL OR alarm = ?)
     ORDER BY at DESC, sequence DESC LIMIT ?`,
    [
      query.from,
      query.to,
      query.device ?? null,
      query.device ?? null,
      query.alarm ?? null,
      query.alarm ?? null,
      query.limit,
    ],
  )
  return rows.map(({ body }) => JSON.parse(body) as AlarmTransition)
}

async function ordersWhere(
  store: Store,
  condition: string,
  parameters: readonly (string | number)[],
): Promise<WorkOrder[]> {
  const rows = await store.read<{ id: string; body: string }>(
    `SELECT work_order.id, work_order_event.body FROM work_order JOIN work_order_event ON work_order_event.work_order = work_order.id
     WHERE ${condition} ORDER BY work_order.created_at, work_order.id, work_order_event.sequence`,
    parameters,
  )
  const events = new Map<string, OrderEvent[]>()
  for (const { id, body } of rows) {
    const list = events.get(id)
    const event = JSON.parse(body) as OrderEvent
    if (list) list.push(event)
    else events.set(id, [event])
  }
  return [...events.values()].map(foldOrder)
}

/** Idempotent: the same transition written twice is written once. */
export function alarmWrites(transitions: readonly AlarmTransition[]): Write[] {
  if (transitions.length === 0) return []
  return [
    {
      sql: 'INSERT OR IGNORE INTO alarm_transition (alarm, sequence, device, at, body) VALUES (?, ?, ?, ?, ?)',
      rows: transitions.map((one) => [
        one.alarm.id,
        one.alarm.sequence,
        one.alarm.fault.device,
        one.at,
        JSON.stringify(one),
      ]),
    },
    {
      sql: 'INSERT OR REPLACE INTO alarm (id, device, raised_at, open, body) VALUES (?, ?, ?, ?, ?)',
      rows: transitions.map(({ alarm }) => [
        alarm.id,
        alarm.fault.device,
        alarm.raisedAt,
        alarm.state === 'normal' ? 0 : 1,
        JSON.stringify(alarm),
      ]),
    },
  ]
}

/** `orders`: the orders as they are after the events. */
export function orderWrites(events: readonly OrderEvent[], orders: (id: string) => WorkOrder | undefined): Write[] {
  const touched = [...new Set(events.map(({ order }) => order))].flatMap((id) => orders(id) ?? [])
  if (touched.length === 0) return []
  return [
    {
      sql: 'INSERT OR REPLACE INTO work_order (id, device, created_at, closed_at) VALUES (?, ?, ?, ?)',
      rows: touched.map(({ id, device, state, events: all }) => [
        id,
        device,
        all[0]?.at ?? 0,
        state === 'closed' ? (all.at(-1)?.at ?? 0) : null,
      ]),
    },
    {
      sql: 'INSERT OR IGNORE INTO work_order_event (work_order, sequence, at, body) VALUES (?, ?, ?, ?)',
      // The number of an event is its place in its order, so writing all of them again adds only the new ones.
      rows: touched.flatMap(({ id, events: all }) =>
        all.map((event, sequence) => [id, sequence, event.at, JSON.stringify(event)]),
      ),
    },
  ]
}
