import { expect, test } from 'vitest'
import { ANSWER_WITHIN_MS, createSelfTests } from './self-tests.ts'

const says = (answer: unknown) => Buffer.from(typeof answer === 'string' ? answer : JSON.stringify(answer))

function asked() {
  const tests = createSelfTests()
  tests.start({ order: 'W1', device: 'kiosk-01', since: 500 }, 1000)
  return tests
}

test('a test runs until the device has answered', () => {
  const tests = asked()
  expect(tests.state('kiosk-01', 500)).toBe('running')
  tests.answer('kiosk-01', says({ id: 'W1', ok: true }), 2000)
  expect(tests.state('kiosk-01', 500)).toBe('passed')
})

test('a failed test keeps what the device said', () => {
  const tests = asked()
  tests.answer('kiosk-01', says({ id: 'W1', ok: false, text: ' 切刀未复位 ' }), 2000)
  expect(tests.state('kiosk-01', 500)).toBe('failed')
  expect(tests.text('kiosk-01')).toBe('切刀未复位')
})

test('the first answer counts', () => {
  const tests = asked()
  tests.answer('kiosk-01', says({ id: 'W1', ok: false }), 2000)
  tests.answer('kiosk-01', says({ id: 'W1', ok: true }), 2001)
  expect(tests.state('kiosk-01', 500)).toBe('failed')
})

test('a device without a self-test is told of once, and its late answer changes nothing', () => {
  const tests = asked()
  expect(tests.unanswered(1000 + ANSWER_WITHIN_MS - 1)).toEqual([])
  const late = 1000 + ANSWER_WITHIN_MS
  expect(tests.unanswered(late)).toEqual([{ order: 'W1', device: 'kiosk-01', since: 500 }])
  expect(tests.unanswered(late)).toEqual([])
  tests.answer('kiosk-01', says({ id: 'W1', ok: false }), late)
  expect(tests.state('kiosk-01', 500)).toBeUndefined()
  expect(tests.asked('kiosk-01', 500)).toBe(true)
})

test('the next proof of the same order has a test of its own', () => {
  const tests = asked()
  tests.answer('kiosk-01', says({ id: 'W1', ok: false }), 2000)
  expect(tests.asked('kiosk-01', 9000)).toBe(false)
  expect(tests.state('kiosk-01', 9000)).toBeUndefined()
  tests.start({ order: 'W1', device: 'kiosk-01', since: 9000 }, 9500)
  expect(tests.state('kiosk-01', 9000)).toBe('running')
  expect(tests.text('kiosk-01')).toBeUndefined()
})

test.each([
  ['about another order', { id: 'W2', ok: true }],
  ['without a verdict', { id: 'W1' }],
  ['with a word for a verdict', { id: 'W1', ok: 'true' }],
  ['that is no JSON', 'ok'],
  ['that is longer than an answer can be', { id: 'W1', ok: true, text: 'x'.repeat(5000) }],
])('an answer %s is no answer', (_, answer) => {
  const tests = asked()
  tests.answer('kiosk-01', says(answer), 2000)
  expect(tests.state('kiosk-01', 500)).toBe('running')
})

test('nobody answers for a device that was not asked', () => {
  const tests = asked()
  tests.answer('kiosk-02', says({ id: 'W1', ok: true }), 2000)
  expect(tests.state('kiosk-01', 500)).toBe('running')
  expect(tests.state('kiosk-02', 500)).toBeUndefined()
})
