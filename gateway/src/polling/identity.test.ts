import { expect, test } from 'vitest'
import type { Link } from '../config/hall-schema.ts'
import { createModbusEndpoint } from '../modbus/modbus.ts'
import { addressesAsWords, type Behaviour, fakeDevice } from '../modbus/testing/fake-device.ts'
import { silentLog } from '../ports/log.ts'
import { systemClock } from '../ports/system-clock.ts'
import { meter, meterMap, polledHall, tcpLink } from './testing/polled-hall.ts'

const openEndpoint = (link: Link) =>
  createModbusEndpoint(link, { clock: systemClock, log: silentLog, random: () => 0.1 })

const identified = { ...meterMap, identity: { vendor: 'Acme', productCode: 'M3' } }

/** Words like any meter, and these objects to function code 43/14. */
const saying =
  (...texts: string[]): Behaviour =>
  (seen) => {
    if (seen.functionCode !== 43) return addressesAsWords(seen)
    const objects = texts.flatMap((text, id) => [id, text.length, ...Buffer.from(text)])
    const pdu = Buffer.from([43, 14, 1, 1, 0, 0, texts.length, ...objects])
    const head = Buffer.from(seen.frame.subarray(0, 7))
    head.writeUInt16BE(pdu.length + 1, 4)
    return { raw: Buffer.concat([head, pdu]) }
  }

const hallWith = (device: { host: string; port: number }, modbus: typeof identified = identified) => {
  const hall = polledHall({ openEndpoint })
  hall.setHall({ bus: tcpLink(device) }, [meter('meter-1', 'bus', 1, modbus)])
  return hall
}
const readings = (hall: ReturnType<typeof polledHall>) => hall.frames.filter(({ stream }) => stream === 'reading')

test('a device that says it is the one its profile is for is asked once, and read', async () => {
  await using device = await fakeDevice(saying('ACME Instruments', 'M3-100', '2.1'))
  await using hall = hallWith(device)
  expect((await hall.nextReading('meter-1')).values).toMatchObject({ voltageL1: 0 })
  await hall.nextReading('meter-1')
  expect(device.seen.filter(({ functionCode }) => functionCode === 43)).toHaveLength(1)
})

test('no value of a device counts that says it is another one', async () => {
  await using device = await fakeDevice(saying('Acme Instruments', 'P1'))
  await using hall = hallWith(device)
  expect(await hall.presence('meter-1', 'offline')).toBe('HW_PROBE_FAILED')
  expect(readings(hall)).toEqual([])
  expect(hall.codes).toEqual(['HW_PROBE_FAILED'])
  device.behave = saying('Acme', 'M3')
  await hall.nextReading('meter-1')
})

test.each([
  ['does not know the function', { exception: 1 }],
  ['says nothing to it', undefined],
] as const)('a device that %s proves nothing, and is read', async (_, reaction) => {
  await using device = await fakeDevice((seen) => (seen.functionCode === 43 ? reaction : addressesAsWords(seen)))
  await using hall = hallWith(device)
  expect((await hall.nextReading('meter-1')).values).toMatchObject({ voltageL1: 0 })
})

test('whoever comes back from silence is asked again who it is', async () => {
  await using device = await fakeDevice(saying('Acme', 'M3'))
  await using hall = hallWith(device)
  await hall.nextReading('meter-1')
  device.behave = () => undefined
  await hall.presence('meter-1', 'offline')
  const before = readings(hall).length
  device.behave = saying('Other', 'X9')
  const last = () => hall.presences.at(-1)?.reason
  while (last() !== 'HW_PROBE_FAILED') await hall.nextFrame(({ stream }) => stream === 'status')
  expect(readings(hall)).toHaveLength(before)
})
