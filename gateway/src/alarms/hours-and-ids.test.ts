import { expect, test } from 'vitest'
import { createAlarmIds, laterId } from './alarm-ids.ts'
import { createOpeningHours } from './opening-hours.ts'

const at = (time: string) => Date.parse(time)
const weekdays = [
  {
    days: ['mon' as const, 'tue' as const, 'wed' as const, 'thu' as const, 'fri' as const],
    from: '08:30',
    to: '17:30',
  },
]

test('the hall is open from the minute it opens to the minute it closes', () => {
  const isOpen = createOpeningHours(weekdays, 'Asia/Shanghai')
  const times = ['08:29:59', '08:30:00', '12:00:00', '17:29:59', '17:30:00', '23:59:59']
  expect(times.map((time) => isOpen(at(`2026-11-23T${time}+08:00`)))).toEqual([false, true, true, true, false, false])
})

test('Saturday begins at midnight of the hall, not of Greenwich', () => {
  const isOpen = createOpeningHours([{ days: ['sat'], from: '00:00', to: '24:00' }], 'Asia/Shanghai')
  expect(isOpen(at('2026-11-27T15:59:59Z'))).toBe(false)
  expect(isOpen(at('2026-11-27T16:00:00Z'))).toBe(true)
  expect(isOpen(at('2026-11-28T15:59:59Z'))).toBe(true)
  expect(isOpen(at('2026-11-28T16:00:00Z'))).toBe(false)
})

test('hours that go over midnight belong to the day they begin on', () => {
  const isOpen = createOpeningHours([{ days: ['fri'], from: '20:00', to: '02:00' }], 'Asia/Shanghai')
  expect(isOpen(at('2026-11-27T21:00:00+08:00'))).toBe(true)
  expect(isOpen(at('2026-11-28T01:59:59+08:00'))).toBe(true)
  expect(isOpen(at('2026-11-28T02:00:00+08:00'))).toBe(false)
  expect(isOpen(at('2026-11-27T01:00:00+08:00'))).toBe(false)
})

test('a hall in a zone with summer time keeps its hours by the wall clock', () => {
  const isOpen = createOpeningHours([{ days: ['sun'], from: '08:00', to: '09:00' }], 'Europe/Berlin')
  expect(isOpen(at('2026-10-18T06:30:00Z'))).toBe(true)
  expect(isOpen(at('2026-10-25T07:30:00Z'))).toBe(true)
  expect(isOpen(at('2026-10-25T06:30:00Z'))).toBe(false)
})

test('a hall without hours never closes', () => {
  expect(createOpeningHours([], 'Asia/Shanghai')(at('2026-11-23T03:00:00+08:00'))).toBe(true)
})

test('numbers begin anew at midnight of the hall', () => {
  const next = createAlarmIds(undefined, () => 'Asia/Shanghai')
  expect(next(at('2026-11-22T15:59:59Z'))).toBe('A20261122-0001')
  expect(next(at('2026-11-22T15:59:59Z'))).toBe('A20261122-0002')
  expect(next(at('2026-11-22T16:00:00Z'))).toBe('A20261123-0001')
})

test('no number is given twice when the clock jumps back over midnight', () => {
  const next = createAlarmIds('A20261123-0007', () => 'Asia/Shanghai')
  expect(next(at('2026-11-21T10:00:00+08:00'))).toBe('A20261123-0008')
  expect(next(at('2026-11-23T10:00:00+08:00'))).toBe('A20261123-0009')
  expect(next(at('2026-11-24T10:00:00+08:00'))).toBe('A20261124-0001')
})

test('number ten thousand of a day is later than nine thousand nine hundred ninety-nine', () => {
  expect(laterId('A20261123-9999', 'A20261123-10000')).toBe('A20261123-10000')
  expect(laterId('A20261124-0001', 'A20261123-10000')).toBe('A20261124-0001')
  expect(laterId(undefined, 'A20261123-0001')).toBe('A20261123-0001')
})
