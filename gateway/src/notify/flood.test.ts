import { afterEach, expect, test } from 'vitest'
import { sampleNotice } from './testing/notice-samples.ts'
import { fakeChannel, type OutboxFixture, openOutbox, ROBOT } from './testing/outbox-fixture.ts'
import { simulatedClock } from './testing/simulated-clock.ts'

let fixture: OutboxFixture
afterEach(() => fixture.close())

const PRIORITIES = ['P1', 'P2', 'P2', 'P2', 'P3', 'P3', 'P3', 'P3', 'P3', 'P4'] as const

test('1,000 alarms in 60 s: at most 20 messages per robot in any minute, every alarm named within 2 min', {
  timeout: 60_000,
}, async () => {
  const clock = simulatedClock()
  const robot = fakeChannel()
  const sentAt: number[] = []
  const namedAfterMs = new Map<string, number>()
  const raisedAt = new Map<string, number>()
  robot.answer((message) => {
    sentAt.push(clock.monotonicMs())
    expect(Buffer.byteLength(message.lines.join('\n'))).toBeLessThanOrEqual(ROBOT.textBytes)
    const text = [message.title, ...message.lines].join('\n')
    for (const [name, at] of raisedAt)
      if (!namedAfterMs.has(name) && text.includes(`${name} `)) namedAfterMs.set(name, clock.monotonicMs() - at)
    return { type: 'ok' }
  })
  fixture = await openOutbox({ robot }, { clock })
  for (let tick = 0; tick < 800 && namedAfterMs.size < 1000; tick++) {
    if (tick < 240) {
      const numbers = Array.from({ length: 5 }, (_, index) => tick * 5 + index).filter((number) => number < 1000)
      for (const number of numbers) raisedAt.set(`${number}号缴费机`, clock.monotonicMs())
      const notices = numbers.flatMap((number) =>
        ['zhang', 'li'].map((to) =>
          sampleNotice(number, { to, priority: PRIORITIES[number % 10]!, createdAt: clock.wallMs() }),
        ),
      )
      if (notices.length > 0) await fixture.tell(...notices)
    }
    clock.advance(250)
    await new Promise((resolve) => setTimeout(resolve, 8))
  }
  expect(namedAfterMs.size).toBe(1000)
  expect(Math.max(...namedAfterMs.values())).toBeLessThanOrEqual(120_000)
  const busiest = Math.max(...sentAt.map((from) => sentAt.filter((at) => at >= from && at < from + 60_000).length))
  expect(busiest).toBeLessThanOrEqual(20)
})
