import { describe, expect, test } from 'vitest'
import { createTestHall, MONDAY_TEN, type TestHallOptions } from './faults-fixture.ts'

const HOUR = 3_600_000
const SECONDS_5 = 5000

describe('a share of failures', () => {
  const rule = {
    type: 'share',
    code: 'txn.fail_rate',
    part: 'transactionHealth',
    quantity: 'transactionsFailed',
    of: ['transactions', 'transactionsFailed'],
    atLeast: 0.1,
    factor: 3,
  }
  const hallWith = (options: TestHallOptions = {}) =>
    createTestHall([{ id: 'k', quantities: { transactions: 0, transactionsFailed: 0 }, rules: [rule] }], options)

  /** Customers, of whom every n-th fails. */
  function serve(
    h: ReturnType<typeof hallWith>,
    count: { good: number; bad: number },
    customers: number,
    every: number,
  ) {
    h.passIn(customers, SECONDS_5, (i) => {
      if (i % every === 0) count.bad++
      else count.good++
      h.say('k', { transactions: count.good, transactionsFailed: count.bad })
    })
  }

  test('every second one fails: raised although nothing is known yet, but not by the first few', () => {
    const h = hallWith()
    const count = { good: 1000, bad: 10 }
    h.say('k', { transactions: count.good, transactionsFailed: count.bad })
    serve(h, count, 19, 2)
    expect(h.told()).toEqual([])
    serve(h, count, 10, 1)
    expect(h.told()).toEqual(['raised txn.fail_rate transactionHealth'])
  })

  test('seven good of ten customers after the repair clear it; the old failures need not age', () => {
    const h = hallWith()
    const count = { good: 0, bad: 0 }
    serve(h, count, 40, 1)
    h.told()
    serve(h, count, 6, 1000)
    expect(h.told()).toEqual([])
    serve(h, count, 1, 1000)
    expect(h.told()).toEqual(['cleared txn.fail_rate transactionHealth'])
  })

  test('three times what is usual is too much once it is known what is usual', () => {
    const h = hallWith()
    const count = { good: 0, bad: 0 }
    // 30 hours with 5 % failures
    serve(h, count, (30 * HOUR) / SECONDS_5, 20)
    expect(h.told()).toEqual([])
    serve(h, count, 600, 4)
    expect(h.told()).toEqual(['raised txn.fail_rate transactionHealth'])
  })

  test('what it learnt survives a restart', () => {
    const first = hallWith()
    const count = { good: 0, bad: 0 }
    serve(first, count, (30 * HOUR) / SECONDS_5, 20)
    const memory = JSON.parse(JSON.stringify(first.faults.memory()))
    const second = hallWith({ memory, start: first.now() })
    serve(second, count, 600, 4)
    expect(second.told()).toEqual(['raised txn.fail_rate transactionHealth'])
  })

  test('a terminal that restarts its counters has neither served nor failed anybody', () => {
    const h = hallWith()
    h.say('k', { transactions: 900, transactionsFailed: 900 })
    h.say('k', { transactions: 0, transactionsFailed: 0 })
    h.pass(5)
    expect(h.told()).toEqual([])
  })
})

describe('a forecast', () => {
  const rule = {
    type: 'forecast',
    code: 'prn.paper_low',
    part: 'paper.*',
    quantity: 'paperRemaining.*',
    toward: 0,
    withinS: 4 * 3600,
  }
  const hallWith = (options: TestHallOptions = {}) =>
    createTestHall([{ id: 'k', quantities: { 'paperRemaining.receipt': 0 }, rules: [rule] }], options)

  /** 10 % per hour. */
  function use(h: ReturnType<typeof hallWith>, from: number, hours: number): number {
    let left = from
    h.passIn(hours * 720, SECONDS_5, () => {
      left -= 10 / 720
      h.say('k', { 'paperRemaining.receipt': left })
    })
    return left
  }

  test('a terminal that uses 10 % an hour is out in four hours when 40 % are left, and says when', () => {
    const h = hallWith()
    const left = use(h, 90, 4.95)
    expect(left).toBeGreaterThan(40)
    expect(h.told()).toEqual([])
    use(h, left, 0.1)
    const [event] = h.events()
    expect(event).toMatchObject({ type: 'raised', fault: { code: 'prn.paper_low', part: 'paper.receipt' } })
    const inHours = ((event?.expectedAt ?? 0) - h.now()) / HOUR
    expect(inHours).toBeGreaterThan(3.8)
    expect(inHours).toBeLessThan(4.1)
  })

  test('a new roll clears it at once', () => {
    const h = hallWith()
    use(h, 90, 5.2)
    h.told()
    h.say('k', { 'paperRemaining.receipt': 100 })
    expect(h.told()).toEqual(['cleared prn.paper_low paper.receipt'])
  })

  test('somebody who takes the roll out has used no paper', () => {
    const h = hallWith()
    h.say('k', { 'paperRemaining.receipt': 90 })
    h.passIn(720, SECONDS_5, () => h.say('k', { 'paperRemaining.receipt': 90 }))
    h.say('k', { 'paperRemaining.receipt': 30 })
    h.passIn(720, SECONDS_5, () => h.say('k', { 'paperRemaining.receipt': 30 }))
    expect(h.told()).toEqual([])
  })

  test('nothing is foretold before a pace is known', () => {
    const h = hallWith()
    use(h, 6, 0.3)
    expect(h.told()).toEqual([])
  })

  test('the hours ahead decide: what is enough for the afternoon rush on Monday is known from other Mondays', () => {
    const h = hallWith({ start: MONDAY_TEN })
    let left = 100
    // Three weeks: nothing is used but on Mondays from 14 to 16 h, 15 % an hour; a new roll every Tuesday.
    h.passIn(3 * 7 * 24 * 720, SECONDS_5, () => {
      const hourOfWeek = (((h.now() - MONDAY_TEN) / HOUR + 10) % 168) | 0
      if (hourOfWeek === 14 || hourOfWeek === 15) left -= 15 / 720
      if (hourOfWeek === 24) left = 100
      h.say('k', { 'paperRemaining.receipt': left })
    })
    h.told()
    // Monday, 10 h: 20 % last until half past three.
    h.say('k', { 'paperRemaining.receipt': 20 })
    expect(h.told()).toEqual([])
    h.passIn(1440, SECONDS_5, () => h.say('k', { 'paperRemaining.receipt': 20 }))
    const [event] = h.events()
    expect(event?.type).toBe('raised')
    expect(new Date(event?.expectedAt ?? 0).toISOString()).toMatch(/T07:[12]\d:/)
  })
})
