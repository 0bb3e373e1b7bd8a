import { expect, test } from 'vitest'
import { createCalendar, unknownHolidayYear } from './calendar.ts'
import { alarmOf, benchOf, HOUR, hallOf, MINUTE, MONDAY_10 } from './hall-fixture.ts'
import { slaOf } from './sla.ts'

const ORDER = 'W20261116-0001'
const time = (text: string) => Date.parse(`${text}+08:00`)

function clocksOf(bench: ReturnType<typeof benchOf>, hall = hallOf()) {
  const states = slaOf(bench.book.order(ORDER)!, { repair: hall.repair, calendar: createCalendar(hall) }, bench.now)
  return Object.fromEntries(states.map((state) => [state.clock, state]))
}

test('an urgent order is due by the wall clock, also at night', () => {
  const bench = benchOf()
  bench.now = time('2026-11-16T23:00:00')
  bench.alarm(alarmOf({ priority: 'P1' }))
  expect(clocksOf(bench)).toMatchObject({
    acknowledge: { dueAt: time('2026-11-16T23:15:00') },
    arrive: { dueAt: time('2026-11-17T00:00:00') },
    finish: { dueAt: time('2026-11-17T03:00:00') },
  })
})

test('an important order of the evening has its half hour when the hall opens', () => {
  const bench = benchOf()
  bench.now = time('2026-11-16T17:20:00')
  bench.alarm(alarmOf())
  expect(clocksOf(bench).acknowledge?.dueAt).toBe(time('2026-11-17T08:50:00'))
})

test('in a zone that never closes the half hour runs at night', () => {
  const bench = benchOf()
  bench.now = time('2026-11-16T23:00:00')
  bench.alarm(alarmOf({ device: 'kiosk-24h' }))
  expect(clocksOf(bench).acknowledge?.dueAt).toBe(time('2026-11-16T23:30:00'))
})

test('one working day from Thursday before the National Day holiday ends on its make-up day side', () => {
  const bench = benchOf()
  bench.now = time('2026-09-30T15:00:00') // 1–7 October are free
  bench.alarm(alarmOf())
  const [order] = bench.book.open(bench.now)
  const hall = hallOf()
  const finish = slaOf(order!, { repair: hall.repair, calendar: createCalendar(hall) }, bench.now)[2]
  expect(finish?.dueAt).toBe(time('2026-10-08T15:00:00'))
})

test('Saturday 10 October 2026 is worked, so one working day from Friday ends on Saturday', () => {
  const calendar = createCalendar(hallOf())
  expect(calendar.add('working-days', time('2026-10-09T15:00:00'), 24 * HOUR)).toBe(time('2026-10-10T15:00:00'))
})

test('a hall corrects the calendar: its own holiday is none of the working days', () => {
  const hall = hallOf({ calendar: { holidays: ['2026-11-17'], workdays: ['2026-11-21'] } })
  const calendar = createCalendar(hall)
  expect(calendar.isWorkday('2026-11-17')).toBe(false)
  expect(calendar.isWorkday('2026-11-21')).toBe(true)
})

test('hall.yaml sets other times', () => {
  const hall = hallOf({ sla: { P2: { acknowledgeMin: 10, finishMin: 60 } } })
  const bench = benchOf(hall)
  bench.alarm(alarmOf())
  expect(clocksOf(bench, hall)).toMatchObject({
    acknowledge: { dueAt: MONDAY_10 + 10 * MINUTE },
    arrive: { dueAt: MONDAY_10 + 4 * HOUR },
    finish: { dueAt: MONDAY_10 + HOUR },
  })
})

test('each step stops its clock, and 挂起 stops only the last', () => {
  const bench = benchOf()
  bench.alarm(alarmOf())
  bench.now += 5 * MINUTE
  bench.act({ order: ORDER, by: 'zhang', act: 'accept' })
  bench.now += 5 * MINUTE
  bench.act({ order: ORDER, by: 'zhang', act: 'suspend', reason: 'parts', remark: '等切刀' })
  bench.now += 60 * MINUTE
  expect(clocksOf(bench)).toMatchObject({
    acknowledge: { stoppedAt: MONDAY_10 + 5 * MINUTE, paused: false },
    arrive: { remainingMs: 4 * HOUR - 70 * MINUTE, paused: false },
    finish: { remainingMs: 24 * HOUR - 10 * MINUTE, dueAt: MONDAY_10 + 25 * HOUR, paused: true },
  })
})

test('a repair that did not hold has not stopped the clock', () => {
  const bench = benchOf()
  bench.alarm(alarmOf())
  bench.act({ order: ORDER, by: 'zhang', act: 'arrive' })
  bench.act({ order: ORDER, by: 'zhang', act: 'finish', remark: '', noFault: false })
  bench.healthy = false
  bench.pass(1 * MINUTE)
  expect(clocksOf(bench).finish).toHaveProperty('stoppedAt')
  bench.pass(3 * MINUTE)
  expect(clocksOf(bench).finish).not.toHaveProperty('stoppedAt')
  expect(clocksOf(bench).finish?.remainingMs).toBe(24 * HOUR - 4 * MINUTE)
})

test('an order that grows urgent in the afternoon is not late for the morning', () => {
  const bench = benchOf()
  bench.alarm(alarmOf({ code: 'eval.offline', priority: 'P3' }))
  bench.now += 3 * HOUR
  bench.alarm(alarmOf({ id: 'A20261116-0002', code: 'app.frozen', priority: 'P1' }))
  expect(clocksOf(bench).acknowledge).toMatchObject({ dueAt: bench.now + 15 * MINUTE, percent: 0, overdueMs: 0 })
})

test('a year whose public holidays nobody told is missed a month before it begins, until somebody tells them', () => {
  const told = (holidays: string[]) => ({
    timeZone: 'Asia/Shanghai',
    repair: { openingHours: [], calendar: { holidays, workdays: [] } },
  })
  expect(unknownHolidayYear(told([]), time('2035-11-20T12:00:00'))).toBe(2035)
  expect(unknownHolidayYear(told(['2035-01-01']), time('2035-11-20T12:00:00'))).toBeUndefined()
  expect(unknownHolidayYear(told(['2035-01-01']), time('2035-12-05T12:00:00'))).toBe(2036)
  expect(unknownHolidayYear(told([]), time('2026-05-01T12:00:00'))).toBeUndefined()
})
