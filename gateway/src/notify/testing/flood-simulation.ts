import { sampleNotice } from './notice-samples.ts'
import { fakeChannel, openOutbox } from './outbox-fixture.ts'
import { simulatedClock } from './simulated-clock.ts'

export interface FloodResult {
  readonly alarms: number
  /** Alarms that stood in some message. */
  readonly named: number
  readonly messages: number
  /** Most messages in any 60 s. */
  readonly busiestMinute: number
  readonly slowestNamedMs: number
  /** Of P1 alone. */
  readonly slowestUrgentMs: number
  readonly longestTextBytes: number
}

const PRIORITIES = ['P1', 'P2', 'P2', 'P2', 'P3', 'P3', 'P3', 'P3', 'P3', 'P4'] as const
const TICK_MS = 250
const TICKS_OF_ALARMS = 240

/** 1,000 alarms in 60 s, each for two people of one group, on a clock that runs as fast as the machine can. */
export async function simulateFlood(alarms = 1000): Promise<FloodResult> {
  const clock = simulatedClock()
  const robot = fakeChannel()
  const sentAt: number[] = []
  const raisedAt = new Map<string, { at: number; urgent: boolean }>()
  const namedAfterMs = new Map<string, number>()
  let longestTextBytes = 0
  robot.answer((message) => {
    sentAt.push(clock.monotonicMs())
    const text = [message.title, ...message.lines].join('\n')
    longestTextBytes = Math.max(longestTextBytes, Buffer.byteLength(message.lines.join('\n')))
    for (const [, name] of text.matchAll(/(?:^| )(\d+号缴费机) /gm))
      if (!namedAfterMs.has(name!)) namedAfterMs.set(name!, clock.monotonicMs() - raisedAt.get(name!)!.at)
    return { type: 'ok' }
  })
  const fixture = await openOutbox({ robot }, { clock })
  const perTick = Math.ceil(alarms / TICKS_OF_ALARMS)
  // Four simulated minutes: what is not named by then is counted as such.
  for (let tick = 0; tick < 960 && namedAfterMs.size < alarms; tick++) {
    const numbers = Array.from({ length: perTick }, (_, index) => tick * perTick + index).filter((one) => one < alarms)
    const notices = numbers.flatMap((number) => {
      const priority = PRIORITIES[number % PRIORITIES.length]!
      raisedAt.set(`${number}号缴费机`, { at: clock.monotonicMs(), urgent: priority === 'P1' })
      return ['zhang', 'li'].map((to) => sampleNotice(number, { to, priority, createdAt: clock.wallMs() }))
    })
    if (notices.length > 0) await fixture.tell(...notices)
    clock.advance(TICK_MS)
    // The store's worker answers in real time.
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  await fixture.close()
  const slowest = (names: string[]) =>
    Math.max(0, ...names.map((name) => namedAfterMs.get(name) ?? Number.POSITIVE_INFINITY))
  const names = [...raisedAt.keys()]
  return {
    alarms,
    named: namedAfterMs.size,
    messages: sentAt.length,
    busiestMinute: Math.max(...sentAt.map((from) => sentAt.filter((at) => at >= from && at < from + 60_000).length)),
    slowestNamedMs: slowest(names),
    slowestUrgentMs: slowest(names.filter((name) => raisedAt.get(name)!.urgent)),
    longestTextBytes,
  }
}
