import fc from 'fast-check'
import { afterEach, expect, test } from 'vitest'
import { singlePhaseItems, threePhaseItems } from '../../../simulators/dlt645/items.ts'
import type { Dlt645Meter } from '../../../simulators/dlt645/meter.ts'
import { createMeter } from '../../../simulators/physics/electric.ts'
import { type SerialLine, type SerialLineOptions, startSerialLine } from '../../../simulators/serial-line.ts'
import type { Trouble } from '../../../simulators/trouble.ts'
import { createModbusEndpoint, type ModbusEndpoint } from '../modbus/modbus.ts'
import { silentLog } from '../ports/log.ts'
import { systemClock } from '../ports/system-clock.ts'
import { ITEM_HEADER, itemAddress } from '../profiles/item-words.ts'
import { askItem, type ByteLine } from './dlt645.ts'
import { dataIdentifierBytes, requestBytes } from './frame.ts'

const FAST = { baud: 115_200, bits: 11, units: new Map(), turnaroundMs: () => 5 } as const
const opened: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close()
})

function meterOf(address: string, more: Partial<Dlt645Meter> & { trouble?: Trouble } = {}): Dlt645Meter {
  const { state } = createMeter(220.57)
  state.u = [231.5, 230.7, 229.9]
  const source = { state, address, clockMs: Date.now }
  return { device: address, address, items: threePhaseItems(source), trouble: {}, ...more }
}

async function lineOf(meters: readonly Dlt645Meter[], options: Partial<SerialLineOptions> = {}) {
  const line = await startSerialLine({ ...FAST, meters, ...options })
  const link = { type: 'modbus-rtu-over-tcp', host: '127.0.0.1', port: line.port, baud: 115_200 } as const
  const endpoint = createModbusEndpoint(link, { clock: systemClock, log: silentLog, random: () => 0, askItem })
  endpoint.setTiming({ gapMs: 20, connectDelayMs: 0 })
  opened.push(
    () => endpoint.close(),
    () => line.close(),
  )
  return { line, endpoint } satisfies { line: SerialLine; endpoint: ModbusEndpoint }
}

const read = (endpoint: ModbusEndpoint, meter: string, identifier: string, bytes: number, timeoutMs = 400) =>
  endpoint.read({ meter, table: 'item', address: itemAddress(identifier), count: ITEM_HEADER + bytes }, timeoutMs)

/** The bytes of an answer; fails when there is none. */
async function bytesOf(...asked: Parameters<typeof read>): Promise<number[]> {
  const result = await read(...asked)
  if (!result.ok) throw new Error(`no answer: ${result.failure}`)
  return result.words.slice(ITEM_HEADER, ITEM_HEADER + (result.words[0] ?? 0))
}

const VOLTAGE = [0x15, 0x23]

test('several meters on one line answer for themselves alone', async () => {
  const other = meterOf('000000000162')
  const { endpoint } = await lineOf([meterOf('000000000161'), { ...other, items: { '02010100': () => [0x10, 0x22] } }])
  expect(await bytesOf(endpoint, '000000000161', '02010100', 2)).toEqual(VOLTAGE)
  expect(await bytesOf(endpoint, '000000000162', '02010100', 2)).toEqual([0x10, 0x22])
  expect(await read(endpoint, '000000000163', '02010100', 2, 60)).toEqual({ ok: false, failure: 'timeout' })
})

test('a block gives all phases at once, and says when it came', async () => {
  const { endpoint } = await lineOf([meterOf('000000000161')])
  const result = await read(endpoint, '000000000161', '0201FF00', 6)
  if (!result.ok) throw new Error(result.failure)
  expect(result.words.slice(ITEM_HEADER)).toEqual([0x15, 0x23, 0x07, 0x23, 0x99, 0x22])
  expect(result.words[1]! * 86_400 + result.words[2]!).toBeCloseTo(Date.now() / 1000, -1)
})

test('the only meter of a line answers to the wildcard, and tells its address', async () => {
  const { endpoint } = await lineOf([meterOf('000000000161')])
  const lone = await read(endpoint, 'AAAAAAAAAAAA', '02010100', 2, 5000)
  expect(lone).toMatchObject({ ok: true, meter: '000000000161' })
  // Only a search listens for others until the time is over.
  expect(lone.ok && lone.elapsedMs).toBeLessThan(2500)
  expect(await read(endpoint, 'AAAAAAAAAA61', '02010100', 2)).toMatchObject({ ok: true, meter: '000000000161' })
  expect(await read(endpoint, 'AAAAAAAAAA62', '02010100', 2, 60)).toEqual({ ok: false, failure: 'timeout' })
})

test('an item that does not fit into one frame is fetched frame by frame', async () => {
  const { endpoint } = await lineOf([meterOf('000000000161', { maxData: 10 })])
  const whole = await bytesOf(endpoint, '000000000161', '0203FF00', 12)
  expect(whole).toHaveLength(12)
  expect(whole).toEqual(
    threePhaseItems({ state: createMeter(0).state, address: '', clockMs: Date.now })['0203FF00']?.(),
  )
})

test('an item the meter does not have is refused with the meter’s own word', async () => {
  const { endpoint } = await lineOf([meterOf('000000000161')])
  expect(await read(endpoint, '000000000161', '02090100', 2)).toEqual({
    ok: false,
    failure: 'exception',
    exceptionCode: 2,
    errorWord: 2,
  })
})

test.each([
  ['one byte of it is wrong', 'corrupt'],
  ['it is cut short', 'short'],
] as const)('an answer is no value when %s, and the next one is', async (_, garble) => {
  const trouble: Trouble = { garble }
  const { endpoint } = await lineOf([meterOf('000000000161', { trouble })])
  expect(await read(endpoint, '000000000161', '02010100', 2)).toEqual({ ok: false, failure: 'garbled' })
  delete trouble.garble
  expect(await bytesOf(endpoint, '000000000161', '02010100', 2)).toEqual(VOLTAGE)
})

test('noise before, behind and between the frames does no harm', async () => {
  const noise = Buffer.from([0x68, 0x00, 0xff, 0x68, 0x12, 0x16, 0xfe])
  const spoil = (_: string, frame: Buffer) => Buffer.concat([noise, frame, noise])
  const { endpoint } = await lineOf([meterOf('000000000161')], { spoil })
  for (let i = 0; i < 3; i++) expect(await bytesOf(endpoint, '000000000161', '02010100', 2)).toEqual(VOLTAGE)
})

test('a late answer is never the answer to another question', async () => {
  const trouble: Trouble = { delayMs: 150 }
  const { endpoint } = await lineOf([meterOf('000000000161', { trouble })])
  expect(await read(endpoint, '000000000161', '02010100', 2, 80)).toEqual({ ok: false, failure: 'timeout' })
  // Slower than what is still on its way, so that it comes second.
  trouble.delayMs = 120
  expect(await bytesOf(endpoint, '000000000161', '02010200', 2)).toEqual([0x07, 0x23])
})

test('a late refusal is not taken for the refusal of the next item', async () => {
  const trouble: Trouble = { delayMs: 150 }
  const { endpoint } = await lineOf([meterOf('000000000161', { trouble })])
  expect(await read(endpoint, '000000000161', '02090100', 2, 80)).toEqual({ ok: false, failure: 'timeout' })
  // Slower than what is still on its way, so that it comes second.
  trouble.delayMs = 120
  expect(await bytesOf(endpoint, '000000000161', '02010100', 2)).toEqual(VOLTAGE)
})

test('a meter that answers slowly within its time is heard', async () => {
  const { endpoint } = await lineOf([meterOf('000000000161', { trouble: { delayMs: 250 } })])
  expect(await bytesOf(endpoint, '000000000161', '02010100', 2, 600)).toEqual(VOLTAGE)
})

test('a single-phase meter has no block of voltages', async () => {
  const source = { state: createMeter(1).state, address: '000000000161', clockMs: Date.now }
  const { endpoint } = await lineOf([meterOf('000000000161', { items: singlePhaseItems(source, 0) })])
  expect(await read(endpoint, '000000000161', '0201FF00', 6)).toMatchObject({ failure: 'exception', errorWord: 2 })
})

/** A line on which a question is answered with whatever bytes it is given. */
const lineThatSays = (answer: Uint8Array): ByteLine => {
  let listener: ((bytes: Buffer) => void) | undefined
  return {
    write: () => listener?.(Buffer.from(answer)),
    listen: (next) => {
      listener = next
    },
  }
}

const timing = { clock: systemClock, timeoutMs: 1, signal: new AbortController().signal }
const question = { meter: '000000000161', identifier: '02010100' }
const goodAnswer = requestBytes(
  '000000000161',
  0x91,
  Buffer.concat([dataIdentifierBytes('02010100'), Buffer.from(VOLTAGE)]),
)

test('whatever bytes come, asking neither fails nor makes up a value', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 80 }), async (bytes) => {
      expect((await askItem(lineThatSays(bytes), question, timing)).ok).toBe(false)
    }),
    { numRuns: 300 },
  )
})

test('an answer with any byte changed is never another value', async () => {
  expect(await askItem(lineThatSays(goodAnswer), question, timing)).toMatchObject({ ok: true, meter: '000000000161' })
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: goodAnswer.length - 1 }),
      fc.integer({ min: 1, max: 255 }),
      async (at, change) => {
        const bent = Buffer.from(goodAnswer)
        bent[at]! ^= change
        const answer = await askItem(lineThatSays(bent), question, timing)
        if (answer.ok) expect([...answer.data]).toEqual(VOLTAGE)
      },
    ),
    { numRuns: 300 },
  )
})

test('frames of other meters, other items and the echo of the question are passed over', async () => {
  const frame = (address: string, control: number, identifier: string, ...data: number[]) =>
    requestBytes(address, control, Buffer.concat([dataIdentifierBytes(identifier), Buffer.from(data)]))
  const others = [
    frame('000000000161', 0x11, '02010100'),
    frame('000000000162', 0x91, '02010100', 1, 2),
    frame('000000000161', 0x91, '02010200', 3, 4),
    frame('000000000161', 0x92, '02010100', 5, 6),
  ]
  const answer = await askItem(lineThatSays(Buffer.concat([...others, goodAnswer])), question, timing)
  expect(answer.ok && [...answer.data]).toEqual(VOLTAGE)
})

test('follow-on frames out of turn are no answer', async () => {
  const part = (control: number, data: readonly number[]) =>
    requestBytes('000000000161', control, Buffer.concat([dataIdentifierBytes('02010100'), Buffer.from(data)]))
  let asked = 0
  let listener: ((bytes: Buffer) => void) | undefined
  const line: ByteLine = {
    write: () => listener?.(asked++ === 0 ? part(0xb1, [1, 2]) : part(0x92, [3, 4, 7])),
    listen: (next) => {
      listener = next
    },
  }
  expect(await askItem(line, question, timing)).toEqual({ ok: false, failure: 'garbled' })
})
