import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { digitPairs, meterFrame } from '../../../simulators/dlt645/codec.ts'
import { type AskItem, createModbusEndpoint } from '../modbus/modbus.ts'
import { silentLog } from '../ports/log.ts'
import { systemClock } from '../ports/system-clock.ts'
import { ITEM_HEADER, itemAddress } from '../profiles/item-words.ts'
import { askItem } from './dlt645.ts'

const opened: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close()
})

/** Bytes on the line, so long after the question they belong to. */
interface Said {
  readonly afterMs: number
  readonly bytes: Buffer
}

/** A serial server on whose line each question is followed by what `says` gives, and nothing else. */
async function lineThat(says: (question: Buffer, nth: number) => readonly Said[], ask: AskItem = askItem) {
  const sockets = new Set<Socket>()
  const timers = new Set<NodeJS.Timeout>()
  let questions = 0
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('data', (question) => {
      for (const { afterMs, bytes } of says(question, ++questions))
        timers.add(setTimeout(() => socket.write(bytes), afterMs))
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const link = { type: 'modbus-rtu-over-tcp', host: '127.0.0.1', port, baud: 2400 } as const
  const endpoint = createModbusEndpoint(link, { clock: systemClock, log: silentLog, random: () => 0, askItem: ask })
  opened.push(async () => {
    await endpoint.close()
    for (const timer of timers) clearTimeout(timer)
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return {
    endpoint,
    read: (meter: string, identifier = '02010100', more: { listenOut?: boolean; timeoutMs?: number } = {}) => {
      const { timeoutMs = 600, ...how } = more
      return endpoint.read(
        { meter, table: 'item', address: itemAddress(identifier), count: ITEM_HEADER + 2, ...how },
        timeoutMs,
      )
    },
  }
}

const METER = '000000000161'
const ANYBODY = 'AAAAAAAAAAAA'
const READ = 0x91
const READ_AND_MORE = 0xb1
const voltage = (address: string, control = READ, identifier = '02010100') =>
  meterFrame(address, control, [...digitPairs(identifier), 0x15, 0x23])
const soon = (bytes: Buffer): Said[] => [{ afterMs: 5, bytes }]
const VOLTAGE = { ok: true, meter: METER, words: expect.arrayContaining([0x15, 0x23]) }

test.each([
  ['and says there is more', READ_AND_MORE],
  ['and says that is all', READ],
])(
  'a meter that answers the wildcard from an address no meter can have, %s, costs that question alone',
  async (_, control) => {
    const hostile = voltage('00000000001F', control)
    const { read, endpoint } = await lineThat((_, nth) => soon(nth === 1 ? hostile : voltage(METER)))
    expect(await read(ANYBODY)).toEqual({ ok: false, failure: 'garbled' })
    expect(await read(METER)).toMatchObject(VOLTAGE)
    await endpoint.close()
  },
)

test('a question that fails as none should is not the end of the line', async () => {
  let failed = false
  const { read, endpoint } = await lineThat(
    () => soon(voltage(METER)),
    (...asked) => {
      if (failed) return askItem(...asked)
      failed = true
      return Promise.reject(new RangeError('should be impossible'))
    },
  )
  await expect(read(METER)).rejects.toThrow('should be impossible')
  expect(await read(METER)).toMatchObject(VOLTAGE)
  await endpoint.close()
})

test('an adapter that echoes the question does not shorten the time a meter has', async () => {
  const { read } = await lineThat((question) => [
    { afterMs: 0, bytes: question },
    { afterMs: 300, bytes: voltage(METER) },
  ])
  expect(await read(METER, '02010100', { timeoutMs: 3000 })).toMatchObject(VOLTAGE)
})

test('a late answer to the question before does not shorten the time either, in whatever pieces it comes', async () => {
  const late = voltage(METER, READ, '02010200')
  const { read } = await lineThat((_, nth) =>
    nth === 1
      ? []
      : [
          { afterMs: 10, bytes: late.subarray(0, 14) },
          { afterMs: 30, bytes: late.subarray(14) },
          { afterMs: 330, bytes: voltage(METER) },
        ],
  )
  expect(await read(METER, '02010200', { timeoutMs: 50 })).toEqual({ ok: false, failure: 'timeout' })
  expect(await read(METER, '02010100', { timeoutMs: 3000 })).toMatchObject(VOLTAGE)
})

test('where there is only the echo, nobody answered', async () => {
  const { read } = await lineThat((question) => [{ afterMs: 0, bytes: question }])
  expect(await read(METER, '02010100', { timeoutMs: 100 })).toEqual({ ok: false, failure: 'timeout' })
})

test('a broken answer behind an echo is not waited for any longer than without it', async () => {
  const { read, endpoint } = await lineThat((question) => [
    { afterMs: 0, bytes: question },
    { afterMs: 20, bytes: voltage(METER).subarray(0, -2) },
  ])
  const start = performance.now()
  expect(await read(METER, '02010100', { timeoutMs: 20_000 })).toEqual({ ok: false, failure: 'garbled' })
  expect(performance.now() - start).toBeLessThan(5000)
  expect(endpoint.stats()).toMatchObject({ garbled: 1, timeouts: 0 })
})

test('who asks everybody hears an answer to its end that began in time', async () => {
  const answer = voltage(METER)
  const { read } = await lineThat(() => [
    { afterMs: 20, bytes: answer.subarray(0, 8) },
    { afterMs: 320, bytes: answer.subarray(8) },
  ])
  expect(await read(ANYBODY, '02010100', { listenOut: true, timeoutMs: 200 })).toMatchObject(VOLTAGE)
})

const broken = voltage('000000000162').map((byte) => byte ^ 0x5a) as Buffer

test.each([
  ['alone', [{ afterMs: 20, bytes: voltage(METER) }], true],
  [
    'with a little noise of the line behind it',
    [
      { afterMs: 20, bytes: voltage(METER) },
      { afterMs: 40, bytes: Buffer.from([0, 0xff]) },
    ],
    true,
  ],
  [
    'before a second meter',
    [
      { afterMs: 20, bytes: voltage(METER) },
      { afterMs: 300, bytes: voltage('000000000162') },
    ],
    false,
  ],
  [
    'before two that speak into one another',
    [
      { afterMs: 20, bytes: voltage(METER) },
      { afterMs: 300, bytes: broken },
    ],
    false,
  ],
  [
    'behind two that speak into one another',
    [
      { afterMs: 20, bytes: broken },
      { afterMs: 120, bytes: voltage(METER) },
    ],
    false,
  ],
] as const)(
  'who asks everybody and listens to the end knows whether a meter answered alone: %s',
  async (_, said, alone) => {
    // The echo of the question is nobody's answer.
    const { read } = await lineThat((question) => [{ afterMs: 0, bytes: question }, ...said])
    const answer = await read(ANYBODY, '02010100', { listenOut: true, timeoutMs: 600 })
    expect(answer).toMatchObject(alone ? VOLTAGE : { ok: false, failure: 'garbled' })
  },
)
