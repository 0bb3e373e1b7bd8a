import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay, setImmediate } from 'node:timers/promises'
import { parse, stringify } from 'yaml'
import { openProfileLibrary, projectFolder } from '../../../gateway/src/cli/load-hall.ts'
import { parseHall } from '../../../gateway/src/config/config.ts'
import type { ResolvedHall } from '../../../gateway/src/config/resolved-hall.ts'
import { createIngest } from '../../../gateway/src/ingest/ingest.ts'
import { gatewayFrame } from '../../../gateway/src/metrics/gateway-frame.ts'
import { watchProcess } from '../../../gateway/src/metrics/process-stats.ts'
import { silentLog } from '../../../gateway/src/ports/log.ts'
import { createReadings } from '../../../gateway/src/readings/readings.ts'
import { statusFrame } from '../../../gateway/src/readings/status-frame.ts'
import type { SpooledFrame } from '../../../gateway/src/spool/spool.ts'
import { createFrames } from '../../../gateway/src/wiring/frames.ts'
import { openRepair } from '../../../gateway/src/wiring/repair.ts'
import { openStorage } from '../../../gateway/src/wiring/storage.ts'
import type { Kpi } from '../../../gateway/src/work-orders/kpi-definitions.ts'
import { type HallFile, readHallFile } from '../../../simulators/hall-file.ts'
import { seededRandom } from '../../../simulators/physics/random.ts'
import { demonstrationsUntil } from './demonstrations.ts'
import { createScenario } from './scenario.ts'
import { createSimulatedDevices } from './simulated-devices.ts'
import { SteppedClock, SteppedOpened } from './stepped-clock.ts'

/** What happened: every frame as the gateway's own store gives it back, and the figures it computed from its orders. */
export interface SimulatedDays {
  readonly from: number
  readonly to: number
  readonly frames: readonly SpooledFrame[]
  readonly kpis: readonly Kpi[]
}

const HALL = join(projectFolder, 'gateway/halls/demo.yaml')
const STEP_MS = 300_000
const PLAIN = { retain: false, dup: false, will: false }
/** Frames on their way to the disk at once. */
const MOST_PENDING = 1000
/** Frames InfluxDB may be behind; from 2,000 on the forwarder opens a second lane. */
const MOST_BEHIND = 700
const DAY_MS = 86_400_000

/**
 * Lets the demo hall live for some days in less than a minute and sends everything to InfluxDB: simulated physics → profiles →
 * readings, faults, alarms, orders → store → forwarder. The rooms and their wiring are the gateway's; only the clock is ours, and
 * devices are read every five minutes instead of every few seconds. The stop-watch of faults takes such a step for 5 s, so delays
 * and forecasts judge otherwise than in a hall: the check compares numbers, it does not judge judgements.
 */
export async function simulateDays(options: {
  days: number
  influx: { url: string; database: string }
}): Promise<SimulatedDays> {
  const { days, influx } = options
  const from = Date.parse('2026-06-15T00:00:00+08:00')
  const to = from + days * DAY_MS
  const hall = await hallOf(influx)
  const clock = new SteppedClock(from)
  const opened = new SteppedOpened()
  const folder = await mkdtemp(join(tmpdir(), 'hallwatt-dashboards-'))
  const random = seededRandom(7)
  const gatewayOptions = { folder, environment: {}, clock, log: silentLog, random }
  opened.add(() => rm(folder, { recursive: true, force: true }))
  try {
    const storage = await openStorage(
      { ...hall.hall, store: { ...hall.hall.store, path: 'store' } },
      gatewayOptions,
      opened,
    )
    const readings = createReadings()
    const frames = createFrames({ hall: () => hall, readings, spool: storage.spool, clock })
    const repairRooms = await openRepair(
      { hall: () => hall, storage, readings, frames, publish: () => {}, publicUrl: () => 'http://127.0.0.1:8080' },
      gatewayOptions,
      opened,
    )
    readings.setDevices([...hall.devices.values()], clock.wallMs())
    repairRooms.takeOver(hall)
    const ingest = createIngest({
      clock,
      log: silentLog,
      onFrame: frames.take,
      onPresence: (device, presence, at, reason) => readings.setPresence(device, presence, at, reason),
    })
    ingest.setDevices([...hall.devices.values()])
    const devices = createSimulatedDevices({
      file: fileOf(hall),
      hall,
      seed: 7,
      start: from,
      clockMs: () => clock.wallMs(),
    })
    const process = watchProcess(clock)
    opened.add(() => process.close())
    const { repair } = repairRooms.views
    const scenario = createScenario({ start: from, faults: devices.faults, repair, mend: devices.refill })
    const readErrors = new Map<string, number>()

    /** A round of every device. Frames go to the disk together, as they do when many devices speak at once. */
    async function round(now: number): Promise<void> {
      const waiting: Promise<void>[] = []
      for (const { user, topic, payload, qos } of devices.speak())
        waiting.push(ingest.receive({ user, topic, payload: Buffer.from(payload), qos, ...PLAIN, clientId: user }))
      for (const { device, read } of devices.polled) {
        const frame = read()
        const presence = frame ? 'online' : 'offline'
        if (readings.device(device.id)?.presence !== presence)
          readings.setPresence(device.id, presence, now, frame ? undefined : 'timeout')
        if (frame) waiting.push(frames.take(frame))
        else readErrors.set(device.id, (readErrors.get(device.id) ?? 0) + 1)
        waiting.push(frames.take(polledStatus(device.id, frame !== undefined, now)))
      }
      for (const state of readings.all())
        if (hall.devices.get(state.device)?.connection.via === 'mqtt')
          waiting.push(frames.take(statusFrame(state, now)))
      waiting.push(frames.take(itself(now)))
      for (const run of demonstrationsUntil(now - from, STEP_MS))
        waiting.push(frames.take({ ...run, at: from + run.at }))
      await Promise.all(waiting)
    }

    const polledStatus = (device: string, online: boolean, at: number) => ({
      device,
      stream: 'status' as const,
      at,
      values: {
        online,
        readErrors: readErrors.get(device) ?? 0,
        ...(online && { readLatency: Math.round(20 + 40 * random()) / 1000 }),
      },
    })

    const itself = (now: number) =>
      gatewayFrame(
        {
          process: process.stats(),
          readings: readings.stats(),
          spool: storage.spool.stats(),
          store: storage.store.stats(),
          influx: storage.influx!.stats(),
          repair: repairRooms.stats.repair(),
          service: repairRooms.serviceFigures(),
        },
        now,
      )

    let behind: Promise<void>[] = []
    for (let now = from; now < to; now += STEP_MS) {
      clock.set(now)
      devices.physics.step(now)
      // People see what the readings of the last step showed.
      await scenario.step(now)
      behind.push(round(now))
      if (behind.length * hall.devices.size > MOST_PENDING) {
        await Promise.all(behind)
        behind = []
      } else await setImmediate()
      // One lane only: a backlog beside it could bring two points of the same instant in the wrong order.
      while (storage.influx!.stats().lagFrames > MOST_BEHIND) await delay(5)
      readings.tick(now)
      await opened.step(now)
      // Each step of the repair chain is on disk before the next begins: orders are told as they were.
      while (repairRooms.stats.repair().waitingSteps > 0) await delay(1)
    }
    await Promise.all(behind)
    while (storage.spool.stats().pendingFrames > 0 || storage.influx!.stats().lagFrames > 0) await delay(20)
    const { kpis } = (await repairRooms.views.kpis.json({ from, to })) as { kpis: readonly Kpi[] }
    return { from, to, frames: await storage.spool.read(1, storage.spool.head(), Number.MAX_SAFE_INTEGER), kpis }
  } finally {
    await opened.close()
  }
}

/** The stepped clock moves registers and messages; devices that are reached in other ways have no part in these days. */
const OTHER_WAYS = /^(dlt645|ocpp|probe|snmp|sunspec)\/|^hallwatt\/appliance$/

const fileOf = ({ devices }: ResolvedHall): HallFile => {
  const file = readHallFile(HALL)
  return { ...file, devices: file.devices.filter(({ id }) => devices.has(id)) }
}

/** The demo hall with InfluxDB and people, read every five minutes, keeping its frames for longer than the check lasts. */
async function hallOf(influx: { url: string; database: string }): Promise<ResolvedHall> {
  const document = parse(await readFile(HALL, 'utf8')) as { devices: Record<string, unknown>[] }
  const people = ['li-wei', 'wang-fang'].map((id) => ({ id, name: id, channels: ['hall'] }))
  const changed = {
    ...document,
    devices: document.devices
      .filter(({ profile }) => !OTHER_WAYS.test(String(profile)))
      .map((device) => ({ ...device, periodMs: STEP_MS })),
    store: { path: 'store', rawHours: 24 * 60 },
    repair: {
      people,
      channels: { hall: { type: 'mqtt', topic: 'hall/notice' } },
      alwaysOpen: ['entrance'],
      verify: { healthyMinutes: 1 },
    },
    influx: { url: influx.url, api: 'v1', bucket: influx.database, gzip: false },
  }
  return parseHall('demo.yaml', stringify(changed), await openProfileLibrary())
}
