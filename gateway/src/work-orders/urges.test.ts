import { expect, test } from 'vitest'
import { alarmOf, type Bench, benchOf, HOUR, hallOf, MINUTE, MONDAY_10 } from './hall-fixture.ts'
import { foldOrder } from './order-fold.ts'
import type { OrderEvent } from './work-order.ts'

const ORDER = 'W20261116-0001'
const said = (events: readonly OrderEvent[]) =>
  events.flatMap((event) => {
    if (event.type === 'urged') return [`${event.clock} ${event.percent} ${event.to}`]
    return event.type === 'escalated' ? [`${event.clock} to ${event.to}`] : []
  })
const minutesOf = (bench: Bench) =>
  bench.events.flatMap((event) => (event.type === 'urged' ? [(event.at - MONDAY_10) / MINUTE] : []))

test('催办 comes at 50, 80 and 100 % of the time, then the lead hears, then operations', () => {
  const bench = benchOf()
  bench.alarm(alarmOf({ priority: 'P1' }))
  bench.pass(30 * MINUTE, 1000)
  expect(said(bench.events)).toEqual([
    'acknowledge 50 zhang',
    'acknowledge 80 zhang',
    'acknowledge 100 zhang',
    'acknowledge to lead',
    'acknowledge to operations',
    'arrive 50 zhang',
  ])
  expect(minutesOf(bench)).toEqual([7.5, 12, 15, 30])
})

test('a clock that jumps over all edges says each once', () => {
  const bench = benchOf()
  bench.alarm(alarmOf({ priority: 'P1' }))
  bench.act({ order: ORDER, by: 'zhang', act: 'arrive' })
  bench.pass(10 * HOUR, 10 * HOUR)
  bench.pass(10 * MINUTE, 1000)
  expect(said(bench.events)).toEqual([
    'finish 50 zhang',
    'finish 80 zhang',
    'finish 100 zhang',
    'finish to lead',
    'finish to operations',
  ])
})

test('a clock that jumps back says nothing twice', () => {
  const bench = benchOf()
  bench.alarm(alarmOf({ priority: 'P1' }))
  bench.pass(20 * MINUTE)
  bench.now -= 20 * MINUTE
  expect(said(bench.pass(20 * MINUTE))).toEqual([])
})

test('a restart says nothing twice', () => {
  const before = benchOf()
  before.alarm(alarmOf({ priority: 'P1' }))
  before.pass(16 * MINUTE)
  const after = benchOf(hallOf(), { initial: [foldOrder(before.events)] })
  after.now = before.now
  expect(said(after.pass(10 * MINUTE))).toEqual(['acknowledge to operations'])
})

test('nobody is urged while the order waits for a part', () => {
  const bench = benchOf()
  bench.alarm(alarmOf({ priority: 'P1' }))
  bench.act({ order: ORDER, by: 'zhang', act: 'arrive' })
  bench.act({ order: ORDER, by: 'zhang', act: 'suspend', reason: 'parts', remark: '' })
  expect(said(bench.pass(10 * HOUR))).toEqual([])
  bench.act({ order: ORDER, by: 'zhang', act: 'resume' })
  expect(said(bench.pass(2 * HOUR + MINUTE))).toEqual(['finish 50 zhang'])
})

test('what is normal is urged at 80 and 100 %, and nobody above is disturbed', () => {
  const bench = benchOf(hallOf({ alwaysOpen: ['front'] }))
  bench.alarm(alarmOf({ code: 'eval.offline', priority: 'P3' }))
  expect(said(bench.pass(9 * HOUR))).toEqual(['acknowledge 80 zhang', 'acknowledge 100 zhang'])
})

test('with nobody on duty an important order goes to the lead at once and waits for the next shift', () => {
  const bench = benchOf(hallOf({ duty: [{ people: ['li'], from: '12:00', to: '18:00' }] }))
  expect(bench.alarm(alarmOf())).toMatchObject([{ type: 'created' }, { type: 'escalated', to: 'lead' }])
  expect(bench.book.order(ORDER)?.state).toBe('pending')
  const events = bench.pass(2 * HOUR)
  expect(events.filter(({ type }) => type === 'dispatched')).toMatchObject([{ to: 'li', at: MONDAY_10 + 2 * HOUR }])
})

test('with nobody on duty a normal order waits quietly', () => {
  const bench = benchOf(hallOf({ duty: [{ people: ['li'], from: '12:00', to: '18:00' }] }))
  expect(bench.alarm(alarmOf({ code: 'eval.offline', priority: 'P3' }))).toMatchObject([{ type: 'created' }])
})

test('an order nobody took up passes to the next shift', () => {
  const duty = [
    { people: ['zhang'], from: '00:00', to: '12:00' },
    { people: ['li'], from: '12:00', to: '24:00' },
  ]
  const bench = benchOf(hallOf({ duty }))
  bench.alarm(alarmOf())
  bench.pass(2 * HOUR)
  expect(bench.book.order(ORDER)?.assignee).toBe('li')
})

test('the one with the skill and the zone is sent', () => {
  const people = [
    { id: 'zhang', name: '张工', channels: ['chat'], skills: ['network'] },
    { id: 'li', name: '李工', channels: ['chat'], skills: ['prn'], zones: ['back'] },
    { id: 'zhao', name: '赵工', channels: ['chat'], skills: ['prn'], zones: ['front'] },
  ]
  const bench = benchOf(hallOf({ people }))
  bench.alarm(alarmOf())
  expect(bench.book.order(ORDER)?.assignee).toBe('zhao')
})

test('the next order goes to the one with fewer of them', () => {
  const bench = benchOf()
  bench.alarm(alarmOf())
  bench.alarm(alarmOf({ id: 'A20261116-0002', device: 'kiosk-2' }))
  expect(bench.book.order('W20261116-0002')?.assignee).toBe('li')
})
