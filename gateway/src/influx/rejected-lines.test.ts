import { afterAll, beforeAll, expect, test } from 'vitest'
import { type InfluxdbServer, startInfluxdb } from '../../test/servers/influxdb.ts'
import type { Value } from '../domain/frame.ts'
import { deliver, type QueuedLine } from './deliver.ts'
import { forwarderTo, until } from './forwarder-fixture.ts'
import { meterFrame } from './memory-spool.ts'

let influxdb: InfluxdbServer
beforeAll(async () => {
  influxdb = await startInfluxdb({ maxBodyBytes: 20_000 })
})
afterAll(() => influxdb?.close())

const START = Date.UTC(2026, 10, 20)
const frame = (index: number, power: Value, at = START + index * 1000) =>
  meterFrame('meter-1', at, { activePower: power })

test('a value of another type than before is put aside with InfluxDB’s reason, and all others arrive', async () => {
  await influxdb.createDatabase('types')
  const { spool, forwarder, logged } = await forwarderTo({ url: influxdb.url, api: 'v1', bucket: 'types' })
  spool.add(frame(0, 1))
  await until(() => forwarder.stats().sentFrames === 1)
  const bad = new Set([17, 18, 150])
  spool.add(...Array.from({ length: 200 }, (_, index) => frame(index + 1, bad.has(index) ? 'text' : index)))
  await until(() => spool.saved().live === 201)
  expect(await influxdb.query('SELECT count(active_power_w) FROM meter', 'types')).toMatchObject([{ count: 198 }])
  expect(spool.rejected.map((line) => line.seq)).toEqual([19, 20, 152])
  expect(spool.rejected[0]).toMatchObject({
    line: expect.stringContaining('active_power_w="text"'),
    reason: expect.stringMatching(/^400 partial write: field type conflict/),
  })
  expect(forwarder.stats()).toMatchObject({ sentFrames: 198, deadLetters: 3, backingOff: 0, lagFrames: 0 })
  expect(logged).toMatchObject([{ code: 'HW_INFLUX_LINE_REJECTED' }])
})

test('a stamp InfluxDB cannot hold is put aside, and all others arrive', async () => {
  await influxdb.createDatabase('stamps')
  const { spool, forwarder } = await forwarderTo({ url: influxdb.url, api: 'v1', bucket: 'stamps' })
  spool.add(frame(0, 1), frame(1, 2, 9e18), frame(2, 3))
  await until(() => spool.saved().live === 3)
  expect(await influxdb.query('SELECT active_power_w FROM meter', 'stamps')).toMatchObject([
    { active_power_w: 1 },
    { active_power_w: 3 },
  ])
  expect(spool.rejected).toMatchObject([{ seq: 2 }])
  expect(forwarder.stats().deadLetters).toBe(1)
})

test('frames older than the retention time are put aside in one step, not one request each', async () => {
  await influxdb.query('CREATE DATABASE "short" WITH DURATION 1h')
  const { spool, forwarder } = await forwarderTo({ url: influxdb.url, api: 'v1', bucket: 'short' })
  const old = Date.now() - 90 * 86_400_000
  spool.add(...Array.from({ length: 100 }, (_, index) => frame(index, index, old + index)))
  await until(() => spool.saved().live === 100)
  expect(spool.rejected).toHaveLength(100)
  expect(spool.rejected[0]!.reason).toContain('beyond retention policy')
  expect(forwarder.stats().failures.rejected).toBe(1)
})

test('InfluxDB’s own limit of a request is kept by halving', async () => {
  await influxdb.createDatabase('large')
  const { spool, forwarder } = await forwarderTo({ url: influxdb.url, api: 'v1', bucket: 'large', gzip: false })
  spool.add(...Array.from({ length: 900 }, (_, index) => frame(index, index)))
  await until(() => forwarder.stats().sentFrames === 900)
  expect(forwarder.stats().failures['too-large']).toBeGreaterThan(0)
  expect(await influxdb.query('SELECT count(active_power_w) FROM meter', 'large')).toMatchObject([{ count: 900 }])
})

test('a database made while frames wait is found', async () => {
  const { spool, forwarder, logged } = await forwarderTo({ url: influxdb.url, api: 'v1', bucket: 'later' })
  spool.add(frame(0, 1))
  await until(() => logged.some((entry) => entry.code === 'HW_INFLUX_NOT_FOUND'))
  await influxdb.createDatabase('later')
  await until(() => forwarder.stats().sentFrames === 1)
})

const queued = (count: number): QueuedLine[] =>
  Array.from({ length: count }, (_, seq) => ({ seq, line: `line-${seq}`, bytes: 8, points: 1 }))
const refuse = (message: string) => ({ ok: false, failure: 'rejected', status: 400, message, retryAfterMs: 0 }) as const

test('one bad line among thousands is found in a handful of requests', async () => {
  let requests = 0
  const delivery = await deliver(queued(4096), { bytes: Number.POSITIVE_INFINITY }, async (lines) => {
    requests++
    return lines.includes('line-1234') ? refuse("unable to parse 'line-1234': missing fields") : { ok: true }
  })
  expect(delivery).toMatchObject({ ok: true, rejected: [{ seq: 1234 }] })
  expect(requests).toBeLessThanOrEqual(2 * Math.log2(4096) + 1)
})

test('a 400 that blames no line puts nothing aside and gives up after a few requests', async () => {
  let requests = 0
  const delivery = await deliver(queued(4096), { bytes: Number.POSITIVE_INFINITY }, async () => {
    requests++
    return refuse('org is required')
  })
  expect(delivery).toMatchObject({ ok: false, refusal: { message: 'org is required' } })
  expect(requests).toBeLessThan(40)
})

test('a 400 that blames no line but takes the others is about those lines', async () => {
  const delivery = await deliver(queued(16), { bytes: Number.POSITIVE_INFINITY }, async (lines) =>
    lines.includes('line-3') ? refuse('no') : { ok: true },
  )
  expect(delivery).toMatchObject({ ok: true, rejected: [{ seq: 3, reason: 'no' }] })
})
