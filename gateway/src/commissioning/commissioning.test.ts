import { readdir, readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { sdm120, sdm630 } from '../../../simulators/modbus/eastron.ts'
import type { ModbusUnit } from '../../../simulators/modbus/unit.ts'
import { startModbusServer } from '../../../simulators/modbus-server.ts'
import { createMeter } from '../../../simulators/physics/electric.ts'
import type { ScanAnswer, ScanRequest } from '../http/setup-views.ts'
import { createModbusEndpoint } from '../modbus/modbus.ts'
import { addressesAsWords, fakeDevice } from '../modbus/testing/fake-device.ts'
import { readRows } from '../polling/read-once.ts'
import { silentLog } from '../ports/log.ts'
import { systemClock } from '../ports/system-clock.ts'
import { createProfileLibrary } from '../profiles/profiles.ts'
import { FUNCTION_CODES, referenceNumber } from '../settings/reference-number.ts'
import { createCommissioning } from './commissioning.ts'
import type { Line } from './line.ts'

const library = await createProfileLibrary(fileURLToPath(new URL('../../../device-profiles', import.meta.url)), {
  readFile,
  readdir,
})

/** A room that opens a line of its own to a port of this machine. */
function room(own: Partial<Line> = {}) {
  const commissioning = createCommissioning({
    hall: () => {
      throw new Error('no MQTT here')
    },
    profiles: library,
    async lineOf(target) {
      if (!('host' in target)) return { ok: false, code: 'HW_LINK_UNKNOWN', message: 'no link' }
      const link = { type: 'modbus-tcp', host: target.host, port: target.port } as const
      const endpoint = createModbusEndpoint(link, { clock: systemClock, log: silentLog })
      const { identify } = endpoint
      const line: Line = {
        name: `${link.host}:${link.port}`,
        shared: false,
        devices: new Map(),
        read: endpoint.read,
        ...(identify && { identify }),
        close: endpoint.close,
      }
      return { ok: true, value: { ...line, ...own } }
    },
    readRows,
    names: (quantity) => ({ quantity, zh: quantity, en: quantity, unit: '' }),
    reference: referenceNumber,
    functionCodes: FUNCTION_CODES,
    strangers: { list: () => [] },
    clock: systemClock,
    log: silentLog,
  })
  onTestFinished(() => commissioning.close())
  return commissioning
}

type Room = ReturnType<typeof room>

const request = (port: number, more: Partial<ScanRequest> = {}): ScanRequest => ({
  target: { type: 'modbus-tcp', host: '127.0.0.1', port },
  unitIds: { from: 1, to: 6 },
  budgetS: 30,
  timeoutMs: 400,
  identify: true,
  ...more,
})

/** Starts a scan and waits for its last word. */
async function scanned(from: Room, wanted: ScanRequest): Promise<ScanAnswer> {
  const started = await from.scan(wanted, 'zhang')
  if (!started.ok) throw new Error(started.message)
  return until(from, started.value.id, ({ state }) => state !== 'running')
}

const until = (from: Room, id: string, is: (scan: ScanAnswer) => boolean) =>
  new Promise<ScanAnswer>((resolve) => {
    const look = () => {
      const scan = from.scanState(id)
      if (scan && is(scan)) {
        stop()
        resolve(scan)
      }
    }
    const stop = from.onScan(look)
    look()
  })

async function bus(units: Record<number, ModbusUnit>) {
  const server = await startModbusServer({
    host: '127.0.0.1',
    port: 0,
    framing: 'tcp',
    units: new Map(Object.entries(units).map(([id, unit]) => [Number(id), unit])),
  })
  onTestFinished(() => server.close())
  return server
}

function threePhaseMeter(): ModbusUnit {
  const meter = createMeter(1234.5)
  Object.assign(meter.state, {
    u: [231.5, 230.25, 229.75],
    hz: 50.02,
    i: [4.5, 3.25, 5],
    p: [1000, 700, 1100],
    pf: [0.96, 0.94, 0.95],
  })
  return { device: 'meter-3', map: sdm630(meter.state), trouble: {} }
}

function onePhaseMeter(): ModbusUnit {
  const meter = createMeter(77)
  Object.assign(meter.state, { u: [231.5, 0, 0], hz: 49.98, i: [1.5, 0, 0], p: [340, 0, 0], pf: [0.98, 1, 1] })
  return { device: 'meter-1', map: sdm120(meter.state, 0), trouble: {} }
}

test('a scan finds the meters among dead unit ids, and says which profile fits each and why', async () => {
  const { port } = await bus({ 2: threePhaseMeter(), 5: onePhaseMeter() })
  const scan = await scanned(room(), request(port))
  expect(scan).toMatchObject({ state: 'done', by: 'zhang', progress: { percent: 100 } })
  expect(scan.found.map(({ unitId }) => unitId)).toEqual([2, 5])
  const [first, second] = scan.found
  expect(first?.suggestions[0]?.profile).toBe('eastron/sdm630')
  expect(second?.suggestions.map(({ profile }) => profile)).toContain('eastron/sdm120')
  expect(first?.suggestions[0]?.reasons).toContainEqual(
    expect.objectContaining({ quantity: 'voltageL1', verdict: 'fits', en: expect.stringContaining('231.5') }),
  )
})

test('a device that only answers with exceptions is found too', async () => {
  await using device = await fakeDevice(({ unitId }) => (unitId === 3 ? { exception: 2 } : { exception: 11 }))
  const scan = await scanned(room(), request(device.port, { identify: false }))
  expect(scan.found).toMatchObject([{ unitId: 3, answer: 'exception', exceptionCode: 2 }])
})

test('a device that ignores what it does not know is found by its input registers', async () => {
  await using device = await fakeDevice((asked) =>
    asked.unitId === 2 && asked.functionCode === 4 ? addressesAsWords(asked) : undefined,
  )
  const scan = await scanned(room(), request(device.port, { identify: false, unitIds: { from: 1, to: 3 } }))
  expect(scan.found.map(({ unitId }) => unitId)).toEqual([2])
})

test('a line on which nobody answers is given up when the time is over', async () => {
  await using device = await fakeDevice(() => undefined)
  const scan = await scanned(room(), request(device.port, { unitIds: { from: 1, to: 247 }, budgetS: 1 }))
  expect(scan.state).toBe('out-of-time')
  expect(scan.progress.asked).toBeLessThan(247)
  expect(scan.progress.elapsedMs).toBeLessThan(5000)
})

test('a scan can be stopped, keeps what it found, and another may begin', async () => {
  await using device = await fakeDevice((asked) => (asked.unitId === 1 ? addressesAsWords(asked) : undefined))
  const from = room()
  const started = await from.scan(request(device.port, { unitIds: { from: 1, to: 247 }, identify: false }), 'zhang')
  if (!started.ok) throw new Error(started.message)
  const { id } = started.value
  await until(from, id, ({ found }) => found.length > 0)
  expect(await from.scan(request(device.port), 'li')).toMatchObject({ ok: false, code: 'HW_SCAN_RUNNING' })
  from.cancel(id)
  const scan = await until(from, id, ({ state }) => state !== 'running')
  expect(scan).toMatchObject({ state: 'cancelled', found: [{ unitId: 1 }] })
  const again = await scanned(from, request(device.port, { unitIds: { from: 1, to: 1 }, identify: false }))
  expect(again.state).toBe('done')
})

test('no connection at all is said as such', async () => {
  const device = await fakeDevice(() => undefined)
  await device.close()
  const scan = await scanned(room(), request(device.port))
  expect(scan).toMatchObject({ state: 'failed', notes: [{ en: expect.stringContaining('No connection') }] })
})

test('on a line that others use devices of the hall are not asked, and the line is free most of the time', async () => {
  await using device = await fakeDevice((asked) => ({ ...addressesAsWords(asked), afterMs: 40 }))
  const from = room({ shared: true, devices: new Map([[2, 'meter-1']]) })
  const scan = await scanned(
    from,
    request(device.port, { unitIds: { from: 1, to: 4 }, identify: false, timeoutMs: 500 }),
  )
  expect(scan.skipped).toEqual([{ unitId: 2, device: 'meter-1' }])
  expect(device.seen.map(({ unitId }) => unitId)).toEqual([1, 3, 4])
  const gaps = device.seen.slice(1).map(({ at }, i) => at - (device.seen[i]?.at ?? 0))
  for (const gap of gaps) expect(gap).toBeGreaterThan(150)
})

test('a device that says who it is (function code 43/14) is known by name', async () => {
  const names = ['Eastron', 'SDM630', 'V1.8']
  const objects = Buffer.concat(names.map((text, id) => Buffer.from([id, text.length, ...Buffer.from(text)])))
  const answer = (frame: Buffer): Buffer => {
    const pdu =
      frame[7] === 43
        ? Buffer.from([43, 14, 1, 1, 0, 0, names.length, ...objects])
        : Buffer.from([(frame[7] ?? 0) | 0x80, 2])
    const head = Buffer.from(frame.subarray(0, 7))
    head.writeUInt16BE(pdu.length + 1, 4)
    return Buffer.concat([head, pdu])
  }
  const server = createServer((socket) =>
    socket.on('data', (frame) => socket.write(answer(frame))).on('error', () => {}),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const { port } = server.address() as { port: number }
  const scan = await scanned(room(), request(port, { unitIds: { from: 1, to: 1 } }))
  expect(scan.found[0]?.identification).toEqual({ vendor: 'Eastron', productCode: 'SDM630', revision: 'V1.8' })
})

test('a SunSpec device is known by its marker, with its models', async () => {
  const words = [0x5375, 0x6e53, 1, 3, 0, 0, 0, 103, 1, 0, 0xffff, 0]
  await using device = await fakeDevice(({ functionCode, address, count }) =>
    functionCode === 3 && address >= 40_000 && address + count <= 40_000 + words.length
      ? { words: words.slice(address - 40_000, address - 40_000 + count) }
      : { exception: 2 },
  )
  const scan = await scanned(
    room({ identify: async () => ({ ok: false, failure: 'exception', exceptionCode: 1 }) }),
    request(device.port, { unitIds: { from: 1, to: 1 } }),
  )
  expect(scan.found[0]?.sunspec).toEqual({ base: 40_000, models: [1, 103] })
})

const tried = (port: number, profile: string) => ({
  target: { type: 'modbus-tcp', host: '127.0.0.1', port } as const,
  unitId: 2,
  profile,
})

test('trying the right profile shows values, raw words and that they can be right', async () => {
  const { port } = await bus({ 2: threePhaseMeter() })
  const result = await room().tryProfile(tried(port, 'eastron/sdm630'))
  if (!result.ok) throw new Error(result.message)
  const { points, summary, verdict } = result.value
  expect(points[0]).toMatchObject({
    quantity: 'voltageL1',
    value: 231.5,
    words: ['4367', '8000'],
    address: 0,
    functionCode: 4,
    plausible: 'yes',
    range: { from: 'quantity' },
  })
  expect(summary.implausible).toBe(0)
  expect(['yes', 'partly']).toContain(verdict.fits)
})

test('trying the wrong profile says that it does not fit; a dead unit says nothing answers', async () => {
  await using device = await fakeDevice(({ unitId, count }) =>
    unitId === 2 ? { words: Array.from({ length: count }, () => 7) } : undefined,
  )
  const wrong = await room().tryProfile(tried(device.port, 'eastron/sdm630'))
  expect(wrong).toMatchObject({ ok: true, value: { verdict: { fits: 'no' } } })
  const dead = await room().tryProfile({ ...tried(device.port, 'eastron/sdm630'), unitId: 9 })
  expect(dead).toMatchObject({ ok: true, value: { verdict: { fits: 'silent' } } })
  expect(await room().tryProfile(tried(device.port, 'nobody/nothing'))).toMatchObject({ code: 'HW_PROFILE_UNKNOWN' })
})

test('a device in whose registers nothing stands is not the one of the profile, however plausible a zero is', async () => {
  await using device = await fakeDevice(({ count }) => ({ words: Array.from({ length: count }, () => 0) }))
  const zeros = await room().tryProfile(tried(device.port, 'eastron/sdm630'))
  expect(zeros).toMatchObject({
    ok: true,
    value: { verdict: { fits: 'no', en: expect.stringContaining('Not a device of this profile') } },
  })
})

test('a device that answers and refuses everything is not silent, and one nobody can connect to is told as such', async () => {
  const device = await fakeDevice(({ unitId }) => ({ exception: unitId === 2 ? 2 : 11 }))
  const verdict = async (unitId: number) => {
    const result = await room().tryProfile({ ...tried(device.port, 'eastron/sdm630'), unitId })
    if (!result.ok) throw new Error(result.message)
    return result.value.verdict
  }
  expect(await verdict(2)).toMatchObject({ fits: 'no', en: expect.stringContaining('refuses everything') })
  expect(await verdict(9)).toMatchObject({ fits: 'silent', en: expect.stringContaining('unit id') })
  await device.close()
  expect(await verdict(2)).toMatchObject({ fits: 'silent', en: expect.stringContaining('No connection') })
})

test('words in the other order, one register further: the helper finds the one reading that can be right', async () => {
  // 231.5 V as a float, low word first, where a document counts from 1.
  const words = new Map([
    [1, 0x8000],
    [2, 0x4367],
  ])
  await using device = await fakeDevice(({ address, count }) => ({
    words: Array.from({ length: count }, (_, i) => words.get(address + i) ?? 0),
  }))
  const result = await room().alternatives({ ...tried(device.port, 'eastron/sdm630'), quantity: 'voltageL1' })
  if (!result.ok) throw new Error(result.message)
  const right = result.value.options.filter(({ plausible }) => plausible === 'yes')
  expect(right).toMatchObject([
    { shift: 1, address: 1, order: 'CDAB', wordOrder: 'low-first', value: 231.5, reference: '30002' },
  ])
  expect(result.value.options.find(({ current }) => current)).toMatchObject({
    shift: 0,
    order: 'ABCD',
    plausible: 'no',
  })
})

test('what cannot be tried with a DL/T 645 meter is said: another order of its bytes, and a line of Modbus TCP', async () => {
  const asked = { unitId: 1, profile: 'dlt645/single-phase', quantity: 'voltageL1' }
  const target = { type: 'modbus-tcp', host: '127.0.0.1', port: 4001 } as const
  const tried = await room().tryProfile({ ...asked, target })
  expect(tried).toMatchObject({ ok: false, message: expect.stringContaining('carries no DL/T 645') })
  const answer = await room().alternatives({ ...asked, target: { ...target, type: 'modbus-rtu-over-tcp', baud: 2400 } })
  expect(answer).toMatchObject({ ok: false, message: expect.stringContaining('DL/T 645 fixes the order of the bytes') })
})
