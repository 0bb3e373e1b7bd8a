import { readdirSync, readFileSync } from 'node:fs'
import { performance } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'
import type { Link } from '../src/config/hall-schema.ts'
import type { ResolvedDevice } from '../src/config/resolved-hall.ts'
import { lineCost } from '../src/polling/cost-model.ts'
import { limitsOf } from '../src/polling/device-plan.ts'
import { createPolling } from '../src/polling/polling.ts'
import { planReads } from '../src/polling/read-plan.ts'
import { simulatedLine } from '../src/polling/testing/simulated-line.ts'
import { VirtualClock } from '../src/polling/testing/virtual-clock.ts'
import { silentLog } from '../src/ports/log.ts'
import { compileRegisters } from '../src/profiles/decode-registers.ts'
import type { Profile } from '../src/profiles/profile-schema.ts'
import { parseProfile } from '../src/profiles/profiles.ts'

interface Result {
  readonly name: string
  readonly method: string
  readonly figures: Readonly<Record<string, number | string>>
}

interface Count {
  readonly points: number
  readonly requests: number
}

const profilesFolder = fileURLToPath(new URL('../../device-profiles', import.meta.url))
const serial: Link = { type: 'modbus-rtu', path: '-', baud: 9600, parity: 'none', dataBits: 8, stopBits: 1 }
const network: Link = { type: 'modbus-tcp', host: '-', port: 502 }

/** What planning saves against one request per point, and what a dead device costs its neighbours. */
export async function run(): Promise<Result[]> {
  return [requestsPerCycle(), await deadNeighbour()]
}

function modbusProfiles(): Map<string, Profile> {
  const found = new Map<string, Profile>()
  for (const file of readdirSync(profilesFolder, { recursive: true, encoding: 'utf8' }).sort()) {
    if (!file.endsWith('.yaml') || file.endsWith('.cases.yaml')) continue
    const path = `${profilesFolder}/${file}`
    const profile = parseProfile(path, readFileSync(path, 'utf8'))
    if (profile.modbus) found.set(file.slice(0, -'.yaml'.length), profile)
  }
  return found
}

function requestsPerCycle(): Result {
  const figures: Record<string, string> = {}
  const meters: Count[] = []
  const blockMeters: Count[] = []
  for (const [id, { kind, modbus }] of modbusProfiles()) {
    const registers = compileRegisters(modbus!)
    const link = modbus!.serial ? serial : network
    const { maxRegistersPerRequest, maxGap } = modbus!
    const cost = lineCost(link, modbus!.gapMs)
    const repeated = registers.filter(({ rate }) => rate !== 'once')
    const blocks = planReads(repeated, limitsOf(modbus!), cost)
    const requests = blocks.length
    const read = blocks.reduce((sum, block) => sum + block.count, 0)
    const points = repeated.length
    const ratio = points / requests
    if (kind === 'meter') meters.push({ points, requests })
    if (kind === 'meter' && maxRegistersPerRequest > 2) blockMeters.push({ points, requests })
    const limit = maxRegistersPerRequest < 20 ? `, at most ${maxRegistersPerRequest} registers per request` : ''
    const gap = maxGap === undefined ? '' : `, holes of at most ${maxGap}`
    figures[id] = `${requests} requests (${read} registers) for ${points} points: 1/${ratio.toFixed(1)}${limit}${gap}`
  }
  figures['all meters together'] = together(meters)
  figures['meters that answer blocks'] = together(blockMeters)
  return {
    name: 'polling: requests per cycle against one per point',
    method:
      'Plan of every shipped Modbus profile (first variant), one cycle in which its fast, normal and slow registers are due together; models with a serial setting on a 9600 baud line, the others on TCP. One per point: one request for each quantity, scale registers not counted.',
    figures,
  }
}

const together = (counts: readonly Count[]) => {
  const points = counts.reduce((sum, count) => sum + count.points, 0)
  const requests = counts.reduce((sum, count) => sum + count.requests, 0)
  return `${requests} requests for ${points} points: 1/${(points / requests).toFixed(1)}`
}

const HOUR_MS = 3_600_000

async function deadNeighbour(): Promise<Result> {
  const shipped = modbusProfiles().get('eastron/sdm630')!
  // The simulated registers hold their own addresses, which no probe would believe.
  const { probe: _, ...modbus } = shipped.modbus!
  const profile = { ...shipped, modbus }
  const figures: Record<string, number | string> = {}
  for (const dead of [0, 1, 4]) {
    const clock = new VirtualClock()
    const line = simulatedLine(clock, lineCost(serial, 0), new Set(Array.from({ length: dead }, (_, i) => i + 1)))
    const polling = createPolling({
      clock,
      log: silentLog,
      random: Math.random,
      openEndpoint: () => line.endpoint,
      learnt: { load: async () => [], save: async () => {} },
      onFrame() {},
      onPresence() {},
    })
    const devices = Array.from({ length: 8 }, (_, i) => meter(profile, i + 1))
    polling.setHall(new Map([['bus', { ...serial, fingerprint: 'bus' }]]), new Map(devices.map((one) => [one.id, one])))
    await clock.pass(120_000)
    const before = { ...polling.stats(), seen: line.seen.length }
    const start = performance.now()
    await clock.pass(HOUR_MS)
    const after = polling.stats()
    const share = (100 * (after.probeMs - before.probeMs)) / HOUR_MS
    const busy = (100 * (after.busyMs - before.busyMs)) / HOUR_MS
    const alive = line.seen.slice(before.seen).filter(({ unitId }) => unitId > dead).length / (8 - dead)
    figures[`${dead} of 8 dead`] =
      `${share.toFixed(2)} % of the line's time lost, ${alive.toFixed(0)} requests per living device and hour, line ${busy.toFixed(0)} % busy, ${after.skippedPasses - before.skippedPasses} passes skipped`
    if (dead === 0) figures['processor time for an hour of 8 meters'] = `${Math.round(performance.now() - start)} ms`
    const closed = polling.close()
    await clock.pass(5000)
    await closed
  }
  return {
    name: 'polling: bus time lost to dead neighbours',
    method:
      'Eight Eastron SDM630 on one simulated 9600 baud line, one hour on a virtual clock after two minutes in which the dead are found out; a dead device holds the line for the whole time-out of each probe.',
    figures,
  }
}

const meter = (profile: Profile, unitId: number): ResolvedDevice => ({
  id: `meter-${unitId}`,
  name: `meter-${unitId}`,
  hall: 'hall',
  zone: 'zone',
  kind: 'meter',
  profileId: 'eastron/sdm630',
  profile,
  connection: { via: 'modbus', link: 'bus', unitId },
  periodsMs: {},
  fingerprint: `${unitId}`,
})

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.stdout.write(`${JSON.stringify(await run(), null, 2)}\n`)
}
