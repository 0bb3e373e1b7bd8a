import { execFile, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, expect, test, vi } from 'vitest'
import { singlePhaseItems, threePhaseItems } from '../../simulators/dlt645/items.ts'
import type { Dlt645Meter } from '../../simulators/dlt645/meter.ts'
import { createMeter } from '../../simulators/physics/electric.ts'
import { startSerialLine } from '../../simulators/serial-line.ts'
import type { DeviceInside, ScanAnswer, TryAnswer } from '../src/http/setup-views.ts'
import { startRecordedLine } from './servers/recorded-line.ts'
import { startGatewayProcess } from './support/gateway-process.ts'
import { makeHallFolder } from './support/hall-folder.ts'

const main = fileURLToPath(new URL('../../bin/hallwatt.mjs', import.meta.url))
const opened: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of opened.splice(0)) await close()
})

const physics = createMeter(220.57).state
physics.u = [231.5, 230.7, 229.9]
const meterOf = (address: string, phases: 1 | 3): Dlt645Meter => {
  const source = { state: physics, address, clockMs: Date.now }
  const items = phases === 1 ? singlePhaseItems(source, 0) : threePhaseItems(source)
  return { device: address, address, items, trouble: {} }
}

/** `hallwatt profile try` on a line with these meters. */
async function tried(meters: readonly Dlt645Meter[], profile: string, ...more: string[]) {
  const line = await startSerialLine({ baud: 38_400, bits: 11, meters, units: new Map(), turnaroundMs: () => 5 })
  opened.push(() => line.close())
  return triedAt(line.port, profile, ...more)
}

function triedAt(port: number, profile: string, ...more: string[]) {
  const at = ['--host', '127.0.0.1', '--port', `${port}`, '--rtu', '--baud', '38400']
  const args = [main, 'profile', 'try', '--profile', profile, ...at, ...more]
  return promisify(execFile)(process.execPath, args).catch((error) => error)
}

test('an installer reads the only meter of a line without knowing its address', async () => {
  const { stdout } = await tried([meterOf('202512345678', 1)], 'dlt645/single-phase')
  expect(stdout).toMatch(/^voltageL1 +231\.5 {2}V +15 23 +item 02010100 +02010100$/m)
  expect(stdout).toMatch(/^serialNumber +202512345678 /m)
  expect(stdout).toMatch(/^activeEnergyImportPeak +81\.61 {2}kWh +61 81 00 00 +item 0001FF00 +00010200$/m)
}, 60_000)

test('what a meter refuses is told item by item, and the rest is read', async () => {
  const { stdout } = await tried(
    [meterOf('000000000161', 3), meterOf('000000000162', 1)],
    'dlt645/three-phase',
    '--address',
    '162',
  )
  expect(stdout).toMatch(/^voltageL1 +231\.5 {2}V +15 23 +item 02010100/m)
  expect(stdout).toMatch(/^voltageL2 +bad: refused +item 02010200/m)
}, 60_000)

test('two meters on the line are not taken for one', async () => {
  const failed = await tried([meterOf('000000000161', 1), meterOf('000000000162', 1)], 'dlt645/single-phase')
  expect(failed.code).toBe(1)
  expect(failed.stderr).toContain('name one with --address')
}, 60_000)

/** What a meter of another make said; the file tells which, and what it was set to. */
const RECORDED = 'dlt645-3.2.0.frames'

test('a meter of another make is read whole: tariffs, power that flows back, and what it refuses', async () => {
  const line = await startRecordedLine(RECORDED)
  opened.push(() => line.close())
  const { stdout } = await triedAt(line.port, 'dlt645/three-phase', '--address', '202512345678')
  for (const value of [
    /^voltageL3 +229\.9 {2}V +99 22 /m,
    /^currentL2 +-1\.25 {2}A +50 12 80 /m,
    /^activePower +-1234\.5 {2}W +45 23 81 /m,
    /^reactivePower +-250 {2}var +00 25 80 /m,
    /^powerFactor +-0\.98 +80 89 /m,
    /^activeEnergyImport +1234\.56 {2}kWh +56 34 12 00 /m,
    /^activeEnergyImportSharp +98\.76 {2}kWh /m,
    /^activeEnergyImportValley +246\.92 {2}kWh /m,
    /^activeEnergyExport +67\.35 {2}kWh /m,
    /^serialNumber +202512345678 /m,
    /^voltageL12 +bad: refused /m,
  ])
    expect(stdout).toMatch(value)
  expect(stdout).not.toContain('timeout')
  // By the wildcard, which this make answers with the wildcard.
  expect((await triedAt(line.port, 'dlt645/single-phase')).stdout).toMatch(/^activePower +-1234\.5 {2}W /m)
}, 60_000)

const TOKEN = 'a-token-for-this-test-only'

test('meters of the hall, ours and of another make, are read, shown byte by byte, and found again by a scan', async () => {
  const meters = [meterOf('202512345678', 3)]
  const line = await startSerialLine({ baud: 115_200, bits: 11, meters, units: new Map(), turnaroundMs: () => 2 })
  opened.push(() => line.close())
  const recorded = await startRecordedLine(RECORDED)
  opened.push(() => recorded.close())
  const to = { type: 'modbus-rtu-over-tcp', host: '127.0.0.1', baud: 115_200 }
  const meter = { profile: 'dlt645/three-phase', zone: 'lobby', address: '202512345678' }
  const hall = await makeHallFolder({
    links: { bus: { ...to, port: line.port }, other: { ...to, port: recorded.port } },
    devices: [
      { id: 'meter-1', name: '关口表', link: 'bus', ...meter },
      { id: 'meter-2', name: '分表', link: 'other', ...meter },
    ],
  })
  opened.unshift(() => hall.remove())
  const gateway = await startGatewayProcess(hall, (args) =>
    spawn(process.execPath, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, HALLWATT_HTTP_TOKEN: TOKEN },
    }),
  )
  opened.unshift(() => gateway.stop())
  const ask = async <Answer>(method: string, path: string, body?: object): Promise<Answer> => {
    const answer = await fetch(`${hall.http}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    })
    return (await answer.json()) as Answer
  }
  const insideOf = (id: string) =>
    vi.waitUntil(
      async () => {
        const { modbus } = await ask<DeviceInside>('GET', `/devices/${id}/inside`)
        // On a machine with other work to do an answer may be too late once.
        return modbus?.points[0]?.value == null || modbus.state !== 'running' ? undefined : modbus
      },
      { timeout: 40_000, interval: 200 },
    )
  const [inside, other] = await Promise.all([insideOf('meter-1'), insideOf('meter-2')])
  expect(other.points.find(({ quantity }) => quantity === 'activePower')?.value).toBe(-1234.5)
  expect(inside).toMatchObject({ meter: '202512345678', state: 'running', link: { id: 'bus' } })
  expect(inside.points[0]).toMatchObject({
    quantity: 'voltageL1',
    table: 'item',
    functionCode: 0x11,
    reference: '02010100',
    words: ['15', '23'],
    value: 231.5,
  })
  const tried = await ask<TryAnswer>('POST', '/commissioning/try', {
    target: { link: 'bus' },
    meter: '202512345678',
    profile: 'dlt645/three-phase',
  })
  expect(tried.points[0]).toMatchObject({ value: 231.5, plausible: 'yes', words: ['15', '23'] })
  const scanned = async (link: string) => {
    const order = { target: { link }, unitIds: { from: 1, to: 1 } }
    const { id } = await ask<ScanAnswer>('POST', '/commissioning/scan', order)
    return vi.waitUntil(
      async () => {
        const now = await ask<ScanAnswer>('GET', `/commissioning/scans/${id}`)
        return now.state === 'running' ? undefined : now
      },
      { timeout: 40_000, interval: 300 },
    )
  }
  const ours = await scanned('bus')
  expect(ours.meters).toMatchObject([{ address: '202512345678', device: 'meter-1' }])
  const theirs = await scanned('other')
  expect(theirs.meters).toMatchObject([{ address: 'AAAAAAAAAAAA', device: null }])
  for (const { meters } of [ours, theirs]) expect(meters[0]?.suggestions[0]?.profile).toBe('dlt645/three-phase')
  // Read, try and scan: nothing but reading data (11H) went to a sealed meter.
  expect(recorded.controlCodes()).toEqual([0x11])
}, 120_000)
