import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createTestHall } from './faults-fixture.ts'

const TEMPERATURE = { id: 'd', quantities: { 'temperature.cabinet': 10_000, 'paper.receipt': 10_000 } }
const rules = [
  {
    type: 'above',
    code: 'host.hot',
    quantity: 'temperature.cabinet',
    limit: 45,
    deadband: 2,
    onDelayS: 20,
    offDelayS: 15,
  },
]

describe('somebody sets the clock', () => {
  test('forward: a delay has not run, a device has not fallen silent', () => {
    const hall = createTestHall([{ ...TEMPERATURE, rules }])
    hall.say('d', { 'temperature.cabinet': 60 })
    hall.jump(3_600_000)
    expect(hall.told()).toEqual([])
    hall.say('d', { 'temperature.cabinet': 60 })
    hall.pass(9)
    hall.say('d', { 'temperature.cabinet': 60 })
    hall.pass(9)
    expect(hall.told()).toEqual(['raised host.hot temperature.cabinet'])
  })

  test('backward: what was raised stays raised, what runs goes on', () => {
    const hall = createTestHall([{ ...TEMPERATURE, rules }])
    hall.say('d', { 'temperature.cabinet': 60 })
    hall.pass(10)
    hall.jump(-86_400_000)
    hall.pass(9)
    expect(hall.told()).toEqual([])
    hall.pass(2)
    expect(hall.told()).toEqual(['raised host.hot temperature.cabinet'])
  })

  test('forward: a raised fault whose off-delay runs is not cleared by it', () => {
    const hall = createTestHall([{ ...TEMPERATURE, rules: [{ ...rules[0], onDelayS: 0 }] }])
    hall.say('d', { 'temperature.cabinet': 60 })
    hall.say('d', { 'temperature.cabinet': 20 })
    hall.jump(3_600_000)
    expect(hall.told()).toEqual(['raised host.hot temperature.cabinet'])
  })
})

test('a delay that ran when the gateway stopped goes on where it was', () => {
  const first = createTestHall([{ ...TEMPERATURE, rules }])
  first.say('d', { 'temperature.cabinet': 60 })
  first.pass(15)
  const memory = JSON.parse(JSON.stringify(first.faults.memory()))
  const second = createTestHall([{ ...TEMPERATURE, rules }], { memory, start: first.now() + 60_000 })
  second.say('d', { 'temperature.cabinet': 60 })
  second.pass(4)
  expect(second.told()).toEqual([])
  second.pass(2)
  expect(second.told()).toEqual(['raised host.hot temperature.cabinet'])
})

test('a memory of somebody else is as if there were none', () => {
  const learnt = { 'd txn.fail_rate share transactionsFailed': { means: ['x'], counts: null } }
  const memory = { version: 1 as const, active: [], running: {}, learnt }
  const rule = {
    type: 'share',
    code: 'txn.fail_rate',
    quantity: 'transactionsFailed',
    of: ['transactions'],
    atLeast: 0.1,
  }
  const device = { id: 'd', quantities: { transactions: 0, transactionsFailed: 0 }, rules: [rule] }
  const hall = createTestHall([device], { memory })
  hall.say('d', { transactions: 5, transactionsFailed: 0 })
  hall.pass(5)
  expect(hall.told()).toEqual([])
})

describe('whatever happens', () => {
  const step = fc.oneof(
    fc.record({
      do: fc.constant('say' as const),
      c: fc.integer({ min: 30, max: 60 }),
      paper: fc.constantFrom('ok', 'low', 'out'),
    }),
    fc.record({ do: fc.constant('bad' as const) }),
    fc.record({ do: fc.constant('pass' as const), s: fc.integer({ min: 1, max: 40 }) }),
    fc.record({ do: fc.constant('jump' as const), ms: fc.integer({ min: -7_200_000, max: 7_200_000 }) }),
    fc.record({
      do: fc.constant('presence' as const),
      presence: fc.constantFrom('online' as const, 'offline' as const, 'unknown' as const),
    }),
  )

  test('nothing clears without a good value that says so, and raised and cleared take turns', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const hall = createTestHall([{ ...TEMPERATURE, rules }])
        const up = new Set<string>()
        const check = () => {
          for (const { type, fault } of hall.events()) {
            if (fault.code === 'agent.lost') continue
            const reading = hall.readings.device('d')?.readings.get(fault.part)
            if (type === 'unknown') expect(up.has(fault.code)).toBe(true)
            else expect(reading?.quality).toBe('good')
            if (type === 'raised') up.add(fault.code)
            if (type !== 'cleared') continue
            expect(up.delete(fault.code)).toBe(true)
            if (fault.part === 'temperature.cabinet') expect(reading?.value).toBeLessThanOrEqual(43)
          }
        }
        for (const one of steps) {
          if (one.do === 'say') hall.say('d', { 'temperature.cabinet': one.c, 'paper.receipt': one.paper })
          else if (one.do === 'bad') hall.say('d', {}, { 'temperature.cabinet': 'timeout', 'paper.receipt': 'timeout' })
          else if (one.do === 'pass') for (let second = 0; second < one.s; second++, check()) hall.pass(1)
          else if (one.do === 'jump') hall.jump(one.ms)
          else hall.presence('d', one.presence, 'link-down')
          check()
        }
        expect(hall.faults.active().filter(({ code }) => code !== 'agent.lost').length).toBe(up.size)
      }),
      { numRuns: 150 },
    )
  })
})
