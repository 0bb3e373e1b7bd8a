import { expect, test } from 'vitest'
import { createCalendar } from './calendar.ts'
import { alarmOf, type Bench, benchOf, HOUR, hallOf, MINUTE, MONDAY_10 } from './hall-fixture.ts'
import { slaOf } from './sla.ts'
import { stagesOf } from './stage-times.ts'

const order = 'W20261116-0001'

/** Accepted at 10:00; the phone lost its signal right after, and it is 10:40 now. */
function outOfReach(): Bench {
  const bench = benchOf()
  bench.alarm(alarmOf())
  bench.act({ order, by: 'zhang', act: 'accept' })
  bench.now += 40 * MINUTE
  return bench
}

test('an arrival reported late counts from when the person was there, and says when it was heard', () => {
  const bench = outOfReach()
  const there = MONDAY_10 + 12 * MINUTE
  expect(bench.act({ order, by: 'zhang', act: 'arrive', doneAt: there, key: 'k1' })).toMatchObject({
    value: [{ type: 'arrived', at: bench.now, doneAt: there, key: 'k1' }],
  })
  const hall = hallOf()
  const now = bench.book.order(order)!
  const clocks = slaOf(now, { repair: hall.repair, calendar: createCalendar(hall) }, bench.now)
  expect(clocks.find(({ clock }) => clock === 'arrive')?.stoppedAt).toBe(there)
  expect(stagesOf(now).arrive).toEqual([{ from: MONDAY_10, to: there }])
})

test('what is sent twice with one key is recorded once', () => {
  const bench = outOfReach()
  const note = { order, by: 'zhang', act: 'note', text: '切刀磨损', key: 'k2' } as const
  expect(bench.act(note)).toMatchObject({ value: [{ type: 'noted' }] })
  expect(bench.act(note)).toEqual({ ok: true, value: [] })
  expect(bench.book.order(order)?.events.filter(({ type }) => type === 'noted')).toHaveLength(1)
})

test.each([
  ['in the future', 41 * MINUTE + 30_000],
  ['before the step before it', -2 * MINUTE],
  ['more than a day ago', 40 * MINUTE - 25 * HOUR],
])('a time %s is refused and records nothing', (_, sinceMonday) => {
  const bench = outOfReach()
  const before = bench.book.order(order)?.events.length
  const refused = bench.act({ order, by: 'zhang', act: 'arrive', doneAt: MONDAY_10 + sinceMonday })
  expect(refused).toMatchObject({ ok: false, code: 'HW_ORDER_TIME' })
  expect(bench.book.order(order)?.events).toHaveLength(before ?? 0)
})

test('a phone whose clock is half a minute off is put right', () => {
  const bench = outOfReach()
  const early = bench.act({ order, by: 'zhang', act: 'arrive', doneAt: MONDAY_10 - 30_000 })
  expect(early).toMatchObject({ value: [{ doneAt: MONDAY_10 }] })
})

test('somebody else took it meanwhile: the name is told, whatever time is given', () => {
  const bench = outOfReach()
  bench.act({ order, by: 'zhang', act: 'hand-over', to: 'li', reason: '下班' })
  bench.act({ order, by: 'li', act: 'accept' })
  expect(bench.act({ order, by: 'zhang', act: 'arrive', doneAt: bench.now - MINUTE, key: 'k3' })).toMatchObject({
    code: 'HW_ORDER_CONFLICT',
    message: expect.stringContaining('李工'),
  })
})
