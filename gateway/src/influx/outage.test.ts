import { expect, test } from 'vitest'
import type { Log } from '../ports/log.ts'
import { createOutage } from './outage.ts'
import type { WriteFailure, WriteRefusal } from './write-result.ts'

const refusal = (failure: WriteFailure): WriteRefusal => ({
  ok: false,
  failure,
  message: 'as it was said',
  retryAfterMs: 0,
})

function watchedOutage(framesBehind = 0) {
  const said: string[] = []
  let nowMs = 0
  const say = (_: object, message: string) => void said.push(message)
  const log: Log = { debug: say, info: say, warn: say, error: say }
  const clock = { wallMs: () => 0, monotonicMs: () => nowMs, sleep: async () => {} }
  const outage = createOutage({ log, clock, host: 'influx:8086', framesBehind: () => framesBehind })
  const after = (ms: number) => {
    nowMs += ms
  }
  return { outage, said, after }
}

test('an outage of 14 minutes is two lines in the log, however often it was tried', () => {
  const { outage, said, after } = watchedOutage(1234)
  for (let attempt = 0; attempt < 20; attempt++) {
    outage.failed('live', refusal('unreachable'))
    after(42_000)
  }
  outage.succeeded('live')
  outage.succeeded('live')
  expect(said).toEqual([
    'InfluxDB does not answer; readings wait in the spool',
    'InfluxDB is back after 14 min, 1,234 frames behind',
  ])
})

test('a server that comes up through several failures tells each once', () => {
  const { outage, said } = watchedOutage()
  for (const failure of ['unreachable', 'busy', 'unreachable', 'timeout', 'server-error', 'busy'] as const) {
    outage.failed('live', refusal(failure))
  }
  expect(said).toHaveLength(3)
})

test('it is over only when live and backlog both get through', () => {
  const { outage, said, after } = watchedOutage()
  outage.failed('live', refusal('unreachable'))
  outage.failed('backlog', refusal('unreachable'))
  after(3 * 3_600_000)
  outage.succeeded('live')
  expect(outage.lasts()).toBe(true)
  outage.succeeded('backlog')
  expect(outage.lasts()).toBe(false)
  expect(said.at(-1)).toBe('InfluxDB is back after 3.0 h, 0 frames behind')
})

test('the next outage is told anew', () => {
  const { outage, said } = watchedOutage()
  outage.failed('live', refusal('unauthorized'))
  outage.succeeded('live')
  outage.failed('live', refusal('unauthorized'))
  expect(said).toHaveLength(3)
})
