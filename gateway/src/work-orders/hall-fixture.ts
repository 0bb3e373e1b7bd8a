import type { Alarm, AlarmCause, AlarmTransition } from '../alarms/alarm.ts'
import { repairSchema } from '../config/repair-schema.ts'
import type { FaultCode } from '../domain/fault-codes.ts'
import type { Priority } from '../domain/priority.ts'
import { createOrderBook, type OrderBookOptions } from './create-order-book.ts'
import type { Health, OrderBook, OrderHall } from './order-book.ts'
import type { OrderAct, OrderEvent } from './work-order.ts'

/** Monday 2026-11-16 10:00 in the hall. */
export const MONDAY_10 = Date.parse('2026-11-16T10:00:00+08:00')
export const MINUTE = 60_000
export const HOUR = 3_600_000

export const hallOf = (repair: Record<string, unknown> = {}): OrderHall => ({
  timeZone: 'Asia/Shanghai',
  devices: [
    { id: 'kiosk-1', name: '1号缴费机', kind: 'kiosk', zone: 'front' },
    { id: 'kiosk-2', name: '2号缴费机', kind: 'kiosk', zone: 'front' },
    { id: 'kiosk-24h', name: '24小时缴费机', kind: 'kiosk', zone: 'self-service' },
    { id: 'switch-1', name: '交换机', kind: 'network', zone: 'back' },
  ],
  repair: repairSchema.parse({
    alwaysOpen: ['self-service'],
    people: [
      { id: 'zhang', name: '张工', channels: ['chat'] },
      { id: 'li', name: '李工', channels: ['chat'] },
    ],
    lead: 'wang',
    operations: 'ops',
    inspectPercent: 0,
    ...repair,
  }),
})

/** A device's alarm as the alarms room tells of it. */
export function alarmOf(change: Partial<Alarm> & { code?: FaultCode; device?: string } = {}): Alarm {
  const { code = 'prn.paper_jam', device = 'kiosk-1', ...rest } = change
  return {
    id: 'A20261116-0001',
    fault: { device, code, part: 'paperPath.receipt' },
    state: 'unacknowledged',
    condition: 'present',
    defaultPriority: 'P2',
    priority: 'P2' satisfies Priority,
    raisedAt: MONDAY_10 - 2000,
    latched: false,
    evidence: [],
    sequence: 1,
    ...rest,
  }
}

/** A book with a clock of its own: what a hall does, minute by minute. */
export interface Bench {
  readonly book: OrderBook
  now: number
  healthy: boolean | undefined
  selfTest: 'running' | 'passed' | 'failed' | undefined
  readonly events: OrderEvent[]
  alarm(alarm: Alarm, cause?: AlarmCause): OrderEvent[]
  act(act: OrderAct): ReturnType<OrderBook['act']>
  /** Lets time pass, looking once every `stepMs`. */
  pass(ms: number, stepMs?: number): OrderEvent[]
}

export function benchOf(hall: OrderHall = hallOf(), options: Partial<OrderBookOptions> = {}): Bench {
  const book = createOrderBook({ random: () => 0.5, ...options })
  book.setHall(hall)
  const health: Health = { healthy: () => bench.healthy, selfTest: () => bench.selfTest }
  const keep = (events: OrderEvent[]) => {
    bench.events.push(...events)
    return events
  }
  const bench: Bench = {
    book,
    now: MONDAY_10,
    healthy: true,
    selfTest: undefined,
    events: [],
    alarm: (alarm, cause = alarm.condition === 'present' ? 'raised' : 'cleared') => {
      const transition: AlarmTransition = { alarm, from: 'normal', cause, at: bench.now, actor: 'gateway' }
      return keep(book.onAlarm(transition, bench.now))
    },
    act: (act) => {
      const result = book.act(act, bench.now)
      if (result.ok) keep(result.value)
      return result
    },
    pass: (ms, stepMs = 20_000) => {
      const events: OrderEvent[] = []
      for (const end = bench.now + ms; bench.now < end; ) {
        bench.now = Math.min(end, bench.now + stepMs)
        events.push(...keep(book.tick(bench.now, health)))
      }
      return events
    },
  }
  return bench
}
