import { expect, test, vi } from 'vitest'
import type { Link } from '../config/hall-schema.ts'
import { createModbusEndpoint } from '../modbus/modbus.ts'
import { addressesAsWords, type Behaviour, fakeDevice, type SeenRequest } from '../modbus/testing/fake-device.ts'
import { silentLog } from '../ports/log.ts'
import { systemClock } from '../ports/system-clock.ts'
import { meter, meterMap, polledHall, tcpLink } from './testing/polled-hall.ts'

const openEndpoint = (link: Link) =>
  createModbusEndpoint(link, { clock: systemClock, log: silentLog, random: () => 0.1 })

const allValues = { voltageL1: 0, voltageL2: 2, voltageL3: 4, activePower: 12 }
const covers = ({ address, count }: SeenRequest, register: number) => address <= register && register < address + count
const refusing =
  (...registers: number[]): Behaviour =>
  (seen) =>
    registers.some((register) => covers(seen, register)) ? { exception: 2 } : addressesAsWords(seen)

test('a meter is read in one request per cycle and gives one frame with the time of reading', async () => {
  await using device = await fakeDevice(addressesAsWords)
  await using hall = polledHall({ openEndpoint })
  const before = Date.now()
  hall.setHall({ bus: tcpLink(device) }, [meter('meter-1', 'bus')])
  const frame = await hall.nextReading('meter-1')
  expect(frame).toMatchObject({ device: 'meter-1', stream: 'reading', values: allValues })
  expect(frame.bad).toBeUndefined()
  expect(frame.at).toBeGreaterThanOrEqual(before)
  expect(frame.at).toBeLessThanOrEqual(Date.now())
  expect(await hall.presence('meter-1', 'online')).toBeUndefined()
  await hall.nextReading('meter-1')
  expect(device.seen.slice(1).every(({ address, count }) => address === 0 && count === 13)).toBe(true)
})

test('the plan of a device is told in requests, registers and milliseconds', async () => {
  await using device = await fakeDevice(addressesAsWords)
  await using hall = polledHall({ openEndpoint })
  hall.setHall({ bus: tcpLink(device) }, [meter('meter-1', 'bus')])
  expect(hall.polling.planOf('meter-1')?.text).toMatch(/^1 request, 13 registers, \d+ ms per cycle$/)
  expect(hall.polling.planOf('nobody')).toBeUndefined()
})

test('a meter that rejects one register keeps delivering the others, and is asked for it no more', async () => {
  await using device = await fakeDevice(refusing(2))
  await using hall = polledHall({ openEndpoint })
  hall.setHall({ bus: tcpLink(device) }, [meter('meter-1', 'bus')])
  const first = await hall.nextReading('meter-1')
  expect(first.values).toEqual({ voltageL1: 0, voltageL3: 4, activePower: 12 })
  expect(first.bad).toEqual({ voltageL2: 'exception' })
  await hall.nextReading('meter-1')
  const asked = device.seen.length
  const later = await hall.nextReading('meter-1')
  expect(later.bad).toEqual({ voltageL2: 'exception' })
  expect(device.seen.slice(asked).some((seen) => covers(seen, 2))).toBe(false)
  expect(hall.codes).toEqual(['HW_REGISTER_REJECTED'])
  expect(hall.polling.stats().rejectedQuantities).toBe(1)
})

test('what was learnt outlives a restart', async () => {
  await using device = await fakeDevice(refusing(2))
  await using hall = polledHall({ openEndpoint })
  hall.setHall({ bus: tcpLink(device) }, [meter('meter-1', 'bus')])
  await hall.nextReading('meter-1')
  await hall.nextReading('meter-1')
  await hall.polling.close()
  expect(hall.learnt).toMatchObject([{ device: 'meter-1', range: { from: 2, to: 2 } }])
  device.seen.length = 0
  await using again = polledHall({ openEndpoint, remembered: hall.learnt })
  again.setHall({ bus: tcpLink(device) }, [meter('meter-1', 'bus')])
  expect((await again.nextReading('meter-1')).bad).toEqual({ voltageL2: 'exception' })
  expect(device.seen.some((seen) => covers(seen, 2))).toBe(false)
})

test('a hole the device refuses is found once and spares the other devices of its profile', async () => {
  await using device = await fakeDevice(refusing(8))
  await using hall = polledHall({ openEndpoint })
  hall.setHall({ bus: tcpLink(device) }, [meter('meter-1', 'bus')])
  expect((await hall.nextReading('meter-1')).values).toEqual(allValues)
  await hall.nextReading('meter-1')
  device.seen.length = 0
  hall.setHall({ bus: tcpLink(device) }, [meter('meter-1', 'bus'), meter('meter-2', 'bus', 2)])
  const frame = await hall.nextReading('meter-2')
  expect(frame.values).toEqual(allValues)
  expect(frame.bad).toBeUndefined()
  expect(device.seen.some((seen) => covers(seen, 8))).toBe(false)
  expect(hall.codes).toEqual([])
})

test('a device that refuses longer requests is read in shorter ones, without losing a value', async () => {
  await using device = await fakeDevice((seen) => (seen.count > 6 ? { exception: 3 } : addressesAsWords(seen)))
  await using hall = polledHall({ openEndpoint })
  hall.setHall({ bus: tcpLink(device) }, [meter('meter-1', 'bus')])
  expect((await hall.nextReading('meter-1')).values).toEqual(allValues)
  await hall.nextReading('meter-1')
  device.seen.length = 0
  expect((await hall.nextReading('meter-1')).values).toEqual(allValues)
  expect(device.seen.every(({ count }) => count <= 6)).toBe(true)
})

test.each([1, 2, 3])(
  'a device that refuses everything with exception %i is reported and not bisected for ever',
  async (exception) => {
    await using device = await fakeDevice(() => ({ exception }))
    await using hall = polledHall({ openEndpoint })
    hall.setHall({ bus: tcpLink(device) }, [meter('meter-1', 'bus')])
    expect(await hall.presence('meter-1', 'offline')).toBe('HW_DEVICE_REFUSES')
    expect(device.seen.length).toBeLessThanOrEqual(1 + 2 * 4)
    expect(hall.frames.filter(({ stream }) => stream === 'reading')).toEqual([])
    expect(hall.learnt).toEqual([])
    device.behave = addressesAsWords
    expect((await hall.nextReading('meter-1')).values).toEqual(allValues)
  },
)

test('a device that is busy for a moment teaches nothing', async () => {
  await using device = await fakeDevice(addressesAsWords)
  await using hall = polledHall({ openEndpoint })
  hall.setHall({ bus: tcpLink(device) }, [meter('meter-1', 'bus')])
  await hall.nextReading('meter-1')
  device.behave = () => ({ exception: 6 })
  const busy = await hall.nextReading('meter-1')
  expect(busy.values).toEqual({})
  expect(busy.bad).toEqual({
    voltageL1: 'exception',
    voltageL2: 'exception',
    voltageL3: 'exception',
    activePower: 'exception',
  })
  device.behave = addressesAsWords
  expect((await hall.nextFrame(({ values }) => 'voltageL1' in values)).values).toEqual(allValues)
  expect(hall.learnt).toEqual([])
})

test('a device that stops answering is offline after three tries, and online again as soon as it answers', async () => {
  await using device = await fakeDevice(addressesAsWords)
  await using hall = polledHall({ openEndpoint })
  hall.setHall({ bus: tcpLink(device) }, [meter('meter-1', 'bus')])
  await hall.nextReading('meter-1')
  device.behave = () => undefined
  const bad = await hall.nextFrame((frame) => frame.bad !== undefined)
  expect(bad.values).toEqual({})
  expect(bad.bad).toMatchObject({ voltageL1: 'timeout', activePower: 'timeout' })
  expect(await hall.presence('meter-1', 'offline')).toBe('timeout')
  device.behave = addressesAsWords
  await hall.presence('meter-1', 'online')
  expect((await hall.nextReading('meter-1')).values).toEqual(allValues)
  expect(hall.codes).toEqual(['HW_DEVICE_SILENT'])
})

test('the log says that a device is back, and of which trouble', async () => {
  const said: { fields: object; message: string }[] = []
  const log = { ...silentLog, info: (fields: object, message: string) => void said.push({ fields, message }) }
  await using device = await fakeDevice(addressesAsWords)
  await using hall = polledHall({ openEndpoint, log })
  hall.setHall({ bus: tcpLink(device) }, [meter('meter-1', 'bus')])
  await hall.presence('meter-1', 'online')
  device.behave = () => undefined
  await hall.presence('meter-1', 'offline')
  device.behave = addressesAsWords
  await hall.presence('meter-1', 'online')
  expect(said.map(({ fields }) => 'was' in fields)).toEqual([false, true])
  expect(said[1]).toMatchObject({
    fields: { was: 'HW_DEVICE_SILENT' },
    message: expect.stringMatching(/is back after/),
  })
})

test('a gateway that says its target is silent is believed', async () => {
  await using device = await fakeDevice(() => ({ exception: 11 }))
  await using hall = polledHall({ openEndpoint })
  hall.setHall({ bus: tcpLink(device) }, [meter('meter-1', 'bus')])
  expect(await hall.presence('meter-1', 'offline')).toBe('timeout')
})

test('when the link is gone the device is unknown, and it is read again as soon as the link is back', async () => {
  await using device = await fakeDevice(addressesAsWords)
  await using hall = polledHall({ openEndpoint })
  hall.setHall({ bus: tcpLink(device) }, [meter('meter-1', 'bus')])
  await hall.presence('meter-1', 'online')
  await device.close()
  expect(await hall.presence('meter-1', 'unknown')).toBe('link-down')
  await device.reopen()
  await hall.presence('meter-1', 'online')
  expect((await hall.nextReading('meter-1')).values).toEqual(allValues)
})

test('a server that closes the idle connection costs no reading', async () => {
  await using device = await fakeDevice(addressesAsWords)
  await using hall = polledHall({ openEndpoint })
  hall.setHall({ bus: tcpLink(device) }, [meter('meter-1', 'bus')])
  await hall.nextReading('meter-1')
  device.cut()
  const next = await hall.nextReading('meter-1')
  expect(next.values).toEqual(allValues)
  expect(hall.presences).toHaveLength(1)
})

test('one block that is never answered costs only its own quantities', async () => {
  const far = { quantity: 'frequency', address: 5000, type: 'uint16', unit: 'Hz' }
  const map = { ...meterMap, timeoutMs: 60, registers: [far, ...(meterMap.registers as object[])] }
  await using device = await fakeDevice((seen) => (seen.address === 5000 ? undefined : addressesAsWords(seen)))
  await using hall = polledHall({ openEndpoint })
  hall.setHall({ bus: tcpLink(device) }, [
    meter('meter-1', 'bus', 1, { ...map, probe: { quantity: 'voltageL1', max: 10 } }),
  ])
  const frame = await hall.nextFrame(({ values, stream }) => stream === 'reading' && 'voltageL1' in values)
  expect(frame.values).toEqual(allValues)
  expect(frame.bad).toEqual({ frequency: 'timeout' })
  for (let i = 0; i < 4; i++) await hall.nextReading('meter-1')
  expect(device.seen.filter(({ address }) => address === 5000).length).toBeLessThanOrEqual(6)
  expect(hall.presences).toEqual([{ device: 'meter-1', presence: 'online', reason: undefined }])
})

test('values of a device whose probe quantity reads the impossible are held back', async () => {
  await using device = await fakeDevice(addressesAsWords)
  await using hall = polledHall({ openEndpoint })
  const map = { ...meterMap, probe: { quantity: 'activePower', min: 100, max: 300 } }
  hall.setHall({ bus: tcpLink(device) }, [meter('meter-1', 'bus', 1, map)])
  expect(await hall.presence('meter-1', 'offline')).toBe('HW_PROBE_FAILED')
  expect(device.seen).toHaveLength(1)
  device.behave = ({ count }) => ({ words: Array.from({ length: count }, () => 200) })
  expect((await hall.nextReading('meter-1')).values).toMatchObject({ activePower: 200 })
  expect(hall.codes).toEqual(['HW_PROBE_FAILED'])
})

test('a value and its scale register far away belong to one reading', async () => {
  const map = {
    ...meterMap,
    registers: [{ quantity: 'activePower', address: 10, type: 'uint16', unit: 'W', scaleRegister: 4000 }],
  }
  await using device = await fakeDevice(({ address, count }) => ({
    words: Array.from({ length: count }, (_, i) => (address + i === 4000 ? 0xffff : 1234)),
  }))
  await using hall = polledHall({ openEndpoint })
  hall.setHall({ bus: tcpLink(device) }, [meter('meter-1', 'bus', 1, map)])
  expect((await hall.nextReading('meter-1')).values).toEqual({ activePower: 123.4 })
})

test('many unit ids share one connection', async () => {
  await using device = await fakeDevice((seen) => ({ words: Array.from({ length: seen.count }, () => seen.unitId) }))
  await using hall = polledHall({ openEndpoint })
  const units = Array.from({ length: 30 }, (_, i) => meter(`meter-${i + 1}`, 'bus', i + 1))
  hall.setHall({ bus: tcpLink(device) }, units)
  await Promise.all(units.map(({ id }) => hall.presence(id, 'online')))
  for (const [i, { id }] of units.entries()) {
    const frame = hall.frames.find((one) => one.device === id && one.stream === 'reading')
    expect(frame?.values.voltageL1).toBe(i + 1)
  }
  expect(device.connections()).toBe(1)
})

test('a device that answers for another unit gives no value', async () => {
  await using device = await fakeDevice((seen) => ({
    ...addressesAsWords(seen),
    spoil: (frame) => Buffer.concat([frame.subarray(0, 6), Buffer.from([99]), frame.subarray(7)]),
  }))
  await using hall = polledHall({ openEndpoint })
  hall.setHall({ bus: tcpLink(device) }, [meter('meter-1', 'bus')])
  await hall.presence('meter-1', 'offline')
  expect(hall.frames.filter(({ stream }) => stream === 'reading')).toEqual([])
  expect(hall.polling.stats().garbled).toBeGreaterThanOrEqual(3)
})

test('a change of one device leaves the connections and cycles of the others alone', async () => {
  await using first = await fakeDevice(addressesAsWords)
  await using second = await fakeDevice(addressesAsWords)
  await using hall = polledHall({ openEndpoint })
  const links = { one: tcpLink(first), two: tcpLink(second) }
  hall.setHall(links, [meter('a', 'one', 1), meter('b', 'one', 2), meter('c', 'two', 1)])
  await Promise.all(['a', 'b', 'c'].map((id) => hall.presence(id, 'online')))
  const changed = meter('b', 'one', 2, { ...meterMap, registers: (meterMap.registers as object[]).slice(0, 1) })
  hall.setHall(links, [meter('a', 'one', 1), changed, meter('c', 'two', 1)])
  expect((await hall.nextReading('b')).values).toEqual({ voltageL1: 0 })
  await hall.nextReading('a')
  expect([first.connections(), second.connections()]).toEqual([1, 1])
  expect(hall.presences.filter(({ device }) => device !== 'b')).toHaveLength(2)
  hall.setHall({ two: tcpLink(second) }, [meter('c', 'two', 1)])
  expect(hall.polling.stats()).toMatchObject({ devices: 1, links: 1 })
})

test('rate classes are read at their own periods, and what never changes only once', async () => {
  const map = {
    ...meterMap,
    periodsMs: { fast: 100, normal: 400, slow: 60_000 },
    registers: [
      { quantity: 'activePower', address: 0, type: 'uint16', unit: 'W', rate: 'fast' },
      { quantity: 'voltageL1', address: 1000, type: 'uint16', unit: 'V' },
      { quantity: 'temperature.cabinet', address: 2000, type: 'uint16', unit: '°C', rate: 'once' },
    ],
  }
  await using device = await fakeDevice(addressesAsWords)
  await using hall = polledHall({ openEndpoint })
  hall.setHall({ bus: tcpLink(device) }, [meter('meter-1', 'bus', 1, map)])
  for (let i = 0; i < 3; i++) await hall.nextFrame(({ values }) => 'voltageL1' in values)
  const times = (address: number) => device.seen.slice(1).filter((seen) => seen.address === address).length
  expect(times(2000)).toBe(1)
  expect(times(0)).toBeGreaterThan(times(1000))
})

test('a device slower than its period is read as fast as it can, and what was missed is counted, not queued', async () => {
  await using device = await fakeDevice((seen) => ({ ...addressesAsWords(seen), afterMs: 150 }))
  await using hall = polledHall({ openEndpoint })
  hall.setHall({ bus: tcpLink(device) }, [
    meter('meter-1', 'bus', 1, { ...meterMap, periodsMs: { normal: 50 }, timeoutMs: 5000 }),
  ])
  for (let i = 0; i < 4; i++) await hall.nextReading('meter-1')
  const [, first, ...later] = device.seen.map(({ at }) => at)
  expect(hall.polling.stats().skippedPasses).toBeGreaterThan(0)
  expect(later.every((at, i) => at - (later[i - 1] ?? first!) > 140)).toBe(true)
  device.behave = addressesAsWords
  await hall.nextReading('meter-1')
  const from = device.seen.length
  for (let i = 0; i < 5; i++) await hall.nextReading('meter-1')
  const quick = device.seen.slice(from).map(({ at }) => at)
  expect(quick.at(-1)! - quick[0]!).toBeGreaterThan(100)
})

test('a wall clock that jumps moves the stamps and not the pace', async () => {
  let jumpMs = 0
  const clock = { ...systemClock, wallMs: () => Date.now() + jumpMs }
  await using device = await fakeDevice(addressesAsWords)
  await using hall = polledHall({ openEndpoint, clock })
  hall.setHall({ bus: tcpLink(device) }, [meter('meter-1', 'bus')])
  await hall.nextReading('meter-1')
  const from = device.seen.length
  jumpMs = 365 * 86_400_000
  const ahead = await hall.nextReading('meter-1')
  expect(ahead.at - Date.now()).toBeGreaterThan(300 * 86_400_000)
  jumpMs = -86_400_000
  const back = await hall.nextReading('meter-1')
  expect(back.at).toBeLessThan(Date.now())
  expect(device.seen.length - from).toBeLessThanOrEqual(3)
})

test('a write goes before every read that is due', async () => {
  await using device = await fakeDevice((seen) => ({ ...addressesAsWords(seen), afterMs: 30 }))
  await using hall = polledHall({ openEndpoint })
  const meters = Array.from({ length: 8 }, (_, i) => meter(`meter-${i}`, 'bus', i + 1))
  hall.setHall({ bus: tcpLink(device) }, meters)
  await vi.waitUntil(() => device.seen.length >= 1)
  const from = device.seen.length
  expect(await hall.polling.write('meter-7', { address: 5, values: [9] })).toMatchObject({ ok: true })
  const at = device.seen.findIndex(({ functionCode }) => functionCode === 6)
  expect(device.seen[at]).toMatchObject({ unitId: 8, address: 5, count: 9 })
  expect(at - from).toBeLessThanOrEqual(1)
})

test('a question that fails as none should is settled, and the line goes on', async () => {
  await using device = await fakeDevice(addressesAsWords)
  await using hall = polledHall({ openEndpoint })
  hall.setHall({ bus: tcpLink(device) }, [meter('meter-1', 'bus')])
  await hall.nextReading('meter-1')
  const failing = hall.polling.useLink('bus', () => Promise.reject(new RangeError('should be impossible')))
  expect(await failing).toBeUndefined()
  expect((await hall.nextReading('meter-1')).values).toEqual(allValues)
})

test('a status frame says at once what became of a device', async () => {
  await using device = await fakeDevice(addressesAsWords)
  await using hall = polledHall({ openEndpoint })
  const status = hall.nextFrame(({ stream }) => stream === 'status')
  hall.setHall({ bus: tcpLink(device) }, [meter('meter-1', 'bus')])
  expect((await status).values).toMatchObject({ online: true, readErrors: 0 })
  const offline = hall.nextFrame(({ stream, values }) => stream === 'status' && values.online === false)
  device.behave = () => undefined
  expect((await offline).values.readErrors).toBeGreaterThanOrEqual(3)
})
