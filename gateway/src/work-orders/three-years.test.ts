import { expect, test } from 'vitest'
import type { Priority } from '../domain/priority.ts'
import { type ClockKind, createCalendar } from './calendar.ts'
import { hallOf } from './hall-fixture.ts'
import { foldOrder } from './order-fold.ts'
import { runningClock, slaOf } from './sla.ts'
import type { OrderEvent, SlaClock } from './work-order.ts'

// Published by the General Office of the State Council for 2024, 2025 and 2026; written here by hand, apart from the package.
const HOLIDAYS = [
  '2024-01-01..2024-01-01 2024-02-10..2024-02-17 2024-04-04..2024-04-06 2024-05-01..2024-05-05 2024-06-10..2024-06-10',
  '2024-09-15..2024-09-17 2024-10-01..2024-10-07 2025-01-01..2025-01-01 2025-01-28..2025-02-04 2025-04-04..2025-04-06',
  '2025-05-01..2025-05-05 2025-05-31..2025-06-02 2025-10-01..2025-10-08 2026-01-01..2026-01-03 2026-02-15..2026-02-23',
  '2026-04-04..2026-04-06 2026-05-01..2026-05-05 2026-06-19..2026-06-21 2026-09-25..2026-09-27 2026-10-01..2026-10-07',
]
  .join(' ')
  .split(' ')
  .map((range) => range.split('..') as [string, string])
const MAKE_UP_DAYS = new Set(
  (
    '2024-02-04 2024-02-18 2024-04-07 2024-04-28 2024-05-11 2024-09-14 2024-09-29 2024-10-12 2025-01-26 2025-02-08 ' +
    '2025-04-27 2025-09-28 2025-10-11 2026-01-04 2026-02-14 2026-02-28 2026-05-09 2026-09-20 2026-10-10'
  ).split(' '),
)

const START = Date.parse('2024-01-01T00:00:00+08:00')
const END = Date.parse('2027-01-01T00:00:00+08:00')
const DAYS = (END - START) / 86_400_000

const hall = hallOf({
  openingHours: [
    { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '08:30', to: '17:30' },
    { days: ['sat'], from: '09:00', to: '12:00' },
  ],
})
const calendar = createCalendar(hall)
const sla = { repair: hall.repair, calendar }

/** For each minute of the three years, whether each clock runs: no library, China has no summer time. */
const minutes = bruteForce()

function bruteForce(): Record<Exclude<ClockKind, 'wall'>, Uint8Array> {
  const workingDays = new Uint8Array(DAYS * 1440)
  const hallHours = new Uint8Array(DAYS * 1440)
  for (let day = 0; day < DAYS; day++) {
    const date = new Date(START + day * 86_400_000 + 8 * 3_600_000).toISOString().slice(0, 10)
    const weekday = (day + 1) % 7 // 2024-01-01 was a Monday
    const holiday = HOLIDAYS.some(([from, to]) => date >= from && date <= to)
    const asWeekday = MAKE_UP_DAYS.has(date) ? 1 : holiday ? 0 : weekday
    for (let minute = 0; minute < 1440; minute++) {
      workingDays[day * 1440 + minute] = asWeekday >= 1 && asWeekday <= 5 ? 1 : 0
      const open = asWeekday === 0 ? false : asWeekday === 6 ? between(minute, 540, 720) : between(minute, 510, 1050)
      hallHours[day * 1440 + minute] = open ? 1 : 0
    }
  }
  return { 'working-days': workingDays, 'hall-hours': hallHours }
}

function between(minute: number, from: number, to: number): boolean {
  return minute >= from && minute < to
}

/** Walks second by second. `paused` are [from, to) in Unix ms. */
function walk(kind: ClockKind, from: number, seconds: number, paused: readonly [number, number][] = []): number {
  let left = seconds
  for (let at = from; ; at += 1000) {
    if (left === 0) return at
    const runs = kind === 'wall' || minutes[kind][Math.floor((at - START) / 60_000)] === 1
    if (runs && !paused.some(([a, b]) => at >= a && at < b)) left--
  }
}

/** The same numbers in every run. */
function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

const secondWithin = (random: () => number, from: number, to: number): number =>
  from + Math.floor((random() * (to - from)) / 1000) * 1000

test('every day of three years is a working day or not as the State Council published it', () => {
  const wrong: string[] = []
  for (let day = 0; day < DAYS; day++) {
    const date = new Date(START + day * 86_400_000 + 8 * 3_600_000).toISOString().slice(0, 10)
    if (calendar.isWorkday(date) !== (minutes['working-days'][day * 1440] === 1)) wrong.push(date)
  }
  expect(DAYS).toBe(1096)
  expect(wrong).toEqual([])
})

test.each(['hall-hours', 'working-days'] as const)(
  'the clock of %s runs for the same second in all three years',
  (kind) => {
    let expected = 0
    let actual = 0
    const wrong: string[] = []
    for (let day = 0; day < DAYS; day++) {
      const from = START + day * 86_400_000
      actual = calendar.elapsedMs(kind, from, from + 86_400_000)
      expected = 0
      for (let minute = 0; minute < 1440; minute++) expected += minutes[kind][day * 1440 + minute]! * 60_000
      if (actual !== expected) wrong.push(new Date(from).toISOString())
    }
    expect(wrong).toEqual([])
  },
)

const CASES: readonly (readonly [Priority, SlaClock, ClockKind, number])[] = [
  ['P1', 'acknowledge', 'wall', 15 * 60],
  ['P1', 'arrive', 'wall', 3600],
  ['P1', 'finish', 'wall', 4 * 3600],
  ['P2', 'acknowledge', 'hall-hours', 30 * 60],
  ['P2', 'arrive', 'hall-hours', 4 * 3600],
  ['P2', 'finish', 'working-days', 86_400],
  ['P3', 'acknowledge', 'hall-hours', 4 * 3600],
  ['P3', 'arrive', 'working-days', 86_400],
  ['P3', 'finish', 'working-days', 3 * 86_400],
  ['P4', 'acknowledge', 'working-days', 86_400],
]

test.each(CASES)(
  '%s %s is due to the second wherever in three years the order begins',
  (priority, clock, kind, seconds) => {
    const random = randomOf(seconds)
    const wrong: unknown[] = []
    for (let i = 0; i < 40; i++) {
      const at = secondWithin(random, START, END - 30 * 86_400_000)
      const order = foldOrder([created(at, priority)])
      const dueAt = slaOf(order, sla, at).find((state) => state.clock === clock)?.dueAt
      const expected = walk(kind, at, seconds)
      if (dueAt !== expected) wrong.push({ at, dueAt, expected })
    }
    expect(wrong).toEqual([])
  },
)

test('挂起 moves 工作结束 by exactly the time it took, across holidays and make-up days', () => {
  const random = randomOf(7)
  const wrong: unknown[] = []
  for (let i = 0; i < 60; i++) {
    const at = secondWithin(random, START, END - 60 * 86_400_000)
    const accepted = at + 600_000
    const first = secondWithin(random, accepted, accepted + 86_400_000)
    const resumed = secondWithin(random, first, first + 5 * 86_400_000)
    const second = secondWithin(random, resumed, resumed + 2 * 86_400_000)
    const again = secondWithin(random, second, second + 3 * 86_400_000)
    const order = foldOrder([
      created(at, 'P2'),
      { ...base(accepted), type: 'accepted' },
      { ...base(first), type: 'suspended', reason: 'parts', remark: '' },
      { ...base(resumed), type: 'resumed' },
      { ...base(second), type: 'suspended', reason: 'vendor', remark: '' },
      { ...base(again), type: 'resumed' },
    ])
    const paused: [number, number][] = [
      [first, resumed],
      [second, again],
    ]
    const expected = [50, 80, 100].map((percent) => walk('working-days', at, 864 * percent, paused))
    const actual = [50, 80, 100].map((percent) => runningClock(order, sla, 'finish')?.(percent))
    if (String(actual) !== String(expected)) wrong.push({ at, actual, expected })
  }
  expect(wrong).toEqual([])
})

function base(at: number) {
  return { order: 'W20240101-0001', at, actor: 'zhang' } as const
}

function created(at: number, priority: Priority): OrderEvent {
  return {
    ...base(at),
    type: 'created',
    source: 'telemetry',
    device: 'kiosk-1',
    zone: 'front',
    priority,
    onsetAt: at,
    text: '',
  }
}
