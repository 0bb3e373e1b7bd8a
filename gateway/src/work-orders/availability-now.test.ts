import { expect, test } from 'vitest'
import type { Alarm } from '../alarms/alarm.ts'
import type { Priority } from '../domain/priority.ts'
import { availabilityNow } from './availability-now.ts'
import { createCalendar } from './calendar.ts'
import type { OrderHall } from './order-book.ts'

const repair = {
  openingHours: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], from: '08:30', to: '17:30' }],
  alwaysOpen: ['entrance'],
  maintenance: [
    {
      devices: ['kiosk-04'],
      from: '2026-06-15T09:00:00+08:00',
      to: '2026-06-15T12:00:00+08:00',
      reason: '更换钞箱',
    },
  ],
}
const device = (id: string, zone: string, kind = 'kiosk') => ({ id, name: id, kind, zone })
const hall = {
  timeZone: 'Asia/Shanghai',
  repair,
  devices: [
    device('kiosk-01', 'self-service'),
    device('kiosk-02', 'self-service'),
    device('kiosk-03', 'entrance'),
    device('kiosk-04', 'self-service'),
    device('meter-main', 'power-room', 'meter'),
  ],
} as unknown as OrderHall
const calendar = createCalendar(hall as Parameters<typeof createCalendar>[0])
const at = (time: string) => Date.parse(`2026-06-15T${time}:00+08:00`)
const alarm = (on: string, code: string, defaultPriority: Priority, condition: Alarm['condition'] = 'present') =>
  ({ fault: { device: on, code, part: '' }, defaultPriority, condition }) as Alarm

const now = (time: string, alarms: Alarm[] = []) =>
  Object.fromEntries(availabilityNow(hall, calendar, alarms, at(time)))

test('while the hall is open each terminal serves or does not; a planned repair and a meter are left out', () => {
  expect(now('10:00', [alarm('kiosk-01', 'prn.paper_jam', 'P2')])).toEqual({
    'kiosk-01': 0,
    'kiosk-02': 100,
    'kiosk-03': 100,
  })
  expect(now('12:00')).toMatchObject({ 'kiosk-04': 100 })
})

test('while it is closed only what serves day and night has a duty', () => {
  expect(now('03:00')).toEqual({ 'kiosk-03': 100 })
})

test('a small fault and one that is over do not keep customers away; one that can no longer be seen does', () => {
  const alarms = [
    alarm('kiosk-01', 'prn.paper_low', 'P4'),
    alarm('kiosk-02', 'prn.paper_jam', 'P2', 'cleared'),
    alarm('kiosk-03', 'prn.paper_jam', 'P2', 'unknown'),
  ]
  expect(now('10:00', alarms)).toEqual({ 'kiosk-01': 100, 'kiosk-02': 100, 'kiosk-03': 0 })
})

test('of a terminal nobody hears nothing is said', () => {
  expect(now('10:00', [alarm('kiosk-01', 'agent.lost', 'P2')])).toEqual({ 'kiosk-02': 100, 'kiosk-03': 100 })
})
