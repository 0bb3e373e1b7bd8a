import { expect, test } from 'vitest'
import { alarmOf, type Bench, benchOf, MINUTE } from './hall-fixture.ts'

const order = 'W20261116-0001'

function withOrder(): Bench {
  const bench = benchOf()
  bench.alarm(alarmOf())
  return bench
}

test('two people tap 接单 at once: the second hears who has it', () => {
  const bench = withOrder()
  expect(bench.act({ order, by: 'zhang', act: 'accept' })).toMatchObject({ ok: true })
  const second = bench.act({ order, by: 'li', act: 'accept' })
  expect(second).toMatchObject({ ok: false, code: 'HW_ORDER_CONFLICT' })
  expect(second).toHaveProperty('message', expect.stringContaining('由 张工 负责(已接单)'))
})

test('a person who taps twice is told it is done', () => {
  const bench = withOrder()
  for (const act of ['accept', 'arrive'] as const) {
    bench.act({ order, by: 'zhang', act })
    expect(bench.act({ order, by: 'zhang', act })).toEqual({ ok: true, value: [] })
  }
  bench.act({ order, by: 'zhang', act: 'finish', remark: '', noFault: false })
  expect(bench.act({ order, by: 'zhang', act: 'finish', remark: '', noFault: false })).toEqual({ ok: true, value: [] })
  expect(bench.act({ order, by: 'zhang', act: 'accept' })).toEqual({ ok: true, value: [] })
})

test('已到现场 without 接单 is both', () => {
  const bench = withOrder()
  expect(bench.act({ order, by: 'zhang', act: 'arrive' })).toMatchObject({
    value: [{ type: 'accepted' }, { type: 'arrived' }],
  })
})

test('a colleague may take up what was sent to somebody else, but not arrive in their place', () => {
  const bench = withOrder()
  expect(bench.act({ order, by: 'li', act: 'arrive' })).toMatchObject({ code: 'HW_ORDER_CONFLICT' })
  expect(bench.act({ order, by: 'li', act: 'accept' })).toMatchObject({ ok: true })
  expect(bench.book.order(order)?.assignee).toBe('li')
})

test('the old link of a person who handed the order over brings it back no more', () => {
  const bench = withOrder()
  bench.act({ order, by: 'zhang', act: 'accept' })
  bench.act({ order, by: 'zhang', act: 'hand-over', to: 'li', reason: '下班' })
  expect(bench.act({ order, by: 'zhang', act: 'accept' })).toMatchObject({ code: 'HW_ORDER_CONFLICT' })
  expect(bench.act({ order, by: 'zhang', act: 'finish', remark: '', noFault: false })).toMatchObject({ ok: false })
  expect(bench.act({ order, by: 'li', act: 'accept' })).toMatchObject({ ok: true })
})

test('a link of a closed order is answered with what became of it', () => {
  const bench = withOrder()
  bench.act({ order, by: 'wang', act: 'override-close', reason: '换机' })
  expect(bench.act({ order, by: 'zhang', act: 'accept' })).toMatchObject({ code: 'HW_ORDER_CLOSED' })
  expect(bench.act({ order, by: 'zhang', act: 'finish', remark: '', noFault: false })).toMatchObject({
    code: 'HW_ORDER_CLOSED',
  })
})

test('a link of an order that never was is refused', () => {
  expect(withOrder().act({ order: 'W1', by: 'zhang', act: 'accept' })).toMatchObject({ code: 'HW_ORDER_UNKNOWN' })
})

test('退回 gives the order to somebody else on duty, with the reason', () => {
  const bench = withOrder()
  bench.act({ order, by: 'zhang', act: 'accept' })
  expect(bench.act({ order, by: 'zhang', act: 'return', reason: '不会修' })).toMatchObject({
    value: [
      { type: 'returned', reason: '不会修' },
      { type: 'dispatched', to: 'li' },
    ],
  })
})

test('an order that everybody returned waits for the lead', () => {
  const bench = withOrder()
  bench.act({ order, by: 'zhang', act: 'return', reason: '不会修' })
  expect(bench.act({ order, by: 'li', act: 'return', reason: '不会修' })).toMatchObject({
    value: [{ type: 'returned' }, { type: 'escalated', to: 'lead' }],
  })
  expect(bench.book.order(order)?.state).toBe('returned')
  expect(bench.act({ order, by: 'wang', act: 'dispatch', to: 'zhang' })).toMatchObject({ ok: true })
})

test('退回, 转派 and closing by name need a reason', () => {
  const bench = withOrder()
  bench.act({ order, by: 'zhang', act: 'accept' })
  const code = 'HW_ORDER_REASON_MISSING'
  expect(bench.act({ order, by: 'zhang', act: 'return', reason: ' ' })).toMatchObject({ code })
  expect(bench.act({ order, by: 'zhang', act: 'hand-over', to: 'li', reason: '' })).toMatchObject({ code })
  expect(bench.act({ order, by: 'wang', act: 'override-close', reason: '' })).toMatchObject({ code })
  expect(bench.act({ order, by: 'zhang', act: 'suspend', reason: 'other', remark: '' })).toMatchObject({ code })
})

test('an order goes only to people of the hall', () => {
  const bench = withOrder()
  expect(bench.act({ order, by: 'wang', act: 'dispatch', to: 'nobody' })).toMatchObject({
    code: 'HW_ORDER_PERSON_UNKNOWN',
  })
})

test('nobody suspends the order of a colleague, but the lead may', () => {
  const bench = withOrder()
  bench.act({ order, by: 'zhang', act: 'accept' })
  const suspend = { order, act: 'suspend', reason: 'parts', remark: '' } as const
  expect(bench.act({ ...suspend, by: 'li' })).toMatchObject({ code: 'HW_ORDER_CONFLICT' })
  expect(bench.act({ ...suspend, by: 'wang' })).toMatchObject({ ok: true })
})

test('工作结束 on a suspended order takes it up first', () => {
  const bench = withOrder()
  bench.act({ order, by: 'zhang', act: 'arrive' })
  bench.act({ order, by: 'zhang', act: 'suspend', reason: 'parts', remark: '' })
  bench.now += MINUTE
  expect(bench.act({ order, by: 'zhang', act: 'finish', remark: '', noFault: false })).toMatchObject({
    value: [{ type: 'resumed' }, { type: 'finished' }],
  })
})

test('nobody finishes an order that was sent to nobody', () => {
  const bench = benchOf()
  bench.act({ order, by: 'zhang', act: 'accept' })
  bench.alarm(alarmOf())
  bench.act({ order, by: 'zhang', act: 'return', reason: '不会修' })
  bench.act({ order, by: 'li', act: 'return', reason: '不会修' })
  expect(bench.act({ order, by: 'guest', act: 'finish', remark: '', noFault: false })).toMatchObject({
    code: 'HW_ORDER_STATE',
  })
})

test('an order that is proving itself is no longer suspended or handed over', () => {
  const bench = withOrder()
  bench.act({ order, by: 'zhang', act: 'arrive' })
  bench.act({ order, by: 'zhang', act: 'finish', remark: '', noFault: false })
  bench.pass(MINUTE)
  expect(bench.act({ order, by: 'zhang', act: 'suspend', reason: 'parts', remark: '' })).toMatchObject({
    code: 'HW_ORDER_STATE',
  })
  expect(bench.act({ order, by: 'zhang', act: 'hand-over', to: 'li', reason: 'x' })).toMatchObject({
    code: 'HW_ORDER_STATE',
  })
})
