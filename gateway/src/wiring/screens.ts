import { createOpeningHours } from '../alarms/opening-hours.ts'
import { openBigScreens, type PairedScreen } from '../big-screens/big-screens.ts'
import type { Commands } from '../commands/command.ts'
import type { ResolvedDevice, ResolvedHall } from '../config/resolved-hall.ts'
import { readSecret } from '../config/secrets.ts'
import type { DemoRuns } from '../demo-runs/demo-run.ts'
import type { Flows } from '../flows/flows.ts'
import { createHttp, type Http } from '../http/http.ts'
import type { HealthCheck } from '../http/views.ts'
import { createLive } from '../live/live.ts'
import { GATEWAY_FRAME_EVERY_MS, gatewayFrame } from '../metrics/gateway-frame.ts'
import { createMetrics } from '../metrics/metrics.ts'
import { watchProcess } from '../metrics/process-stats.ts'
import type { Readings } from '../readings/readings.ts'
import { storedDocument } from '../store/documents-table.ts'
import type { Traffic } from '../traffic/traffic.ts'
import { createClockWatch } from './clock-watch.ts'
import type { Devices } from './devices.ts'
import type { Frames } from './frames.ts'
import type { GatewayOptions, Opened } from './opened.ts'
import type { RepairRooms } from './repair.ts'
import { openSetup } from './settings.ts'
import type { Storage } from './storage.ts'
import { VERSION } from './version.ts'

/** The gateway is stored under this name when it tells about itself. */
const SELF = 'gateway'

/** Everything that shows: live stream, HTTP, metrics, and the gateway's own measurement. */
export async function openScreens(
  parts: {
    hall: () => ResolvedHall
    storage: Storage
    devices: Devices
    readings: Readings
    frames: Frames
    repair: RepairRooms
    commands: Commands
    demos: DemoRuns
    traffic: Traffic
    /** Absent: the hall runs no Node-RED. */
    flows: Flows | undefined
    configuration: () => HealthCheck
  },
  options: GatewayOptions,
  opened: Opened,
): Promise<Http> {
  const { hall, storage, devices, readings, frames, repair, commands, demos, traffic, flows } = parts
  const { clock, log } = options
  const { store, spool, history, influx } = storage
  const { broker, ingest, polling, ocpp } = devices
  const settings = hall().hall
  const process = watchProcess(clock)
  opened.add(() => process.close())

  const live = createLive({
    readings,
    describe: (id) => hall().devices.get(id),
    facts: () => ({
      hall: { id: settings.hall.id, name: hall().hall.hall.name },
      committedFrames: spool.stats().committedFrames,
      backlogFrames: influx ? influx.stats().lagFrames : null,
      forwardLagS: influx ? influx.stats().lagSeconds : null,
    }),
    clock,
    log,
  })
  opened.add(() => live.close())

  const bigScreens = await openBigScreens({
    hall: () => hall().hall.hall,
    screens: () => hall().hall.demos.screens,
    isOpen: createOpeningHours(settings.repair.openingHours, settings.hall.timeZone),
    demos,
    paired: storedDocument<readonly PairedScreen[]>(store, 'paired-screens', []),
    clock,
  })
  opened.add(() => bigScreens.close())

  const metrics = createMetrics(
    {
      readings: readings.stats,
      broker: () => broker.stats(),
      ingest: () => ingest.stats(),
      ...repair.stats,
      commands: () => commands.stats(),
      demos: () => demos.stats(),
      bigScreens: () => bigScreens.stats(),
      polling: () => polling.stats(),
      asking: () => devices.asking.stats(),
      links: () => Object.fromEntries(polling.linkStats()),
      store: () => store.stats(),
      spool: () => spool.stats(),
      history: () => history.stats(),
      live: () => live.stats(),
      http: () => http.stats(),
      process: () => process.stats(),
      ...(influx && { influx: () => influx.stats() }),
      ...(flows && { flows: () => flows.stats() }),
      ...(ocpp && { ocpp: () => ocpp.stats() }),
    },
    { version: VERSION, log },
  )
  const clockWatch = createClockWatch(clock)
  opened.every(1000, clockWatch.tick)
  const setup = openSetup(
    { hall, storage, devices, readings, repair, traffic, clockWatch, version: VERSION },
    options,
    opened,
  )
  const token = readSecret(options.environment, 'HALLWATT_HTTP_TOKEN')
  const { publicUrl } = settings.repair
  const http = await createHttp({
    settings: settings.http,
    ...(options.consoleFolder === undefined ? {} : { consoleFolder: options.consoleFolder }),
    ...(token === undefined ? {} : { token }),
    ...(publicUrl === undefined ? {} : { publicUrl }),
    clock,
    log,
    views: {
      zones: () => hall().hall.zones,
      dashboards: () => hall().hall.dashboards,
      devices: () => live.devices(),
      device: (id) => live.device(id),
      about: (id) => {
        const device = hall().devices.get(id)
        return device && aboutDevice(device)
      },
      plan: (id) => polling.planOf(id),
      history,
      live,
      health: () => [storeHealth(store.stats()), parts.configuration(), clockWatch.health()],
      metrics: () => metrics.scrape(),
      ...repair.views,
      commands,
      demos,
      bigScreens,
      setup,
      ...(parts.flows && { flows: parts.flows }),
    },
  })
  opened.add(() => http.close())

  opened.every(GATEWAY_FRAME_EVERY_MS, () => {
    const stats = {
      process: process.stats(),
      readings: readings.stats(),
      spool: spool.stats(),
      store: store.stats(),
      ...(influx && { influx: influx.stats() }),
      repair: repair.stats.repair(),
      service: repair.serviceFigures(),
    }
    frames.takeAside(gatewayFrame(stats, clock.wallMs(), SELF))
  })
  return http
}

function storeHealth({ full, ioTrouble }: { full: number; ioTrouble: number }): HealthCheck {
  if (full > 0) return { name: 'store', ok: false, code: 'HW_STORE_FULL', message: 'The disk is full.' }
  if (ioTrouble > 0) return { name: 'store', ok: false, code: 'HW_STORE_IO', message: 'The disk refuses writes.' }
  return { name: 'store', ok: true }
}

const aboutDevice = ({ profile, connection, periodsMs }: ResolvedDevice) => ({
  title: profile.title,
  level: profile.level,
  connection: 'link' in connection ? connection : { via: connection.via },
  periodsMs,
})
