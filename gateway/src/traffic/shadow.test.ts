import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { dataIdentifierBytes, FUNCTION, requestBytes } from '../dlt645/frame.ts'
import { overhear } from '../dlt645/overhear.ts'
import { profileOf } from '../polling/testing/polled-hall.ts'
import { type Profile, parseProfile } from '../profiles/profiles.ts'
import type { Exchange } from './exchange.ts'
import type { Recording, RecordingHead } from './recording.ts'
import { type ShadowOptions, type ShadowReport, shadow } from './shadow.ts'

const root = new URL('../../../', import.meta.url)
const shipped = (id: string): Profile => {
  const path = fileURLToPath(new URL(`device-profiles/${id}.yaml`, root))
  return parseProfile(path, readFileSync(path, 'utf8'))
}

const START = Date.UTC(2026, 10, 22, 10)

function recordingOf(of: RecordingHead['of'], pairs: readonly (readonly [Buffer, Buffer])[]): Recording {
  const head: RecordingHead = { format: 1, of, name: 'bus', hall: 'hall', startedAt: START, gateway: '0', devices: [] }
  const exchanges = pairs.map(
    ([sent, received], i): Omit<Exchange, 'seq'> => ({
      ...{ at: START + i * 1000, sent, received },
      ...(received.length > 0 && { ms: 20 }),
    }),
  )
  return { head, exchanges, messages: [], brokenLines: 0 }
}

const tried = (recording: Recording, profile: Profile, options?: ShadowOptions) =>
  shadow(recording, profile, overhear, options)
const lastOf = ({ rows }: ShadowReport, quantity: string) => rows.find((row) => row.quantity === quantity)?.last

/** What a meter of another make said on its line. */
const foreign = readFileSync(new URL('gateway/test/servers/dlt645-3.2.0.frames', root), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => line.split(' ').map((bytes) => Buffer.from(bytes, 'hex')) as [Buffer, Buffer])
const foreignMeter = (meter: string) => foreign.filter(([sent]) => overhear(sent, sent)?.meter === meter)

test('what a meter of another make said becomes the values it was set to', async () => {
  const report = await tried(recordingOf('serial', foreign), shipped('dlt645/three-phase'), { meter: '202512345678' })
  expect(lastOf(report, 'voltageL3')).toBe(229.9)
  expect(lastOf(report, 'currentL2')).toBe(-1.25)
  expect(lastOf(report, 'activePower')).toBe(-1234.5)
  expect(lastOf(report, 'powerFactor')).toBe(-0.98)
  expect(lastOf(report, 'activeEnergyImport')).toBe(1234.56)
  expect(lastOf(report, 'activeEnergyImportValley')).toBe(246.92)
  // It refuses the voltage between the phases.
  expect(report.absent).toContain('voltageL12')
})

test('a profile with less in it finds its items in what another profile asked for', async () => {
  const report = await tried(recordingOf('serial', foreignMeter('202512345678')), shipped('dlt645/single-phase'))
  expect(lastOf(report, 'voltageL1')).toBe(231.5)
})

const item = (meter: string, identifier: string, ...data: number[]): [Buffer, Buffer] => {
  const di = dataIdentifierBytes(identifier)
  return [requestBytes(meter, FUNCTION.read, di), requestBytes(meter, 0x91, Buffer.from([...di, ...data]))]
}

test('two meters of a line are never mixed', async () => {
  const line = recordingOf('serial', [
    item('000000000161', '02010100', 0x15, 0x23),
    item('000000000162', '02010100', 0x10, 0x22),
  ])
  await expect(tried(line, shipped('dlt645/single-phase'))).rejects.toMatchObject({ code: 'HW_USAGE' })
  const one = await tried(line, shipped('dlt645/single-phase'), { meter: '000000000162' })
  expect(one.rows).toMatchObject([{ quantity: 'voltageL1', good: 1, last: 221 }])
})

test('an item in several frames is put together, and one with a frame missing is left out', async () => {
  const meter = '000000000161'
  const di = dataIdentifierBytes('0201FF00')
  const first: [Buffer, Buffer] = [
    requestBytes(meter, FUNCTION.read, di),
    requestBytes(meter, 0xb1, Buffer.from([...di, 0x15, 0x23])),
  ]
  const more = (sequence: number, control: number, ...data: number[]): [Buffer, Buffer] => [
    requestBytes(meter, FUNCTION.readMore, Buffer.from([...di, sequence])),
    requestBytes(meter, control, Buffer.from([...di, ...data, sequence])),
  ]
  const profile = shipped('dlt645/three-phase')
  const whole = await tried(recordingOf('serial', [first, more(1, 0xb2, 7, 0x23), more(2, 0x92, 0x99, 0x22)]), profile)
  expect([lastOf(whole, 'voltageL1'), lastOf(whole, 'voltageL2'), lastOf(whole, 'voltageL3')]).toEqual([
    231.5, 230.7, 229.9,
  ])
  const torn = await tried(recordingOf('serial', [first, more(2, 0x92, 0x99, 0x22)]), profile)
  expect(torn.rows).toEqual([])
})

test('the clock of a meter is compared with the time at which it was recorded', async () => {
  // Sunday 22 November 2026, 18:00:11 in China; the answer came at 18:00:01.
  const line = recordingOf('serial', [
    item('000000000161', '04000101', 0x00, 0x22, 0x11, 0x26),
    item('000000000161', '04000102', 0x11, 0x00, 0x18),
  ])
  expect(lastOf(await tried(line, shipped('dlt645/single-phase')), 'clockOffset')).toBe(10)
})

const BASE = 40_000
/** 'SunS', a model nobody knows, model 103 with 5001 and a scale of -2 at offsets 16 and 17, and the end. */
const CHAIN = [
  ...[0x5375, 0x6e53],
  ...[64_999, 3, 7, 7, 7],
  ...[103, 20, ...Array.from({ length: 14 }, () => 0), 5001, 0xfffe, 0, 0, 0, 0],
  ...[0xffff, 0],
]
const INVERTER = BASE + 7
const inverter = profileOf({
  sunspec: { models: { inverter: [103, 101], storage: [124] }, needs: ['inverter'] },
  registers: [
    { quantity: 'frequency', model: 'inverter', address: 16, type: 'uint16', scaleRegister: 17, unit: 'Hz' },
    { quantity: 'socPercent', model: 'storage', address: 8, type: 'uint16', unit: '%' },
  ],
})

/** Two registers of the chain as a device with Modbus TCP gives them; it refuses what lies outside. */
function pairAt(address: number): [Buffer, Buffer] {
  const at = Buffer.from([address >> 8, address & 0xff])
  const sent = Buffer.concat([Buffer.from('0001000000060103', 'hex'), at, Buffer.from('0002', 'hex')])
  const words = CHAIN.slice(address - BASE, address - BASE + 2)
  if (address < BASE || words.length < 2) return [sent, Buffer.from('000100000003018302', 'hex')]
  const bytes = Buffer.from(words.flatMap((word) => [word >> 8, word & 0xff]))
  return [sent, Buffer.concat([Buffer.from('000100000007010304', 'hex'), bytes])]
}
const WALK = [BASE, BASE + 2, INVERTER, INVERTER + 22]
const FREQUENCY = INVERTER + 16
const walked = (...addresses: number[]) => tried(recordingOf('modbus-tcp', addresses.map(pairAt)), inverter)

test('a SunSpec profile is placed by the walk in the recording, wherever in it the walk stands', async () => {
  for (const addresses of [
    [...WALK, FREQUENCY],
    [FREQUENCY, 0, ...WALK],
  ])
    expect(await walked(...addresses)).toMatchObject({
      rows: [{ quantity: 'frequency', good: 1, last: 50.01 }],
      unplaced: ['SunSpec model 124'],
    })
})

test('a recording without the walk says what of it is missing, and gives no values', async () => {
  expect(await walked(FREQUENCY)).toMatchObject({ rows: [], unplaced: ['SunSpec marker at 40000, 0, 50000'] })
  expect(await walked(BASE, BASE + 2, FREQUENCY)).toMatchObject({
    rows: [],
    unplaced: ['SunSpec model 103, 101', `SunSpec models from ${INVERTER} on`],
  })
})

test('a walk that was cut short places what it found, and says where it ends', async () => {
  const cut = await walked(BASE, BASE + 2, INVERTER, FREQUENCY)
  expect(cut.rows).toMatchObject([{ quantity: 'frequency', last: 50.01 }])
  expect(cut.unplaced).toEqual(['SunSpec model 124', `SunSpec models from ${INVERTER + 22} on`])
})
