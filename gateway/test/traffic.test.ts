import { spawn } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import mqtt from 'mqtt'
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { threePhaseItems } from '../../simulators/dlt645/items.ts'
import { sdm630 } from '../../simulators/modbus/eastron.ts'
import { sunspecMeter } from '../../simulators/modbus/sunspec.ts'
import { startModbusServer } from '../../simulators/modbus-server.ts'
import { createMeter } from '../../simulators/physics/electric.ts'
import { startSerialLine } from '../../simulators/serial-line.ts'
import type { DeviceInside } from '../src/http/setup-views.ts'
import type { RecordingState, TrafficView } from '../src/traffic/traffic.ts'
import { type GatewayProcess, hallwatt, startGatewayProcess } from './support/gateway-process.ts'
import { type HallFolder, makeHallFolder } from './support/hall-folder.ts'

const TOKEN = 'a-token-for-this-test-only'

let hall: HallFolder
let gateway: GatewayProcess
let stopMeters: () => Promise<unknown>

const ADDRESS = '202512345678'

beforeAll(async () => {
  const meter = createMeter(1234.5)
  const server = await startModbusServer({
    host: '127.0.0.1',
    port: 0,
    framing: 'tcp',
    units: new Map([
      [1, { device: 'meter-1', map: sdm630(meter.state), trouble: {} }],
      [2, { device: 'roof-1', map: sunspecMeter(meter.state), trouble: {} }],
    ]),
  })
  const items = threePhaseItems({ state: meter.state, address: ADDRESS, clockMs: Date.now })
  const utility = await startSerialLine({
    baud: 115_200,
    bits: 11,
    meters: [{ device: 'gate-1', address: ADDRESS, items, trouble: {} }],
    units: new Map(),
    turnaroundMs: () => 2,
  })
  stopMeters = () => Promise.all([server.close(), utility.close()])
  const gate = { profile: 'dlt645/three-phase', address: ADDRESS, periodMs: 1000 }
  hall = await makeHallFolder({
    links: {
      bus: { type: 'modbus-tcp', host: '127.0.0.1', port: server.port },
      utility: { type: 'modbus-rtu-over-tcp', host: '127.0.0.1', port: utility.port, baud: 115_200 },
    },
    devices: [
      { id: 'meter-1', name: '总表', profile: 'eastron/sdm630', zone: 'lobby', link: 'bus', unitId: 1 },
      { id: 'gate-1', name: '关口表', zone: 'lobby', link: 'utility', ...gate },
      { id: 'plug-1', name: '电水壶', profile: 'tasmota/plug', zone: 'lobby', topic: { topic: 'kettle' } },
    ],
  })
  gateway = await startGatewayProcess(hall, (args) =>
    spawn(process.execPath, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, HALLWATT_HTTP_TOKEN: TOKEN },
    }),
  )
})

afterAll(async () => {
  await gateway?.stop()
  await stopMeters?.()
  await hall?.remove()
})

async function ask<T>(method: string, path: string, body?: object): Promise<T> {
  const answer = await fetch(`${hall.http}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  })
  return (await answer.json()) as T
}

type Look = { exchanges: TrafficView[] }
const look = (after = 0, link = 'bus') => ask<Look>('GET', `/links/${link}/traffic?after=${after}`)
const recordings = async () => (await ask<{ recordings: RecordingState[] }>('GET', '/recordings')).recordings
const fileOf = (recording: RecordingState | undefined) =>
  join(dirname(hall.file), 'store', 'recordings', recording?.file ?? '')

interface Replayed {
  rows: { quantity: string; good: number; last?: number }[]
  unplaced: string[]
}
async function replayed(...args: string[]): Promise<Replayed> {
  const { output } = await hallwatt('replay', ...args, '--json')
  return (JSON.parse(output) as { report: Replayed }).report
}

test('an installer sees each request and answer of a line, byte by byte, with what they mean', async () => {
  await look()
  const { exchanges } = await vi.waitFor(
    async () => {
      const now = await look()
      expect(now.exchanges.length).toBeGreaterThan(2)
      return now
    },
    { timeout: 15_000, interval: 200 },
  )
  const [first] = exchanges
  // Transaction, protocol 0, six bytes, unit 1, function 4: input registers of an SDM630.
  expect(first?.sent).toMatch(/^[0-9a-f]{4}0000000601[0-9a-f]{2}/)
  expect(first?.received).toMatch(new RegExp(`^${first?.sent.slice(0, 4)}0000`))
  expect(first?.said.zh).toMatch(/^1 · input \d+–\d+：\d+ ms$/)
  const last = exchanges.at(-1)?.seq ?? 0
  expect((await look(last)).exchanges.every(({ seq }) => seq > last)).toBe(true)
})

test('yesterday’s traffic is recorded, and a new profile is tried on it without touching the device', async () => {
  const started = await ask<RecordingState>('POST', '/recordings', { target: { link: 'bus' }, minutes: 10 })
  expect(started).toMatchObject({ of: 'modbus-tcp', name: 'bus' })
  await vi.waitFor(async () => expect((await recordings())[0]?.bytes).toBeGreaterThan(2000), { timeout: 30_000 })
  await ask('POST', '/recordings/stop', { target: { link: 'bus' } })
  const [done] = await recordings()
  expect(done?.until).toBeUndefined()

  const answer = await fetch(`${hall.http}/api/v1/recordings/${done?.file}`, {
    headers: { authorization: `Bearer ${TOKEN}` },
  })
  const file = join(dirname(hall.file), 'taken.ndjson')
  await writeFile(file, await answer.text())
  const fits = await hallwatt('replay', file, '--profile', 'eastron/sdm630', '--json')
  expect(fits.code).toBe(0)
  const { report } = JSON.parse(fits.output) as {
    report: { rows: { quantity: string; good: number; last?: number }[]; answered: number }
  }
  expect(report.answered).toBeGreaterThan(0)
  expect(report.rows.find(({ quantity }) => quantity === 'activeEnergyImport')).toMatchObject({ last: 1234.5 })

  const other = await hallwatt('replay', file, '--profile', 'chint/dtsu666', '--device', 'meter-1')
  expect(other.code).toBe(1)
  expect(other.output).toContain('not in the recording')
  const plug = await hallwatt('replay', file, '--profile', 'signature/printer')
  expect(plug).toMatchObject({ code: 2, output: expect.stringContaining('cannot be tried on a recording') })
}, 60_000)

test('what a utility meter says is read in words, recorded, and another profile is tried on it', async () => {
  const target = { link: 'utility' }
  await ask('POST', '/recordings', { target, minutes: 10 })
  await look(0, 'utility')
  await vi.waitFor(
    async () => {
      const said = (await look(0, 'utility')).exchanges.map(({ said: { zh } }) => zh)
      for (const item of [/^202512345678 · 11H 0001FF00：91H，20 字节，\d+ ms$/, /11H 0201FF00：91H，6 字节/])
        expect(said).toContainEqual(expect.stringMatching(item))
    },
    { timeout: 30_000, interval: 200 },
  )
  await ask('POST', '/recordings/stop', { target })
  const file = fileOf((await recordings()).find(({ name }) => name === 'utility'))
  const report = await replayed(file, '--profile', 'dlt645/three-phase')
  expect(report.rows.find(({ quantity }) => quantity === 'activeEnergyImport')).toMatchObject({ last: 1234.5 })
  expect(await hallwatt('replay', file, '--profile', 'dlt645/three-phase', '--address', '000000000161')).toMatchObject({
    code: 1,
    output: expect.stringContaining('not in the recording'),
  })
}, 60_000)

test('a SunSpec profile is tried on a recording that has the walk over the models', async () => {
  const target = { link: 'bus' }
  await ask('POST', '/recordings', { target, minutes: 10 })
  const roof = { id: 'roof-1', name: '屋顶电表', profile: 'sunspec/meter', zone: 'lobby', link: 'bus', unitId: 2 }
  await hall.edit(({ devices }) => devices.push(roof))
  await vi.waitFor(
    async () => {
      const { modbus } = await ask<DeviceInside>('GET', '/devices/roof-1/inside')
      expect(modbus?.points.find(({ quantity }) => quantity === 'voltageL1')?.value).toBeGreaterThan(0)
    },
    { timeout: 30_000, interval: 200 },
  )
  await ask('POST', '/recordings/stop', { target })
  const file = fileOf((await recordings()).find(({ name }) => name === 'bus'))
  const fits = await replayed(file, '--profile', 'sunspec/meter', '--unit', '2')
  expect(fits.rows.find(({ quantity }) => quantity === 'voltageL1')?.good).toBeGreaterThan(0)
  expect(fits.unplaced).toEqual([])
  const other = await replayed(file, '--profile', 'sunspec/inverter', '--unit', '2')
  expect(other).toMatchObject({ rows: [], unplaced: ['SunSpec model 103, 102, 101, 113, 112, 111'] })
}, 60_000)

test('messages of a device that sends by itself are recorded the same way', async () => {
  await ask('POST', '/recordings', { target: { device: 'plug-1' }, minutes: 10 })
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${hall.mqttPort}`, {
    clientId: 'plug',
    username: 'plug-1',
    password: 'x',
  })
  onTestFinished(() => void client.end())
  const energy = {
    Time: '2026-11-22T10:00:00',
    ENERGY: { Total: 1.5, Power: 1800, Voltage: 221, Current: 8.2, Factor: 0.99 },
  }
  await client.publishAsync('tele/kettle/SENSOR', JSON.stringify(energy), { qos: 1 })
  await vi.waitFor(async () => expect((await recordings())[0]?.bytes).toBeGreaterThan(0))
  await ask('POST', '/recordings/stop', { target: { device: 'plug-1' } })
  const [done] = await recordings()
  const { rows } = await replayed(fileOf(done), '--profile', 'tasmota/plug')
  expect(rows.find(({ quantity }) => quantity === 'activePower')).toMatchObject({ last: 1800 })
})

test('a recording of a line that is not there is refused, and a name that climbs out of its folder finds nothing', async () => {
  expect(await ask('POST', '/recordings', { target: { link: 'nowhere' }, minutes: 1 })).toMatchObject({
    code: 'HW_LINK_UNKNOWN',
  })
  expect(await ask('GET', `/recordings/${encodeURIComponent('../hall.yaml')}`)).toMatchObject({
    code: 'HW_RECORDING_UNKNOWN',
  })
})
