import { performance } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'
import { singlePhaseItems, threePhaseItems } from '../../simulators/dlt645/items.ts'
import type { Dlt645Meter } from '../../simulators/dlt645/meter.ts'
import { sdm120 } from '../../simulators/modbus/eastron.ts'
import type { ModbusUnit } from '../../simulators/modbus/unit.ts'
import { createMeter } from '../../simulators/physics/electric.ts'
import { startSerialLine } from '../../simulators/serial-line.ts'
import type { ResolvedDevice } from '../src/config/resolved-hall.ts'
import { promisedPeriodMs } from '../src/polling/line-promise.ts'
import { createPolling, type Polling } from '../src/polling/polling.ts'
import { METERS, meterAddress, meterBus, meterName } from '../src/polling/testing/meter-bus.ts'
import { silentLog } from '../src/ports/log.ts'
import { systemClock } from '../src/ports/system-clock.ts'
import { openEndpoint } from '../src/wiring/endpoint.ts'

const DEAD = meterName(2)
const NOISY = meterName(6)
const NOISE_SHARE = 0.3
/** At the start every meter is checked, read for everything at once, and the dead one is found out: that is not the steady state. */
const WARM_UP = 3
const LEAST_WARM_UP_MS = 150_000
const CYCLES = 4
const MOST_PERIODS = 1.25

interface Run {
  readonly baud: number
  /** The one value of each meter that is read, so that a cycle is short; default: all. */
  readonly only?: string
}

/**
 * A bus of 32 meters whose bytes take their time: does every healthy one keep the period that the cost model says the line can do, while
 * one meter is dead and another one's answers are damaged?
 */
export async function run({ short = false }: { short?: boolean } = {}) {
  const runs: Run[] = short ? [{ baud: 9600, only: 'voltageL1' }] : [{ baud: 2400 }, { baud: 9600 }]
  // Two lines of their own: neither takes processor time worth speaking of.
  const figures = await Promise.all(runs.map(busOf))
  return {
    name: 'meters: 32 on one line, one dead, one noisy',
    method: `A half-duplex serial line behind a serial server, every byte paced at the baud rate: ${METERS.single} single-phase and ${METERS.three} three-phase DL/T 645 meters and ${METERS.modbus} Eastron SDM120 on Modbus RTU, answers after 30 to 90 ms and 10 to 30 ms. ${DEAD} never answers, ${NOISE_SHARE * 100} % of the answers of ${NOISY} have a wrong byte. The promised period is where the plans of all 32, costed for the line before anything was measured, take 80 % of it (polling/line-promise.ts); measured over ${CYCLES} periods once every meter was read for everything.`,
    figures: Object.assign({}, ...figures) as Record<string, number | string>,
  }
}

async function busOf({ baud, only }: Run): Promise<Record<string, number | string>> {
  const bits = 11
  const physics = createMeter(220.57).state
  const line = await startSerialLine({
    baud,
    bits,
    meters: meters(physics),
    units: units(physics),
    turnaroundMs: (device) => (device.startsWith('modbus') ? 10 + 20 * Math.random() : 30 + 60 * Math.random()),
    spoil: (device, frame) => (device === NOISY && Math.random() < NOISE_SHARE ? damaged(frame) : frame),
  })
  const link = { type: 'modbus-rtu-over-tcp', host: '127.0.0.1', port: line.port, baud } as const
  const links = new Map([['bus', { ...link, fingerprint: 'bus' }]])
  const heard = new Map<string, number[]>()
  let bad = 0
  let measuring = false
  const polling = createPolling({
    clock: systemClock,
    log: silentLog,
    random: Math.random,
    openEndpoint: (one, name) => openEndpoint(one, { clock: systemClock, log: silentLog, name }),
    learnt: { load: async () => [], save: async () => {} },
    onFrame({ device, stream, values, bad: missing }) {
      if (stream !== 'reading' || values.voltageL1 === undefined || !measuring) return
      heard.set(device, [...(heard.get(device) ?? []), performance.now()])
      if (device !== NOISY) bad += Object.values(missing ?? {}).filter((reason) => reason !== 'exception').length
    },
    onPresence() {},
  })
  try {
    const periodMs = promiseOf(polling, links, only)
    const devices = meterBus(periodMs, only)
    polling.setHall(links, new Map(devices.map((one) => [one.id, one])))
    await systemClock.sleep(only ? periodMs * WARM_UP : Math.max(LEAST_WARM_UP_MS, 3 * periodMs))
    measuring = true
    const before = stateOf(devices, polling)
    await systemClock.sleep(periodMs * CYCLES)
    return figuresOf(`${baud} Bd`, { periodMs, devices, heard, bad, before, after: stateOf(devices, polling), line })
  } finally {
    await polling.close()
    await line.close()
  }
}

/** In whole tenths of a second. */
function promiseOf(polling: Polling, links: Parameters<Polling['setHall']>[0], only: string | undefined): number {
  const devices = meterBus(3600_000, only)
  // Planned and at once taken back: nothing was asked yet.
  polling.setHall(links, new Map(devices.map((one) => [one.id, one])))
  const plans = devices.flatMap(({ id }) => polling.planOf(id) ?? [])
  polling.setHall(new Map(), new Map())
  return Math.ceil(promisedPeriodMs(plans) / 100) * 100
}

function figuresOf(
  name: string,
  {
    periodMs,
    devices,
    heard,
    bad,
    before,
    after,
    line,
  }: {
    readonly periodMs: number
    readonly devices: readonly ResolvedDevice[]
    readonly heard: ReadonlyMap<string, readonly number[]>
    readonly bad: number
    readonly before: ReturnType<typeof stateOf>
    readonly after: ReturnType<typeof stateOf>
    readonly line: Awaited<ReturnType<typeof startSerialLine>>
  },
): Record<string, number | string> {
  const healthy = devices.filter(({ id }) => id !== DEAD && id !== NOISY)
  const intervals = healthy.flatMap(({ id }) => intervalsOf(heard.get(id) ?? []))
  const kept = healthy.filter(({ id }) => {
    const own = intervalsOf(heard.get(id) ?? [])
    return own.length >= CYCLES - 2 && Math.max(...own) <= MOST_PERIODS * periodMs
  }).length
  const sorted = [...intervals].sort((a, b) => a - b)
  const at = (share: number) => (sorted[Math.floor(share * (sorted.length - 1))] ?? 0) / 1000
  const noisy = intervalsOf(heard.get(NOISY) ?? [])
  const share = (ms: number) => (100 * ms) / (periodMs * CYCLES)
  return {
    [`${name}: promised period, s`]: periodMs / 1000,
    [`${name}: period of the 30 healthy meters, median, p95, longest, s`]: [0.5, 0.95, 1]
      .map((share) => at(share).toFixed(2))
      .join(', '),
    [`${name}: healthy meters whose frames were never more than ${MOST_PERIODS} periods apart`]: `${kept} of ${healthy.length}`,
    [`${name}: passes they skipped`]: after.skipped - before.skipped,
    [`${name}: values they missed`]: bad,
    [`${name}: frames of the noisy meter`]: `${noisy.length + (heard.has(NOISY) ? 1 : 0)} of ${CYCLES}`,
    [`${name}: line busy, % of the time (of it for the dead meter)`]: `${share(after.busyMs - before.busyMs).toFixed(0)} (${share(after.probeMs - before.probeMs).toFixed(1)})`,
    [`${name}: requests, collisions`]: `${after.requests - before.requests}, ${line.stats.collisions}`,
  }
}

function stateOf(devices: readonly ResolvedDevice[], polling: Polling) {
  const { requests, busyMs, probeMs } = polling.stats()
  const healthy = devices.filter(({ id }) => id !== DEAD && id !== NOISY)
  const skipped = healthy.reduce((sum, { id }) => sum + (polling.inside(id)?.counts.skipped ?? 0), 0)
  return { requests, busyMs, probeMs, skipped }
}

/** Between frames that follow one another. */
const intervalsOf = (times: readonly number[]): number[] => times.slice(1).map((time, i) => time - (times[i] ?? 0))

function meters(state: ReturnType<typeof createMeter>['state']): Dlt645Meter[] {
  return Array.from({ length: METERS.single + METERS.three }, (_, i) => {
    const source = { state, address: meterAddress(i), clockMs: Date.now }
    const items = i < METERS.single ? singlePhaseItems(source, 0) : threePhaseItems(source)
    return {
      device: meterName(i),
      address: source.address,
      items,
      trouble: meterName(i) === DEAD ? { silent: true } : {},
    }
  })
}

const units = (state: ReturnType<typeof createMeter>['state']): Map<number, ModbusUnit> =>
  new Map(
    Array.from({ length: METERS.modbus }, (_, i) => [
      i + 1,
      { device: `modbus-${i + 1}`, map: sdm120(state, 0), trouble: {} },
    ]),
  )

function damaged(frame: Buffer): Buffer {
  const bent = Buffer.from(frame)
  const at = Math.floor(Math.random() * bent.length)
  bent[at] = (bent[at] ?? 0) ^ 0x15
  return bent
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.stdout.write(`${JSON.stringify(await run({ short: process.argv.includes('--short') }), null, 2)}\n`)
}
