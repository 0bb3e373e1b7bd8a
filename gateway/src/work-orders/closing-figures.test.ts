import { expect, test } from 'vitest'
import { quantityOf } from '../domain/quantity.ts'
import { createCalendar } from './calendar.ts'
import { closingFigures } from './closing-figures.ts'
import { foldOrder } from './order-fold.ts'
import type { OrderEvent } from './work-order.ts'

const repair = { openingHours: [], alwaysOpen: [], sla: {} }
const hall = { repair, calendar: createCalendar({ timeZone: 'Asia/Shanghai', repair }) }
const T = Date.parse('2026-06-15T10:00:00+08:00')
const minutes = (n: number) => T + n * 60_000

let sequence = 0
const event = (at: number, of: Record<string, unknown>) =>
  ({ order: 'W20260615-0001', sequence: sequence++, at: minutes(at), actor: 'li-wei', ...of }) as unknown as OrderEvent

const created = event(0, {
  type: 'created',
  source: 'telemetry',
  device: 'kiosk-01',
  zone: 'self-service',
  priority: 'P2',
  onsetAt: minutes(-1),
  text: '卡纸',
})
const repaired = [
  created,
  event(5, { type: 'accepted' }),
  event(20, { type: 'arrived' }),
  event(50, { type: 'finished', remark: '', noFault: false }),
  event(50, { type: 'verificationStarted' }),
  event(65, { type: 'verificationPassed' }),
]
const closed = event(65, { type: 'closed', inspect: false })

test('an order tells its stage times once, when it closes', () => {
  expect(closingFigures(foldOrder(repaired), hall)).toEqual({})
  expect(closingFigures(foldOrder([...repaired, closed]), hall)).toEqual({
    orderDetectTime: 60,
    orderAcknowledgeTime: 300,
    orderArriveTime: 900,
    orderFixTime: 1800,
    orderVerifyTime: 900,
    orderToSiteTime: 1200,
    orderToRepairTime: 3900,
    orderSuspendedTime: 0,
    orderInTime: 100,
    orderFirstTimeFix: 100,
    orderFoundByUs: 100,
    orderFalseAlarm: 0,
    orderReopened: 0,
  })
})

test('what is said after the closing repeats no figure', () => {
  const noted = event(70, { type: 'noted', text: '备注' })
  expect(closingFigures(foldOrder([...repaired, closed, noted]), hall)).toEqual({})
})

test('an order that closed without a visit has rates and no stage times', () => {
  const override = event(90, { type: 'closed', override: '误报', inspect: false })
  const figures = closingFigures(foldOrder([created, override]), hall)
  expect(Object.keys(figures)).not.toContain('orderFixTime')
  expect(figures).toMatchObject({ orderInTime: 0, orderFoundByUs: 100 })
})

test('every figure is in the vocabulary', () => {
  for (const quantity of Object.keys(closingFigures(foldOrder([...repaired, closed]), hall)))
    expect([quantity, quantityOf(quantity)?.type]).toEqual([quantity, 'number'])
})
