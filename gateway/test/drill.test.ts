import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { FAULTS, type FaultTarget } from '../../simulators/faults.ts'
import type { DrillSummary } from '../src/cli/drill-figures.ts'
import { drillHallText } from '../src/cli/drill-hall.ts'
import { drillCodes, drillRow } from '../src/cli/drill-rows.ts'
import { projectFolder } from '../src/cli/load-hall.ts'
import { FAULT_CODES } from '../src/domain/fault-codes.ts'

const hallFile = (name: string) => readFile(join(projectFolder, 'gateway', 'halls', name), 'utf8')

/** Profiles the simulators take for a target; what happens to the line can happen to anybody. */
const PROFILES: Record<FaultTarget, RegExp> = {
  terminal: /kiosk|zt200|sst-7/,
  queue: /ticket-machine/,
  evaluator: /evaluator/,
  ups: /ups/,
  appliance: /plug/,
  charger: /keba|terra|charger/,
  'charger-agent': /hallwatt\/charger/,
  'meter-agent': /hallwatt\/meter/,
  modbus: /./,
  mqtt: /./,
  ocpp: /^ocpp/,
  instrument: /hallwatt\/appliance/,
  safety: /hallwatt\/appliance/,
}

test('every fault that a device shows by itself has a drill', () => {
  // A load that stays on is found by the demonstration that switches it off: gateway/test/demos-gone-wrong.test.ts.
  const shown = Object.keys(FAULT_CODES).filter((code) => code !== 'demo.not_off')
  expect([...drillCodes].sort()).toEqual(shown.sort())
  expect(drillCodes).toHaveLength(83)
})

test.each(drillCodes)('the drill of %s is in the documentation', async (code) => {
  const { fault, device = 'any terminal', waits = '' } = drillRow(code)
  const page = await readFile(join(projectFolder, 'gateway', 'docs', 'drills.md'), 'utf8')
  expect(page).toContain(`| \`${code}\` | ${FAULT_CODES[code].zh} | \`${fault}\` | ${device} | ${waits} |`)
})

test.each(drillCodes)('%s is shown by a scenario of the simulators that says so', async (code) => {
  const { fault, device = 'kiosk-01' } = drillRow(code)
  const scenario = FAULTS[fault]
  expect(scenario, `there is no simulated fault "${fault}"`).toBeDefined()
  // What happens to a line (silence, a clock) is another fault for each kind of device.
  expect([code, undefined]).toContain(scenario?.finds)
  const text = drillHallText(await hallFile('demo.yaml'), await hallFile('drill.yaml'), {
    basePort: 18_000,
    channelUrl: 'http://127.0.0.1/drill',
    secretName: 'SECRET',
  })
  const { devices } = parse(text) as { devices: { id: string; profile: string }[] }
  const profile = devices.find(({ id }) => id === device)?.profile ?? ''
  expect(
    scenario?.on.some((target) => PROFILES[target].test(profile)),
    `${fault} cannot happen to ${device}`,
  ).toBe(true)
})

test('a jam, a swallowed note, a hot charger, a silent evaluator and a cut mains go from fault to closed order', {
  timeout: 90_000,
}, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hallwatt-drill-test-'))
  const codes = ['prn.paper_jam', 'cash.note_jam', 'ev.hot', 'eval.silent', 'ups.on_battery', 'touch.dead']
  const program = join(projectFolder, 'gateway', 'src', 'main.ts')
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [program, 'drill', ...codes, '--json', '--base-port', '28000'],
    { env: { ...process.env, TMPDIR: folder } },
  ).catch((error: { stdout: string }) => error)
  await rm(folder, { recursive: true, force: true })
  const summary = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as DrillSummary
  expect(summary.failed).toEqual([])
  expect(summary.passed).toBe(codes.length)
  expect(summary.refusedMessages).toBe(0)
  expect(summary.repeatedMessages).toBe(0)
})
