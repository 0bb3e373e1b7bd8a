import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, expect, test } from 'vitest'
import { singlePhaseItems, threePhaseItems } from '../../simulators/dlt645/items.ts'
import type { Dlt645Meter } from '../../simulators/dlt645/meter.ts'
import { createMeter } from '../../simulators/physics/electric.ts'
import { startSerialLine } from '../../simulators/serial-line.ts'

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
  const at = ['--host', '127.0.0.1', '--port', `${line.port}`, '--rtu', '--baud', '38400']
  const args = [main, 'profile', 'try', '--profile', profile, ...at, ...more]
  return promisify(execFile)(process.execPath, args).catch((error) => error)
}

test('an installer reads the only meter of a line without knowing its address', async () => {
  const { stdout } = await tried([meterOf('202512345678', 1)], 'dlt645/single-phase')
  expect(stdout).toMatch(/^voltageL1 +231\.5 {2}V +15 23 +item 02010100 +02010100$/m)
  expect(stdout).toMatch(/^serialNumber +202512345678 /m)
  expect(stdout).toMatch(/^activeEnergyImportPeak +81\.61 {2}kWh +61 81 00 00 +item 0001FF00 +00010200$/m)
}, 20_000)

test('what a meter refuses is told item by item, and the rest is read', async () => {
  const { stdout } = await tried(
    [meterOf('000000000161', 3), meterOf('000000000162', 1)],
    'dlt645/three-phase',
    '--address',
    '162',
  )
  expect(stdout).toMatch(/^voltageL1 +231\.5 {2}V +15 23 +item 02010100/m)
  expect(stdout).toMatch(/^voltageL2 +bad: refused +item 02010200/m)
}, 20_000)

test('two meters on the line are not taken for one', async () => {
  const failed = await tried([meterOf('000000000161', 1), meterOf('000000000162', 1)], 'dlt645/single-phase')
  expect(failed.code).toBe(1)
  expect(failed.stderr).toContain('name one with --address')
}, 20_000)
