import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test } from 'vitest'
import { singlePhaseItems, threePhaseItems } from '../../../simulators/dlt645/items.ts'
import type { Dlt645Meter } from '../../../simulators/dlt645/meter.ts'
import { ddsu666 } from '../../../simulators/modbus/chint.ts'
import type { ModbusUnit } from '../../../simulators/modbus/unit.ts'
import { createMeter } from '../../../simulators/physics/electric.ts'
import { startSerialLine } from '../../../simulators/serial-line.ts'
import type { Link } from '../config/hall-schema.ts'
import type { ResolvedDevice } from '../config/resolved-hall.ts'
import { askItem } from '../dlt645/dlt645.ts'
import { createModbusEndpoint } from '../modbus/modbus.ts'
import { silentLog } from '../ports/log.ts'
import { systemClock } from '../ports/system-clock.ts'
import { parseProfile } from '../profiles/profiles.ts'
import { polledHall } from './testing/polled-hall.ts'

const shipped = (id: string) => {
  const path = fileURLToPath(new URL(`../../../device-profiles/${id}.yaml`, import.meta.url))
  return parseProfile(path, readFileSync(path, 'utf8'))
}
const SINGLE = shipped('dlt645/single-phase')
const THREE = shipped('dlt645/three-phase')
const CHINT = shipped('chint/ddsu666')

const opened: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close()
})

/** A profile read as fast as the line allows. */
const hurried = (profile: typeof SINGLE): typeof SINGLE =>
  profile.dlt645
    ? { ...profile, dlt645: { ...profile.dlt645, gapMs: 2, periodsMs: { fast: 200, normal: 200, slow: 400 } } }
    : { ...profile, modbus: { ...profile.modbus!, periodsMs: { fast: 200, normal: 200, slow: 400 } } }

function deviceOf(id: string, profile: typeof SINGLE, at: { meter: string } | { unitId: number }): ResolvedDevice {
  const variant = Object.keys(profile.dlt645?.variants ?? {})[0]
  return {
    id,
    name: id,
    hall: 'hall',
    zone: 'zone',
    kind: 'meter',
    profileId: profile.model,
    profile: hurried(profile),
    ...(variant && { variant }),
    connection: 'meter' in at ? { via: 'dlt645', link: 'bus', ...at } : { via: 'modbus', link: 'bus', ...at },
    periodsMs: {},
    fingerprint: id,
  }
}

const physics = createMeter(220.57)
physics.state.u = [231.5, 230.7, 229.9]
physics.state.p = [1234.5, 0, 0]

const source = (address: string, offsetMs = 0) => ({
  state: physics.state,
  address,
  clockMs: () => Date.now() + offsetMs,
})
const single = (address: string): Dlt645Meter => ({
  device: address,
  address,
  items: singlePhaseItems(source(address, 120_000), 0),
  trouble: {},
})
const unit = (): ModbusUnit => ({ device: 'chint', map: ddsu666(physics.state, 0), trouble: {} })

async function busOf(meters: readonly Dlt645Meter[], units: readonly ModbusUnit[] = []) {
  const line = await startSerialLine({
    baud: 115_200,
    bits: 11,
    meters,
    units: new Map(units.map((one, i) => [i + 1, one])),
    turnaroundMs: () => 2,
  })
  const link = { type: 'modbus-rtu-over-tcp', host: '127.0.0.1', port: line.port, baud: 115_200 } as const
  const hall = polledHall({
    openEndpoint: (one: Link) =>
      createModbusEndpoint(one, { clock: systemClock, log: silentLog, random: () => 0.1, askItem }),
  })
  opened.push(
    () => hall.polling.close(),
    () => line.close(),
  )
  return { hall, line, link: { ...link, fingerprint: 'bus' } }
}

test('a meter and a Modbus unit on one line both give their values', async () => {
  const { hall, link } = await busOf([single('000000000161')], [unit()])
  hall.setHall({ bus: link }, [
    deviceOf('meter-1', SINGLE, { meter: '000000000161' }),
    deviceOf('chint-1', CHINT, { unitId: 1 }),
  ])
  const [meter, chint] = await Promise.all([hall.nextReading('meter-1'), hall.nextReading('chint-1')])
  expect(meter.values).toMatchObject({
    voltageL1: 231.5,
    activePower: 1234.5,
    activeEnergyImport: 220.57,
    serialNumber: '000000000161',
  })
  expect(meter.values.clockOffset).toBeGreaterThan(117)
  expect(meter.values.clockOffset).toBeLessThan(122)
  expect(meter.bad).toBeUndefined()
  expect(chint.values.voltageL1).toBeCloseTo(231.5, 1)
  expect(hall.polling.planOf('meter-1')?.text).toMatch(/^12 requests, 52 bytes, \d+ ms per cycle/)
})

test('a meter that refuses a block is asked item by item, and told once what it lacks altogether', async () => {
  const items = threePhaseItems(source('000000000161'))
  const { '0201FF00': _, '02050000': __, ...rest } = items
  const { hall, link } = await busOf([{ device: 'm', address: '000000000161', items: rest, trouble: {} }])
  const device = deviceOf('meter-1', THREE, { meter: '000000000161' })
  // With the periods of its file: what it refused at first is not missing for half a minute.
  hall.setHall({ bus: link }, [{ ...device, profile: THREE }])
  const whole = await hall.nextFrame((frame) => frame.device === 'meter-1' && frame.values.voltageL2 !== undefined)
  expect(whole.values).toMatchObject({ voltageL1: 231.5, voltageL2: 230.7, voltageL3: 229.9 })
  expect(whole.bad?.apparentPower).toBe('exception')
  expect(hall.learnt.map(({ range }) => range.table)).toContain('item')
  expect(hall.codes).toContain('HW_REGISTER_REJECTED')
  const rows = await hall.polling.readOnce('meter-1')
  expect(rows?.find(({ quantity }) => quantity === 'voltageL2')).toMatchObject({ value: 230.7, words: '07 23' })
})

test('a meter without what few meters have is well: nothing is told, and nothing is missing', async () => {
  const { '020C0100': _, '020C0200': __, '020C0300': ___, ...items } = threePhaseItems(source('000000000161'))
  const { hall, link } = await busOf([{ device: 'm', address: '000000000161', items, trouble: {} }])
  hall.setHall({ bus: link }, [deviceOf('meter-1', THREE, { meter: '000000000161' })])
  await hall.nextFrame(({ values }) => values.voltageL2 !== undefined)
  // Long enough to have been asked for everything, and to know what it refuses.
  await expect.poll(() => hall.polling.inside('meter-1')?.rejected, { timeout: 10_000 }).toContain('voltageL12')
  const later = await hall.nextFrame(({ values }) => values.frequency !== undefined)
  expect(later.bad).toBeUndefined()
  expect(hall.codes).not.toContain('HW_REGISTER_REJECTED')
})

test('a dead meter is silent and its neighbours go on; when it is back it is read again', async () => {
  const dead = single('000000000162')
  dead.trouble.silent = true
  const { hall, link } = await busOf([single('000000000161'), dead])
  hall.setHall({ bus: { ...link, timeoutMs: 100 } as typeof link }, [
    deviceOf('meter-1', SINGLE, { meter: '000000000161' }),
    deviceOf('meter-2', SINGLE, { meter: '000000000162' }),
  ])
  expect(await hall.presence('meter-2', 'offline')).toBe('timeout')
  await hall.nextReading('meter-1')
  delete dead.trouble.silent
  await hall.presence('meter-2', 'online')
  expect((await hall.nextReading('meter-2')).values.voltageL1).toBe(231.5)
}, 20_000)

test('a meter is read by the wildcard when it is alone', async () => {
  const { hall, link } = await busOf([single('123456789012')])
  hall.setHall({ bus: link }, [deviceOf('meter-1', SINGLE, { meter: 'AAAAAAAAAAAA' })])
  expect((await hall.nextReading('meter-1')).values.serialNumber).toBe('123456789012')
})
