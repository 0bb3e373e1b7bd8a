import { createServer } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { freePorts } from '../../test/servers/server-process.ts'
import { type ForwarderUnderTest, forwarderTo, until } from './forwarder-fixture.ts'
import { createMemorySpool, meterFrame } from './memory-spool.ts'
import {
  accepts,
  answers,
  type Behaviour,
  cutsTheSocket,
  saysNothing,
  startMisbehavingServer,
} from './misbehaving-server.ts'
import type { WriteFailure } from './write-result.ts'

const frame = (value: number) => meterFrame('meter-1', 1_790_000_000_000 + value * 1000, { activePower: value })
const troubles = ({ logged }: ForwarderUnderTest) => logged.filter((entry) => entry.code).map((entry) => entry.code)

/** The server misbehaves, the forwarder waits and says so once; then it behaves, and every frame is there. */
async function waitsAndRecovers(behaviour: Behaviour, failure: WriteFailure, code: string, timeoutMs = 10_000) {
  const server = await startMisbehavingServer()
  server.behave(behaviour)
  const started = await forwarderTo({ url: server.url, timeoutMs })
  const { spool, forwarder } = started
  spool.add(frame(1), frame(2))
  await until(() => forwarder.stats().failures[failure] >= 3)
  expect(forwarder.state()).toBe('backing-off')
  expect(forwarder.stats()).toMatchObject({ sentFrames: 0, lagFrames: 2, backingOff: 1, deadLetters: 0 })
  expect(forwarder.stats().lagSeconds).toBeGreaterThan(1)
  expect(spool.saved().live).toBe(0)
  expect(troubles(started)).toEqual([code])

  server.behave(accepts)
  await until(() => forwarder.stats().sentFrames === 2)
  await until(() => spool.saved().live === 2)
  expect(server.requests.at(-1)?.lines).toHaveLength(2)
  expect(forwarder.state()).toBe('idle')
  expect(started.logged.at(-1)?.message).toMatch(/^InfluxDB is back after \d+ s, 0 frames behind$/)
  expect(started.logged).toHaveLength(2)
}

test('a wrong token is told once, and nothing is lost until it is right', () =>
  waitsAndRecovers(answers(401, '{"code":"unauthorized"}'), 'unauthorized', 'HW_INFLUX_UNAUTHORIZED'))
test('a token that may not write is told as such', () =>
  waitsAndRecovers(answers(403), 'unauthorized', 'HW_INFLUX_UNAUTHORIZED'))
test('a missing database is told once and waited for', () =>
  waitsAndRecovers(answers(404, '{"error":"database not found"}'), 'not-found', 'HW_INFLUX_NOT_FOUND'))
test('an error of the server is waited out', () =>
  waitsAndRecovers(answers(500, 'engine is closed'), 'server-error', 'HW_INFLUX_FAILING'))
test('a bad gateway in front of InfluxDB is waited out', () =>
  waitsAndRecovers(answers(502, '<html>'), 'server-error', 'HW_INFLUX_FAILING'))
test('a server that asks to slow down is waited for', () => waitsAndRecovers(answers(429), 'busy', 'HW_INFLUX_BUSY'))
test('a server that never answers is given up after the time limit', () =>
  waitsAndRecovers(saysNothing, 'timeout', 'HW_INFLUX_UNREACHABLE', 100))
test('a server that dribbles its answer is given up after the time limit', () => {
  const dribbles: Behaviour = (response) => {
    response.writeHead(500)
    const timer = setInterval(() => response.write('.'), 20)
    response.once('close', () => clearInterval(timer))
  }
  return waitsAndRecovers(dribbles, 'timeout', 'HW_INFLUX_UNREACHABLE', 150)
})
test('a socket cut in the middle is not an acknowledgement', () =>
  waitsAndRecovers(cutsTheSocket, 'unreachable', 'HW_INFLUX_UNREACHABLE'))
test('a 200 of a login page is not an acknowledgement', () =>
  waitsAndRecovers(answers(200, '<html>Log in</html>'), 'unexpected', 'HW_INFLUX_REFUSED'))
test('a 201, which the client takes for success, is not an acknowledgement', () =>
  waitsAndRecovers(answers(201), 'unexpected', 'HW_INFLUX_REFUSED'))
test('a redirect is not followed and not an acknowledgement', () =>
  waitsAndRecovers(answers(302, '', { location: '/login' }), 'unexpected', 'HW_INFLUX_REFUSED'))
test('a 400 that names no line keeps every frame', () =>
  waitsAndRecovers(answers(400, '{"code":"invalid","message":"org is required"}'), 'rejected', 'HW_INFLUX_REFUSED'))
test('an answer without end is cut', () => {
  const floods: Behaviour = (response) => {
    response.writeHead(500, { 'content-type': 'application/json' })
    const chunk = Buffer.alloc(256 * 1024, 'a')
    const more = () => {
      while (!response.destroyed && response.write(chunk));
    }
    response.on('drain', more)
    more()
  }
  return waitsAndRecovers(floods, 'unreachable', 'HW_INFLUX_UNREACHABLE')
})

test('an address where nobody listens is told once, and everything goes when somebody does', async () => {
  const [port] = await freePorts(1)
  const { spool, forwarder, logged } = await forwarderTo({ url: `http://user:secret@127.0.0.1:${port}` })
  spool.add(frame(1))
  await until(() => forwarder.stats().failures.unreachable >= 3)
  expect(logged).toHaveLength(1)
  expect(logged[0]).toMatchObject({ code: 'HW_INFLUX_UNREACHABLE', host: `127.0.0.1:${port}` })
  expect(JSON.stringify(logged)).not.toContain('secret')
})

test('a server that accepts connections and is frozen does not hold the gateway’s end', async () => {
  const frozen = createServer(() => {}).listen(0, '127.0.0.1')
  onTestFinished(() => void frozen.close())
  await until(() => frozen.address() !== null)
  const { port } = frozen.address() as { port: number }
  const { spool, forwarder } = await forwarderTo({ url: `http://127.0.0.1:${port}`, timeoutMs: 60_000 })
  spool.add(frame(1))
  await until(() => forwarder.state() === 'sending')
  const before = performance.now()
  await forwarder.close()
  expect(performance.now() - before).toBeLessThan(10_000)
  expect(spool.saved().live).toBe(0)
})

test('Retry-After in seconds is waited for, by live and backlog alike', async () => {
  const server = await startMisbehavingServer()
  server.behave((response, request) => {
    if (server.requests.length === 1) answers(503, '', { 'retry-after': '1' })(response, request)
    else accepts(response, request)
  })
  const spool = createMemorySpool()
  spool.add(...Array.from({ length: 50 }, (_, index) => frame(index)))
  const { forwarder } = await forwarderTo({ url: server.url }, { spool, tuning: { mostLiveLagFrames: 20 } })
  await until(() => server.requests.length === 1)
  spool.add(frame(51))
  await until(() => forwarder.stats().sentFrames === 51)
  expect(server.requests[1]!.atMs - server.requests[0]!.atMs).toBeGreaterThan(950)
})

test('Retry-After as a date is read by the clock of the server', async () => {
  const server = await startMisbehavingServer()
  const [now, later] = ['Sun, 06 Nov 1994 08:49:37 GMT', 'Sun, 06 Nov 1994 08:49:38 GMT']
  server.behave((response, request) => {
    if (server.requests.length === 1) answers(429, '', { 'retry-after': later!, date: now! })(response, request)
    else accepts(response, request)
  })
  const { spool, forwarder } = await forwarderTo({ url: server.url })
  spool.add(frame(1))
  await until(() => forwarder.stats().sentFrames === 1)
  expect(server.requests[1]!.atMs - server.requests[0]!.atMs).toBeGreaterThan(950)
})

test('a body that is too large is halved until it fits, and the size is remembered', async () => {
  const server = await startMisbehavingServer()
  server.behave((response, request) => (request.bytes > 2000 ? answers(413) : accepts)(response, request))
  const { spool, forwarder } = await forwarderTo({ url: server.url })
  spool.add(...Array.from({ length: 100 }, (_, index) => frame(index)))
  await until(() => forwarder.stats().sentFrames === 100)
  const refused = forwarder.stats().failures['too-large']
  expect(refused).toBeGreaterThan(0)
  spool.add(...Array.from({ length: 100 }, (_, index) => frame(100 + index)))
  await until(() => forwarder.stats().sentFrames === 200)
  expect(forwarder.stats().failures['too-large']).toBe(refused)
  expect(forwarder.stats().deadLetters).toBe(0)
})

test('one line that is too large alone is put aside and the others arrive', async () => {
  const server = await startMisbehavingServer()
  server.behave((response, request) => (request.bytes > 2000 ? answers(413) : accepts)(response, request))
  const started = await forwarderTo({ url: server.url })
  const { spool, forwarder } = started
  const large = meterFrame('meter-1', 1_790_000_000_000, { evseState: 'x'.repeat(3000) })
  spool.add(frame(1), large, frame(2))
  await until(() => spool.saved().live === 3)
  expect(spool.rejected).toMatchObject([{ seq: 2, reason: expect.stringContaining('413') }])
  expect(forwarder.stats()).toMatchObject({ sentFrames: 2, deadLetters: 1 })
  expect(troubles(started)).toEqual(['HW_INFLUX_LINE_REJECTED'])
})

test('a batch that times out is sent in smaller parts', async () => {
  const server = await startMisbehavingServer()
  server.behave((response, request) => (request.lines.length > 150 ? saysNothing : accepts)(response, request))
  const { spool, forwarder } = await forwarderTo({ url: server.url, timeoutMs: 200 })
  spool.add(...Array.from({ length: 500 }, (_, index) => frame(index)))
  await until(() => forwarder.stats().sentFrames === 500)
})

test('a kept connection that turns out dead costs one more request, no failure', async () => {
  const server = await startMisbehavingServer()
  const used = new WeakSet<object>()
  server.behave((response, request) => {
    const socket = response.socket!
    const again = used.has(socket)
    used.add(socket)
    ;(again ? cutsTheSocket : accepts)(response, request)
  })
  const { spool, forwarder, logged } = await forwarderTo({ url: server.url }, { tuning: { liveLingerMs: 0 } })
  for (let value = 1; value <= 10; value++) {
    spool.add(frame(value))
    await until(() => forwarder.stats().sentFrames === value)
  }
  expect(forwarder.stats().failures.unreachable).toBe(0)
  expect(server.requests.length).toBeGreaterThan(10)
  expect(logged).toEqual([])
})
