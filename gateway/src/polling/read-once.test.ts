import { expect, test } from 'vitest'
import type { Link } from '../config/hall-schema.ts'
import { createModbusEndpoint } from '../modbus/modbus.ts'
import { addressesAsWords, type Behaviour, fakeDevice } from '../modbus/testing/fake-device.ts'
import { silentLog } from '../ports/log.ts'
import { systemClock } from '../ports/system-clock.ts'
import { readDeviceOnce, rowsText } from './read-once.ts'
import { meter, meterMap, polledHall, profileOf, tcpLink } from './testing/polled-hall.ts'

const openEndpoint = (link: Link) =>
  createModbusEndpoint(link, { clock: systemClock, log: silentLog, random: () => 0.1 })

const map = {
  timeoutMs: 150,
  registers: [
    { quantity: 'voltageL1', address: 0, type: 'uint16', unit: 'V', scale: 0.1, reference: 40001 },
    { quantity: 'activePower', address: 2, type: 'uint32', unit: 'kW', scale: 0.001, reference: '40003' },
    { quantity: 'frequency', address: 9, type: 'uint16', unit: 'Hz', scale: 0.01 },
  ],
}

async function tryOn(behave: Behaviour) {
  await using device = await fakeDevice(behave)
  const profile = profileOf(map).modbus!
  const { rows } = await readDeviceOnce({
    profile,
    link: tcpLink(device),
    connection: { via: 'modbus', link: '', unitId: 1 },
    openEndpoint,
  })
  return { rows, seen: device.seen }
}

const values: Behaviour = ({ address, count }) => ({
  words: [2315, 0, 0x0001, 0x86a0, 0, 0, 0, 0, 0, 4998].slice(address, address + count),
})

test('every register is shown with value, unit, raw words and both kinds of address', async () => {
  const { rows } = await tryOn(values)
  expect(rows).toMatchObject([
    { quantity: 'voltageL1', value: 231.5, unit: 'V', words: '090b', address: 0, reference: '40001' },
    { quantity: 'activePower', value: 100_000, unit: 'W', words: '0001 86a0', address: 2, reference: '40003' },
    { quantity: 'frequency', value: 49.98, unit: 'Hz', words: '1386', address: 9 },
  ])
  expect(rowsText(rows)).toBe(
    [
      'quantity      value  unit  words      address             reference',
      'voltageL1     231.5  V     090b       holding 0 (0x0000)  40001',
      'activePower  100000  W     0001 86a0  holding 2 (0x0002)  40003',
      'frequency     49.98  Hz    1386       holding 9 (0x0009)',
    ].join('\n'),
  )
})

test('a refused register shows its exception and the others their values', async () => {
  const { rows } = await tryOn((seen) => (seen.address + seen.count > 9 ? { exception: 2 } : values(seen)))
  expect(rows.map(({ value, bad, exceptionCode }) => value ?? `${bad} ${exceptionCode}`)).toEqual([
    231.5,
    100_000,
    'exception 2',
  ])
})

test('a silent device is not asked for ever', async () => {
  const { rows, seen } = await tryOn(() => undefined)
  expect(rows.map(({ bad }) => bad)).toEqual(['timeout', 'timeout', 'timeout'])
  expect(seen.length).toBeLessThanOrEqual(3)
})

test('where nothing can be connected to, that is said and no time-out', async () => {
  const gone = await fakeDevice(() => undefined)
  await gone.close()
  const { rows } = await readDeviceOnce({
    profile: profileOf(map).modbus!,
    link: tcpLink(gone),
    connection: { via: 'modbus', link: '', unitId: 1 },
    openEndpoint,
  })
  expect(rows.map(({ bad }) => bad)).toEqual(['link-down', 'link-down', 'link-down'])
})

test('a device that is being polled is read through its own link, before what is due', async () => {
  await using device = await fakeDevice(addressesAsWords)
  await using hall = polledHall({ openEndpoint })
  hall.setHall({ bus: tcpLink(device) }, [meter('meter-1', 'bus', 1, map)])
  const rows = await hall.polling.readOnce('meter-1')
  expect(rows?.map(({ words }) => words)).toEqual(['0000', '0002 0003', '0009'])
  expect(device.connections()).toBe(1)
  expect(await hall.polling.readOnce('nobody')).toBeUndefined()
})

test('after a write the quantities it changed are read at once, alone, and told like any reading', async () => {
  await using device = await fakeDevice(addressesAsWords)
  await using hall = polledHall({ openEndpoint })
  const slow = { ...meterMap, periodsMs: { fast: 60_000, normal: 60_000, slow: 60_000 } }
  hall.setHall({ bus: tcpLink(device) }, [meter('meter-1', 'bus', 1, slow)])
  await hall.nextReading('meter-1')
  device.seen.length = 0
  const read = hall.nextReading('meter-1')
  await hall.polling.readNow('meter-1', ['activePower'])
  expect((await read).values).toEqual({ activePower: 12 })
  expect(device.seen).toMatchObject([{ address: 12, count: 1 }])
  await hall.polling.readNow('nobody', ['activePower'])
})
