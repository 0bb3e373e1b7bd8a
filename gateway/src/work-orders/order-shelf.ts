import type { WorkOrder } from './work-order.ts'
import { wallClock } from './zoned-time.ts'

/** The same fault of the same device within this time after closing reopens the order. */
const REOPEN_WITHIN_MS = 24 * 3_600_000

/** Where orders lie, and how they are found: by number, by device, by the alarm that an order repairs. */
export interface OrderShelf {
  /** Open, or closed in the last 24 h. */
  order(id: string): WorkOrder | undefined
  /** In no order. */
  open(): readonly WorkOrder[]
  /** The one open order of a device. */
  openOf(device: string): WorkOrder | undefined
  /** The order that an alarm belongs to, open or closed in the last 24 h. */
  ofAlarm(alarm: string): WorkOrder | undefined
  /** Of a device in the last 24 h, oldest first. */
  closedOf(device: string, now: number): readonly WorkOrder[]
  /** Takes an order as it is now. */
  keep(order: WorkOrder): void
  /** What was closed more than 24 h ago is no longer found. */
  tidy(now: number): void
  /** `W20261122-0003`. Ids only grow, also when the clock is set back. */
  nextId(now: number, timeZone: string): string
}

export function createOrderShelf(initial: readonly WorkOrder[], lastId = ''): OrderShelf {
  const open = new Map<string, WorkOrder>()
  const closed = new Map<string, WorkOrder>()
  const byAlarm = new Map<string, string>()
  let last = lastId

  function keep(order: WorkOrder): void {
    if (order.state === 'closed') {
      open.delete(order.id)
      closed.set(order.id, order)
    } else open.set(order.id, order)
    for (const alarm of order.openAlarms) byAlarm.set(alarm, order.id)
    for (const event of order.events)
      if (event.type === 'alarmCleared' && !order.openAlarms.includes(event.alarm) && !byAlarm.has(event.alarm))
        byAlarm.set(event.alarm, order.id)
  }

  const find = (id: string) => open.get(id) ?? closed.get(id)

  for (const order of initial) {
    keep(order)
    if (isNewer(order.id, last)) last = order.id
  }

  return {
    order: find,
    open: () => [...open.values()],
    openOf(device) {
      for (const order of open.values()) if (order.device === device) return order
      return undefined
    },
    ofAlarm: (alarm) => find(byAlarm.get(alarm) ?? ''),
    closedOf: (device, now) =>
      [...closed.values()].filter((order) => order.device === device && now - endOf(order) <= REOPEN_WITHIN_MS),
    keep,
    tidy(now) {
      for (const [id, order] of closed) {
        if (now - endOf(order) <= REOPEN_WITHIN_MS) continue
        closed.delete(id)
        for (const alarm of alarmsOf(order)) if (byAlarm.get(alarm) === id) byAlarm.delete(alarm)
      }
    },
    nextId(now, timeZone) {
      const today = wallClock(now, timeZone).date.replaceAll('-', '')
      const [, lastDay = '', lastNumber = '0'] = /^W(\d{8})-(\d+)$/.exec(last) ?? []
      const sameDay = lastDay >= today
      const number = sameDay ? Number(lastNumber) + 1 : 1
      last = `W${sameDay ? lastDay : today}-${String(number).padStart(4, '0')}`
      return last
    },
  }
}

const endOf = ({ events }: WorkOrder): number =>
  events.findLast(({ type }) => type === 'closed')?.at ?? Number.POSITIVE_INFINITY

const alarmsOf = (order: WorkOrder): string[] =>
  order.events.flatMap((event) => ('alarm' in event && event.alarm !== undefined ? [event.alarm] : []))

/** By day, then by number: `W20261122-10000` is newer than `W20261122-9999`. */
function isNewer(a: string, b: string): boolean {
  const [dayA = '', numberA = ''] = a.split('-')
  const [dayB = '', numberB = ''] = b.split('-')
  return dayA === dayB ? Number(numberA) > Number(numberB) : dayA > dayB
}
