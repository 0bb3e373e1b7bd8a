import { once } from 'node:events'
import { createRequire } from 'node:module'
import { type AddressInfo, createServer } from 'node:net'
import { expect, test, vi } from 'vitest'
import { silentLog } from '../ports/log.ts'
import { systemClock } from '../ports/system-clock.ts'
import { createModbusEndpoint, type EndpointDeps, type ReadRequest } from './modbus.ts'
import { addressesAsWords, type Behaviour, fakeDevice } from './testing/fake-device.ts'

const request: ReadRequest = { unitId: 1, table: 'holding', address: 10, count: 2 }

async function hall(behave: Behaviour, deps: Partial<EndpointDeps> = {}) {
  const device = await fakeDevice(behave)
  const link = { type: 'modbus-tcp', host: device.host, port: device.port } as const
  const endpoint = createModbusEndpoint(link, { clock: systemClock, log: silentLog, random: () => 0, ...deps })
  const close = async () => {
    await endpoint.close()
    await device.close()
  }
  return { device, endpoint, [Symbol.asyncDispose]: close }
}

/** Behaves as told for the first request and well from the second on. */
const firstThen = (first: Behaviour): Behaviour => {
  let requests = 0
  return (seen) => (requests++ === 0 ? first(seen) : addressesAsWords(seen))
}

const good = { ok: true, words: [10, 11] }

test('holding registers come as raw words in wire order', async () => {
  await using h = await hall(addressesAsWords)
  expect(await h.endpoint.read(request, 1000)).toMatchObject(good)
  expect(h.device.seen[0]).toMatchObject({ unitId: 1, functionCode: 3, address: 10, count: 2 })
})

test.each([
  ['coil', 1, 10],
  ['discrete', 2, 10],
  ['holding', 3, 3],
  ['input', 4, 3],
] as const)('table %s is read with function code %i', async (table, functionCode, count) => {
  await using h = await hall(() => ({ words: Array.from({ length: count }, (_, i) => i % 2) }))
  const result = await h.endpoint.read({ ...request, table, count }, 1000)
  expect(result).toMatchObject({ ok: true, words: Array.from({ length: count }, (_, i) => i % 2) })
  expect(h.device.seen[0]!.functionCode).toBe(functionCode)
})

test('an exception is a value with its code, and the connection stays', async () => {
  await using h = await hall(firstThen(() => ({ exception: 2 })))
  expect(await h.endpoint.read(request, 1000)).toEqual({ ok: false, failure: 'exception', exceptionCode: 2 })
  expect(await h.endpoint.read(request, 1000)).toMatchObject(good)
  expect(h.device.connections()).toBe(1)
})

test('a silent device ends at the deadline and the connection stays for its neighbours', async () => {
  await using h = await hall(({ unitId, ...rest }) =>
    unitId === 9 ? undefined : addressesAsWords({ unitId, ...rest }),
  )
  expect(await h.endpoint.read({ ...request, unitId: 9 }, 60)).toEqual({ ok: false, failure: 'timeout' })
  expect(await h.endpoint.read(request, 1000)).toMatchObject(good)
  expect(h.device.connections()).toBe(1)
})

test('a late answer is never the answer to the next request', async () => {
  await using h = await hall(firstThen(() => ({ words: [77, 77], afterMs: 120 })))
  expect(await h.endpoint.read(request, 60)).toEqual({ ok: false, failure: 'timeout' })
  h.device.behave = (seen) => ({ ...addressesAsWords(seen), afterMs: 150 })
  expect(await h.endpoint.read(request, 2000)).toMatchObject(good)
  expect(h.device.connections()).toBe(1)
})

test('three timeouts in a row renew the connection', async () => {
  await using h = await hall(() => undefined)
  for (let i = 0; i < 3; i++) await h.endpoint.read(request, 30)
  h.device.behave = addressesAsWords
  expect(await h.endpoint.read(request, 1000)).toMatchObject(good)
  expect(h.device.connections()).toBe(2)
})

test('a server that closes in the middle of a request ends it at once, and the next request reconnects', async () => {
  await using h = await hall(firstThen(() => ({ close: true })))
  const start = performance.now()
  expect(await h.endpoint.read(request, 10_000)).toEqual({ ok: false, failure: 'connection-lost' })
  expect(performance.now() - start).toBeLessThan(5000)
  expect(await h.endpoint.read(request, 1000)).toMatchObject(good)
})

const spoilt: [string, Behaviour][] = [
  ['answers for another unit id', () => ({ words: [1, 2], spoil: (f) => with8(f, 6, 2) })],
  ['answers with another function code', () => ({ words: [1, 2], spoil: (f) => with8(f, 7, 4) })],
  ['answers with a transaction id nobody used', () => ({ words: [1, 2], spoil: (f) => with8(f, 0, 0x99) })],
  ['answers with too few registers', () => ({ words: [1] })],
  ['answers with too many registers', () => ({ words: [1, 2, 3] })],
  ['counts its bytes wrong', () => ({ words: [1, 2], spoil: (f) => with8(f, 8, 2) })],
  ['sends a header length of 65535', () => ({ words: [1, 2], spoil: (f) => with16(f, 4, 65_535) })],
  ['sends a header length of 0', () => ({ words: [1, 2], spoil: (f) => with16(f, 4, 0) })],
  ['speaks another protocol', () => ({ raw: Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n') })],
]
const with8 = (frame: Buffer, at: number, value: number) => {
  frame[at] = value
  return frame
}
const with16 = (frame: Buffer, at: number, value: number) => {
  frame.writeUInt16BE(value, at)
  return frame
}

test.each(spoilt)(
  'a device that %s gives no value but "garbled", on a connection that is then renewed',
  async (_, first) => {
    await using h = await hall(firstThen(first))
    expect(await h.endpoint.read(request, 5000)).toEqual({ ok: false, failure: 'garbled' })
    expect(await h.endpoint.read(request, 1000)).toMatchObject(good)
    expect(h.device.connections()).toBe(2)
  },
)

test('half a frame and then silence is garbled, not a value and not a plain timeout', async () => {
  await using h = await hall(firstThen(() => ({ words: [1, 2], spoil: (frame) => frame.subarray(0, 9) })))
  expect(await h.endpoint.read(request, 80)).toEqual({ ok: false, failure: 'garbled' })
  expect(await h.endpoint.read(request, 1000)).toMatchObject(good)
})

test('an answer in single bytes is put together', async () => {
  await using h = await hall((seen) => ({ ...addressesAsWords(seen), bytewise: true }))
  expect(await h.endpoint.read(request, 5000)).toMatchObject(good)
})

test('closing settles the request under way and everything behind it', async () => {
  await using h = await hall(() => undefined)
  const reads = [h.endpoint.read(request, 60_000), h.endpoint.read(request, 60_000)]
  await vi.waitUntil(() => h.device.seen.length === 1)
  await h.endpoint.close()
  expect(await Promise.all(reads)).toEqual([
    { ok: false, failure: 'connection-lost' },
    { ok: false, failure: 'connection-lost' },
  ])
  expect(await h.endpoint.read(request, 1000)).toEqual({ ok: false, failure: 'connection-lost' })
})

test('a refused connection is told at once and once in the log; when the server is there again it says so', async () => {
  const lines: string[] = []
  const log = {
    ...silentLog,
    warn: (f: object) => lines.push(`${(f as { code: string }).code}`),
    info: () => lines.push('up'),
  }
  await using h = await hall(addressesAsWords, { log })
  await h.device.close()
  const up = Promise.withResolvers<void>()
  h.endpoint.onConnection((isUp) => isUp && up.resolve())
  expect((await h.endpoint.read(request, 300)).ok).toBe(false)
  expect((await h.endpoint.read(request, 300)).ok).toBe(false)
  await h.device.reopen()
  await up.promise
  expect(await h.endpoint.read(request, 1000)).toMatchObject(good)
  expect(lines).toEqual(['HW_LINK_DOWN', 'up'])
})

const patiently = { timeout: 10_000, interval: 10 }
const asLines = (lines: string[]) => ({
  ...silentLog,
  warn: (fields: object, message: string) => lines.push(`${(fields as { code: string }).code} ${message}`),
  info: (_: object, message: string) => lines.push(message),
})

test('a server that cuts every connection at the first request is told once, and once more when it answers', async () => {
  const lines: string[] = []
  await using h = await hall(() => ({ close: true }), { log: asLines(lines) })
  const read = async () => (await h.endpoint.read(request, 1000)).ok
  expect([await read(), lines.length]).toEqual([false, 0])
  await vi.waitUntil(async () => !(await read()) && h.device.connections() >= 5, patiently)
  expect(lines).toEqual([expect.stringMatching(/^HW_LINK_DOWN .* connects, and is closed at once: is the type/)])
  h.device.behave = addressesAsWords
  await vi.waitUntil(read, patiently)
  expect(lines.slice(1)).toEqual([expect.stringContaining('is connected again')])
})

test.each(['modbus-tcp', 'modbus-rtu-over-tcp'] as const)(
  'a %s server that has its one client already, and so closes what connects, is told',
  async (type) => {
    const lines: string[] = []
    const taken = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const { port } = taken.address() as AddressInfo
    const link = { type, host: '127.0.0.1', port, baud: 9600 } as const
    const endpoint = createModbusEndpoint(link, { clock: systemClock, log: asLines(lines), random: () => 0 })
    await vi.waitUntil(async () => !(await endpoint.read(request, 1000)).ok && lines.length > 0, patiently)
    await endpoint.close()
    taken.close()
    expect(lines).toEqual([expect.stringContaining('somebody else connected?')])
  },
)

test('an address that swallows packets does not hold a request longer than its deadline', async () => {
  // 192.0.2.0/24 is kept for documentation (RFC 5737): nobody answers there.
  const link = { type: 'modbus-tcp', host: '192.0.2.1', port: 502 } as const
  const endpoint = createModbusEndpoint(link, { clock: systemClock, log: silentLog })
  const start = performance.now()
  expect((await endpoint.read(request, 100)).ok).toBe(false)
  expect(performance.now() - start).toBeLessThan(3000)
  await endpoint.close()
})

test('one request at a time, with the gap a device needs between them', async () => {
  await using h = await hall((seen) => ({ ...addressesAsWords(seen), afterMs: 20 }))
  h.endpoint.setTiming({ gapMs: 40, connectDelayMs: 0 })
  await Promise.all([1, 2, 3].map((unitId) => h.endpoint.read({ ...request, unitId }, 2000)))
  const [first, second, third] = h.device.seen.map(({ at }) => at)
  expect(h.device.seen.map(({ unitId }) => unitId)).toEqual([1, 2, 3])
  expect(second! - first!).toBeGreaterThan(55)
  expect(third! - second!).toBeGreaterThan(55)
})

test('a device that needs a second after connecting is not asked before', async () => {
  await using h = await hall(addressesAsWords)
  h.endpoint.setTiming({ gapMs: 0, connectDelayMs: 200 })
  const start = performance.now()
  expect(await h.endpoint.read(request, 100)).toMatchObject(good)
  expect(h.device.seen[0]!.at - start).toBeGreaterThan(190)
})

test('one register is written with function code 6, several with 16, a coil with 5', async () => {
  await using h = await hall(() => ({ words: [] }))
  expect(await h.endpoint.writeRegisters({ unitId: 3, address: 7, values: [500] }, 1000)).toMatchObject({ ok: true })
  expect(await h.endpoint.writeRegisters({ unitId: 3, address: 7, values: [1, 0xffff] }, 1000)).toMatchObject({
    ok: true,
  })
  expect(await h.endpoint.writeCoil({ unitId: 3, address: 8, on: true }, 1000)).toMatchObject({ ok: true })
  expect(h.device.seen.map(({ functionCode, count }) => [functionCode, count])).toEqual([
    [6, 500],
    [16, 2],
    [5, 0xff00],
  ])
  expect(h.device.seen[1]!.frame.subarray(-5).toString('hex')).toBe('040001ffff')
})

test('an independent server is read and written', async () => {
  const { ServerTCP } = createRequire(import.meta.url)('modbus-serial') as typeof import('modbus-serial')
  const written: number[][] = []
  const server = new ServerTCP(
    {
      getInputRegister: (address: number) => address * 2,
      getCoil: (address: number) => address === 5,
      setRegister: (address: number, value: number) => void written.push([address, value]),
    },
    { host: '127.0.0.1', port: 0, unitID: 1 },
  )
  await new Promise<void>((resolve) => server.on('initialized', () => resolve()))
  const { port } = (server as unknown as { _server: { address(): { port: number } } })._server.address()
  const endpoint = createModbusEndpoint(
    { type: 'modbus-tcp', host: '127.0.0.1', port },
    { clock: systemClock, log: silentLog },
  )
  expect(await endpoint.read({ unitId: 1, table: 'input', address: 100, count: 3 }, 2000)).toMatchObject({
    words: [200, 202, 204],
  })
  expect(await endpoint.read({ unitId: 1, table: 'coil', address: 4, count: 3 }, 2000)).toMatchObject({
    words: [0, 1, 0],
  })
  expect(await endpoint.writeRegisters({ unitId: 1, address: 4, values: [7, 8] }, 2000)).toMatchObject({ ok: true })
  expect(written).toEqual([
    [4, 7],
    [5, 8],
  ])
  await endpoint.close()
  await new Promise((resolve) => server.close(() => resolve(undefined)))
})
