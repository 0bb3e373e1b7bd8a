import { once } from 'node:events'
import fc from 'fast-check'
import { afterEach, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { createOcppReader } from '../profiles/ocpp-mapping.ts'
import { OCPP_INBOUND, type OcppAction, readOcpp } from '../profiles/ocpp-messages.ts'
import { type CentralSystem, connectorOf, startCentralSystem } from './testing/central-system.ts'

let hall: CentralSystem
afterEach(() => hall?.close())

const actions = Object.keys(OCPP_INBOUND) as OcppAction[]
const words = fc.constantFrom(
  ...['connectorId', 'status', 'errorCode', 'timestamp', 'meterValue', 'sampledValue', 'value', 'measurand', 'unit'],
  ...[
    'phase',
    'location',
    'meterStart',
    'meterStop',
    'transactionId',
    'idTag',
    'transactionData',
    'reason',
    '__proto__',
  ],
)
const scalars = fc.oneof(
  fc.constantFrom('NoError', 'Faulted', 'Charging', 'Power.Active.Import', 'kW', 'L1', '1e999', '-0', 'NaN', '230.1'),
  fc.integer({ min: -2, max: 3 }),
  fc.double(),
  fc.string(),
  fc.constant(null),
  fc.boolean(),
)
const payloads = fc.letrec((tie) => ({
  any: fc.oneof({ maxDepth: 4 }, scalars, fc.array(tie('any'), { maxLength: 4 }), tie('object')),
  object: fc.dictionary(words, tie('any'), { maxKeys: 7 }),
}))

/** A MeterValues that is nearly right. */
const nearly = fc.record({
  connectorId: fc.constantFrom<unknown>(1, '1', 1.0, -1, null),
  meterValue: fc.array(
    fc.record({
      timestamp: scalars,
      sampledValue: fc.array(fc.dictionary(words, scalars, { maxKeys: 6 }), { maxLength: 4 }),
    }),
    { maxLength: 3 },
  ),
})

test('whatever a message holds, reading it never throws, and a value is a finite number within its limits', () => {
  const profile = connectorOf('CP-01').profile.ocpp!
  const limits = new Map(profile.meterValues.map(({ quantity, min, max }) => [quantity, { min, max }]))
  fc.assert(
    fc.property(fc.constantFrom(...actions), fc.oneof(payloads.any, nearly), (action, payload) => {
      const reader = createOcppReader(profile, 1)
      const message = readOcpp(action, payload)
      for (const { at, values } of message ? reader.read(message, 1_767_225_600_000) : []) {
        expect(Number.isFinite(at)).toBe(true)
        for (const [quantity, value] of Object.entries(values)) {
          if (typeof value !== 'number') continue
          const { min = -Infinity, max = Infinity } = limits.get(quantity) ?? {}
          expect(Number.isFinite(value) && value >= min && value <= max).toBe(true)
        }
      }
      reader.readLimit(payload, 1_767_225_600_000)
    }),
    { numRuns: 2000 },
  )
})

test('whatever comes over the socket, the next heartbeat of the next charger is answered', {
  timeout: 60_000,
}, async () => {
  hall = await startCentralSystem({ devices: [connectorOf('CP-01'), connectorOf('CP-02')] })
  const connect = async (id: string) => {
    const socket = new WebSocket(`${hall.url}${id}`, 'ocpp1.6')
    socket.on('error', () => {})
    await once(socket, 'open')
    return socket
  }
  const well = await connect('CP-02')
  let n = 0
  const heartbeat = async () => {
    const id = `h${++n}`
    well.send(JSON.stringify([2, id, 'Heartbeat', {}]))
    for (;;) {
      const [data] = (await once(well, 'message')) as [Buffer]
      if (JSON.parse(String(data))[1] === id) return
    }
  }
  const texts = fc.oneof(
    fc
      .tuple(fc.constantFrom(2, 3, 4, 5), fc.string(), fc.oneof(fc.constantFrom(...actions), fc.string()), payloads.any)
      .map((message) => JSON.stringify(message)),
    fc.jsonValue().map((value) => JSON.stringify(value)),
    fc.string(),
    fc.string().map((text) => `[2,"x","MeterValues",${text}`),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(texts, { minLength: 1, maxLength: 8 }), fc.boolean(), async (said, cut) => {
      const bad = await connect('CP-01')
      for (const text of said) bad.send(text)
      if (cut) bad.terminate()
      await heartbeat()
      bad.terminate()
    }),
    { numRuns: 60 },
  )
  await expect.poll(() => hall.ocpp.stats().connected).toBe(1)
  expect(hall.lines.filter(({ level }) => level === 'error')).toEqual([])
})

test('a message beyond any size ends the connection and nothing else', async () => {
  hall = await startCentralSystem()
  const socket = new WebSocket(`${hall.url}CP-01`, 'ocpp1.6')
  await once(socket, 'open')
  socket.send(JSON.stringify([2, '1', 'DataTransfer', { vendorId: 'x', data: 'x'.repeat(2 * 1024 * 1024) }]))
  const [code] = (await once(socket, 'close')) as [number]
  expect(code).toBe(1009)
  const again = new WebSocket(`${hall.url}CP-01`, 'ocpp1.6')
  await once(again, 'open')
})

test('a charger that sends without waiting for answers is sent away', async () => {
  let release = () => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  hall = await startCentralSystem({ onFrame: () => held })
  const socket = new WebSocket(`${hall.url}CP-01`, 'ocpp1.6')
  await once(socket, 'open')
  const closed = once(socket, 'close')
  for (let n = 0; n < 40; n++) {
    const meterValue = [{ timestamp: new Date(Date.now() - n * 1000).toISOString(), sampledValue: [{ value: `${n}` }] }]
    socket.send(JSON.stringify([2, `${n}`, 'MeterValues', { connectorId: 1, meterValue }]))
  }
  await closed
  release()
})
