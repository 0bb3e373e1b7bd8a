import { expect, test } from 'vitest'
import type { OrderEvent, WorkOrder } from '../work-orders/work-order.ts'
import { repairHistory } from './repair-history.ts'

const DAY = 86_400_000
const MIN = 60_000

function order(id: string, at: number, code: 'prn.paper_jam' | 'net.degraded', tookMs?: number): WorkOrder {
  const fault = { device: 'kiosk-1', code, part: '' }
  const base = { order: id, actor: 'gateway' }
  const events: OrderEvent[] = [
    {
      ...base,
      type: 'created',
      at,
      source: 'telemetry',
      device: 'kiosk-1',
      zone: 'z',
      priority: 'P2',
      fault,
      onsetAt: at,
      text: '',
    },
    ...(tookMs === undefined
      ? []
      : ([
          { ...base, type: 'finished', at: at + tookMs, remark: '', noFault: false },
          { ...base, type: 'verificationPassed', at: at + tookMs },
          { ...base, type: 'closed', at: at + tookMs, inspect: false },
        ] as const)),
  ]
  return {
    id,
    state: tookMs === undefined ? 'accepted' : 'closed',
    source: 'telemetry',
    device: 'kiosk-1',
    zone: 'z',
    priority: 'P2',
    text: '',
    openAlarms: [],
    faults: [fault],
    events,
  }
}

test('a fault that comes back within a week is a repeat; the mean counts what was repaired', () => {
  const orders = [
    order('W1', 0, 'prn.paper_jam', 60 * MIN),
    order('W2', 2 * DAY, 'prn.paper_jam', 30 * MIN),
    order('W3', 3 * DAY, 'net.degraded', 30 * MIN),
    order('W4', 20 * DAY, 'prn.paper_jam'),
  ]
  expect(repairHistory(orders)).toEqual({ orders: 4, openOrders: 1, repeatFaults: 1, meanRepairMinutes: 40 })
})

test('a device that was never repaired has no mean', () => {
  expect(repairHistory([])).toEqual({ orders: 0, openOrders: 0, repeatFaults: 0, meanRepairMinutes: null })
})
