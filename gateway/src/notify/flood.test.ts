import { expect, test } from 'vitest'
import { simulateFlood } from './testing/flood-simulation.ts'
import { ROBOT } from './testing/outbox-fixture.ts'

test('1,000 alarms in 60 s: at most 20 messages per robot in any minute, every alarm named within 2 min', {
  timeout: 60_000,
}, async () => {
  const flood = await simulateFlood()
  expect(flood.named).toBe(1000)
  expect(flood.slowestNamedMs).toBeLessThanOrEqual(120_000)
  expect(flood.slowestUrgentMs).toBeLessThanOrEqual(20_000)
  expect(flood.busiestMinute).toBeLessThanOrEqual(20)
  expect(flood.longestTextBytes).toBeLessThanOrEqual(ROBOT.textBytes)
})
