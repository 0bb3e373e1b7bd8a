import { expect, test } from 'vitest'
import { createComplaints } from './complaints.ts'

function gathered() {
  let now = 0
  const told: { node: string; count: number; text: string }[] = []
  const complaints = createComplaints({
    send: (one) => told.push(one),
    flowName: () => 'lights',
    monotonicMs: () => now,
  })
  return { complaints, told, pass: (ms: number) => (now += ms) }
}

test('a node that throws 10,000 times is told about at once, then with the count', () => {
  const { complaints, told, pass } = gathered()
  for (let n = 0; n < 10_000; n++) complaints.take({ level: 20, msg: new Error('thrown'), id: 'n1', name: 'lamp' })
  expect(told).toEqual([
    expect.objectContaining({ node: 'lamp', count: 1, text: 'thrown', level: 'error', flow: 'lights' }),
  ])
  pass(10_000)
  complaints.tick()
  expect(told.map(({ count }) => count)).toEqual([1, 9_999])
})

test('hundreds of nodes that complain do not become hundreds of lines for ever', () => {
  const { complaints, told, pass } = gathered()
  for (let n = 0; n < 1000; n++) complaints.take({ level: 30, msg: 'no', id: `n${n}` })
  expect(told.length).toBeLessThanOrEqual(51)
  pass(10_000)
  complaints.tick()
  pass(10_000)
  complaints.tick()
  expect(told.reduce((sum, { count }) => sum + count, 0)).toBe(1000)
})

test('what is only information is not told', () => {
  const { complaints, told } = gathered()
  complaints.take({ level: 40, msg: 'started' })
  expect(told).toEqual([])
})
