import { expect, test } from 'vitest'
import { forwarderTo, until } from './forwarder-fixture.ts'
import { createMemorySpool, meterFrame } from './memory-spool.ts'
import { accepts, answers, type MisbehavingServer, saysNothing, startMisbehavingServer } from './misbehaving-server.ts'

const frame = (value: number) => meterFrame('meter-1', 1_790_000_000_000 + value * 1000, { activePower: value })
const frames = (from: number, count: number) => Array.from({ length: count }, (_, index) => frame(from + index))
const tuning = { mostLiveLagFrames: 100, liveBatchFrames: 50, liveLingerMs: 1 }
const sentValue = (line: string) => Number(/active_power_w=(\d+)/.exec(line)?.[1])
const accepted = (server: MisbehavingServer) => server.requests.flatMap((request) => request.lines.map(sentValue))

test('live values flow at once while the backlog of an outage is still on its way', async () => {
  const server = await startMisbehavingServer()
  const spool = createMemorySpool()
  spool.add(...frames(1, 1000))
  let releaseBacklog = () => {}
  server.behave((response, request) => {
    if (sentValue(request.lines[0]!) > 1000) return accepts(response, request)
    releaseBacklog = () => accepts(response, request)
  })
  const { forwarder } = await forwarderTo({ url: server.url, batchLines: 300 }, { spool, tuning })
  await until(() => server.requests.length === 1)
  spool.add(...frames(1001, 10))
  await until(() => forwarder.stats().sentFrames === 10)
  expect(spool.saved()).toEqual({ live: 1010, gaps: [{ from: 1, to: 1000 }] })
  expect(forwarder.stats()).toMatchObject({ lagFrames: 1000, backlogFrames: 1000, gaps: 1 })
  server.behave(accepts)
  releaseBacklog()
  await until(() => forwarder.stats().lagFrames === 0)
  expect(accepted(server).filter((value) => value <= 1000)).toEqual(frames(1, 1000).map((_, index) => index + 1))
  expect(server.requests.filter((request) => request.lines.length === 300)).toHaveLength(3)
})

test('a second outage while the first drains adds its own gap, and both are drained', async () => {
  const server = await startMisbehavingServer()
  const spool = createMemorySpool()
  spool.add(...frames(1, 500))
  server.behave((response, request) => (sentValue(request.lines[0]!) > 500 ? accepts : saysNothing)(response, request))
  const { forwarder } = await forwarderTo({ url: server.url, timeoutMs: 100 }, { spool, tuning })
  await until(() => server.requests.length >= 1)
  spool.add(...frames(501, 20))
  await until(() => forwarder.stats().sentFrames === 20)
  server.behave(answers(503))
  spool.add(...frames(521, 30))
  await until(() => forwarder.stats().failures.busy >= 1)
  spool.add(...frames(551, 200))
  await until(() => spool.saved().gaps.length === 2)
  expect(spool.saved().gaps).toMatchObject([{ from: 1, to: 500 }, { from: 521 }])
  server.behave(accepts)
  await until(() => forwarder.stats().lagFrames === 0)
  expect(new Set(accepted(server)).size).toBe(750)
  await until(() => spool.saved().live === 750)
  expect(spool.saved().gaps).toEqual([])
})

test('an outage ends with its backlog even when no new frame comes', async () => {
  const server = await startMisbehavingServer()
  server.behave(answers(500))
  const { spool, forwarder, logged } = await forwarderTo({ url: server.url }, { tuning })
  spool.add(...frames(1, 10))
  await until(() => forwarder.stats().failures['server-error'] >= 1)
  spool.add(...frames(11, 200))
  await until(() => forwarder.stats().gaps === 1)
  server.behave(accepts)
  await until(() => forwarder.stats().lagFrames === 0 && forwarder.state() === 'idle')
  expect(logged.map((entry) => entry.level)).toEqual(['warn', 'info'])
  expect(logged[1]!.message).toMatch(/^InfluxDB is back after \d+ s, \d+ frames behind$/)
})

test('after a restart the forwarder goes on where its cursor stood', async () => {
  const server = await startMisbehavingServer()
  const spool = createMemorySpool({ live: 120, gaps: [{ from: 11, to: 20 }] })
  spool.add(...frames(1, 130))
  const { forwarder } = await forwarderTo({ url: server.url }, { spool })
  await until(() => forwarder.stats().lagFrames === 0)
  const expected = [...frames(11, 10), ...frames(121, 10)].map(({ frame }) => frame.values.activePower)
  expect(accepted(server).sort((a, b) => a - b)).toEqual(expected)
})

test('frames that were evicted meanwhile are passed over', async () => {
  const server = await startMisbehavingServer()
  const spool = createMemorySpool({ live: 100, gaps: [{ from: 1, to: 100 }] })
  spool.add(...frames(1, 150))
  spool.evictUpTo(120)
  const { forwarder } = await forwarderTo({ url: server.url }, { spool })
  await until(() => forwarder.stats().lagFrames === 0)
  expect(accepted(server)).toEqual(frames(121, 30).map(({ frame }) => frame.values.activePower))
})

test('frames without a good value move the cursor and send nothing', async () => {
  const server = await startMisbehavingServer()
  const { spool, forwarder } = await forwarderTo({ url: server.url })
  spool.add(meterFrame('meter-1', 1_790_000_000_000, {}))
  await until(() => forwarder.stats().lagFrames === 0)
  expect(server.requests).toEqual([])
})

test('a cursor that cannot be saved is told once and does not stop the forwarding', async () => {
  const server = await startMisbehavingServer()
  const spool = createMemorySpool()
  const failing = {
    ...spool,
    forwarding: { load: spool.forwarding.load, save: () => Promise.reject(new Error('disk I/O error')) },
  }
  const { forwarder, logged } = await forwarderTo({ url: server.url }, { spool: failing })
  spool.add(frame(1))
  await until(() => forwarder.stats().sentFrames === 1)
  spool.add(frame(2))
  await until(() => forwarder.stats().cursorSaveFailures === 2)
  expect(logged).toMatchObject([{ code: 'HW_STORE_IO' }])
})

test('a spool that cannot be read is told once and tried again', async () => {
  const server = await startMisbehavingServer()
  const spool = createMemorySpool()
  let broken = true
  const failing: typeof spool = {
    ...spool,
    read: (...range) => (broken ? Promise.reject(new Error('disk I/O error')) : spool.read(...range)),
  }
  const { forwarder, logged } = await forwarderTo({ url: server.url }, { spool: failing })
  spool.add(frame(1))
  await until(() => logged.length > 0)
  broken = false
  await until(() => forwarder.stats().sentFrames === 1)
  expect(logged).toMatchObject([{ level: 'error', code: 'HW_STORE_IO' }])
})
