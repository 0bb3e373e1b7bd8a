import { expect, test } from 'vitest'
import type { Link } from '../config/hall-schema.ts'
import { createModbusEndpoint } from '../modbus/modbus.ts'
import { type Behaviour, fakeDevice } from '../modbus/testing/fake-device.ts'
import { silentLog } from '../ports/log.ts'
import { systemClock } from '../ports/system-clock.ts'
import { meter, polledHall, tcpLink } from './testing/polled-hall.ts'

const openEndpoint = (link: Link) =>
  createModbusEndpoint(link, { clock: systemClock, log: silentLog, random: () => 0.1 })

const inverter = {
  timeoutMs: 200,
  periodsMs: { fast: 100, normal: 100, slow: 1000 },
  missing: { uint16: [0xffff] },
  sunspec: { models: { inverter: [103, 101], storage: [124] }, needs: ['inverter'] },
  registers: [
    { quantity: 'frequency', model: 'inverter', address: 16, type: 'uint16', scaleRegister: 17, unit: 'Hz' },
    { quantity: 'socPercent', model: 'storage', address: 8, type: 'uint16', unit: '%' },
  ],
}

/** 'SunS', a model nobody knows, a model with 5001 and a scale of -2 at offsets 16 and 17, and the end. */
const chain = (model: number) => [
  ...[0x5375, 0x6e53],
  ...[64_999, 3, 7, 7, 7],
  ...[model, 20, ...Array.from({ length: 14 }, () => 0), 5001, 0xfffe, 0, 0, 0, 0],
  ...[0xffff, 0],
]

/** Answers inside the words, refuses everything else. */
const serving =
  (base: number, words: readonly number[]): Behaviour =>
  ({ address, count }) =>
    address >= base && address + count <= base + words.length
      ? { words: words.slice(address - base, address - base + count) }
      : { exception: 2 }

/** Answers inside the words, says nothing to everything else. */
const servingSilently =
  (base: number, words: readonly number[]): Behaviour =>
  (seen) => {
    const reaction = serving(base, words)(seen)
    return reaction?.words && reaction
  }

test.each([40_000, 0, 50_000])('a device with its marker at %i is read where its models are', async (base) => {
  await using device = await fakeDevice(serving(base, chain(103)))
  await using hall = polledHall({ openEndpoint })
  hall.setHall({ bus: tcpLink(device) }, [meter('pv', 'bus', 1, inverter)])
  const frame = await hall.nextReading('pv')
  expect(frame.values).toEqual({ frequency: 50.01 })
  // A model the device does not have is no register it refuses: it is not asked for.
  expect(frame.bad).toBeUndefined()
  expect(hall.codes).toEqual([])
  expect(hall.polling.inside('pv')?.registers.map(({ address }) => address)).toEqual([base + 23])
})

test.each([0, 50_000])('a device that says nothing to addresses it does not have is found at %i', async (base) => {
  await using device = await fakeDevice(servingSilently(base, chain(103)))
  await using hall = polledHall({ openEndpoint })
  hall.setHall({ bus: tcpLink(device) }, [meter('pv', 'bus', 1, inverter)])
  expect((await hall.nextReading('pv')).values).toEqual({ frequency: 50.01 })
})

test('a dead device is asked no more often for having three places to look at', async () => {
  await using device = await fakeDevice(() => undefined)
  await using hall = polledHall({ openEndpoint })
  hall.setHall({ bus: tcpLink(device) }, [meter('pv', 'bus', 1, inverter)])
  expect(await hall.presence('pv', 'offline')).toBe('timeout')
  expect(device.seen.map(({ address }) => address)).toEqual([40_000, 40_000, 0, 0])
})

test('two devices of one profile keep their models at different places', async () => {
  await using here = await fakeDevice(serving(40_000, chain(103)))
  await using there = await fakeDevice(serving(0, chain(101)))
  await using hall = polledHall({ openEndpoint })
  hall.setHall({ a: tcpLink(here), b: tcpLink(there) }, [
    meter('pv-1', 'a', 1, inverter),
    meter('pv-2', 'b', 1, inverter),
  ])
  const [one, other] = await Promise.all([hall.nextReading('pv-1'), hall.nextReading('pv-2')])
  expect([one.values, other.values]).toEqual([{ frequency: 50.01 }, { frequency: 50.01 }])
})

test('a device without the marker, or without a model of the profile, gives no values and is told once', async () => {
  await using other = await fakeDevice(serving(40_000, chain(203)))
  await using none = await fakeDevice(({ count }) => ({ words: Array.from({ length: count }, () => 1) }))
  await using hall = polledHall({ openEndpoint })
  hall.setHall({ a: tcpLink(other), b: tcpLink(none) }, [
    meter('meter', 'a', 1, inverter),
    meter('plc', 'b', 1, inverter),
  ])
  expect(await hall.presence('meter', 'offline')).toBe('HW_PROBE_FAILED')
  expect(await hall.presence('plc', 'offline')).toBe('HW_PROBE_FAILED')
  other.behave = serving(40_000, chain(103))
  // The right device is put in its place: it is found without anybody's help.
  expect((await hall.nextReading('meter')).values).toEqual({ frequency: 50.01 })
  expect(hall.frames.filter(({ device, stream }) => device === 'plc' && stream === 'reading')).toEqual([])
  expect(hall.codes).toEqual(['HW_PROBE_FAILED', 'HW_PROBE_FAILED'])
})

test('a device that was exchanged while it was silent is walked anew before a value counts', async () => {
  await using device = await fakeDevice(serving(40_000, chain(103)))
  await using hall = polledHall({ openEndpoint })
  hall.setHall({ bus: tcpLink(device) }, [meter('pv', 'bus', 1, inverter)])
  await hall.nextReading('pv')
  device.behave = () => undefined
  await hall.presence('pv', 'offline')
  // The new one has the old place filled with something else.
  const words = chain(101)
  device.behave = (seen) =>
    seen.address >= 40_000 ? { words: Array.from({ length: seen.count }, () => 9) } : serving(0, words)(seen)
  expect((await hall.nextReading('pv')).values).toEqual({ frequency: 50.01 })
  expect(hall.polling.inside('pv')?.registers.map(({ address }) => address)).toEqual([23])
})

test('noise during the walk costs a repetition, not the device', async () => {
  let requests = 0
  const serve = serving(40_000, chain(103))
  await using device = await fakeDevice((seen) => (++requests % 3 === 0 ? undefined : serve(seen)))
  await using hall = polledHall({ openEndpoint })
  hall.setHall({ bus: tcpLink(device) }, [meter('pv', 'bus', 1, inverter)])
  expect((await hall.nextReading('pv')).values).toEqual({ frequency: 50.01 })
})
