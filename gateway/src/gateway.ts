import { resolve } from 'node:path'
import { BROKER_TABLES, type Broker, createBroker } from './broker/broker.ts'
import { openCredentialsFile } from './broker/credentials-file.ts'
import { createReadingTopics } from './broker/reading-topics.ts'
import { type HallChanges, hallChanges } from './config/hall-changes.ts'
import type { BrokerSettings } from './config/hall-schema.ts'
import type { ResolvedDevice, ResolvedHall } from './config/resolved-hall.ts'
import { readSecret } from './config/secrets.ts'
import type { HallwattError } from './domain/errors.ts'
import type { Frame, Presence, Series } from './domain/frame.ts'
import { createHistory } from './history/create-history.ts'
import { historyTables } from './history/history-tables.ts'
import { createHttp } from './http/http.ts'
import type { HealthCheck } from './http/views.ts'
import { createInfluxForwarder } from './influx/influx.ts'
import { createIngest } from './ingest/ingest.ts'
import { createLive } from './live/live.ts'
import { GATEWAY_FRAME_EVERY_MS, gatewayFrame } from './metrics/gateway-frame.ts'
import { createMetrics } from './metrics/metrics.ts'
import { watchProcess } from './metrics/process-stats.ts'
import { createModbusEndpoint } from './modbus/modbus.ts'
import type { Learnt } from './polling/learnt.ts'
import { createPolling } from './polling/polling.ts'
import type { Clock } from './ports/clock.ts'
import type { Log } from './ports/log.ts'
import { createReadings, type ReadingsStats } from './readings/readings.ts'
import { statusFrame } from './readings/status-frame.ts'
import { createSpool } from './spool/create-spool.ts'
import type { SpoolStats } from './spool/spool.ts'
import { spoolTables } from './spool/spool-tables.ts'
import { documentTables, storedDocument } from './store/documents-table.ts'
import { openStore } from './store/sqlite-store.ts'

export interface GatewayOptions {
  /** Paths in hall.yaml are relative to it. */
  readonly folder: string
  /** Where secrets come from. */
  readonly environment: Record<string, string | undefined>
  readonly clock: Clock
  readonly log: Log
  /** In [0, 1). */
  readonly random: () => number
}

/** A running hall. */
export interface Gateway {
  /** `http` is a URL, `mqtt` host:port. */
  addresses(): { readonly http: string; readonly mqtt: string }
  /** Goes over to another state of the hall; only what changed is touched. Ports, store and InfluxDB change at the next start. */
  apply(hall: ResolvedHall): Promise<HallChanges>
  /** The file on disk has problems; shown as not ready until a valid one is applied. */
  refuseConfiguration(error: HallwattError): void
  stats(): { readonly readings: ReadingsStats; readonly spool: SpoolStats }
  close(): Promise<void>
}

/** The gateway is stored under this name when it tells about itself. */
const SELF = 'gateway'
const VERSION = '0.1.0'

/**
 * Starts a hall: store first, then everything that writes to it, then the ports.
 * @throws HallwattError HW_STORE_LOCKED, HW_PORT_IN_USE, HW_BIND_REFUSED, HW_FILE_UNREADABLE … ; what was opened is closed again
 */
export async function startGateway(first: ResolvedHall, options: GatewayOptions): Promise<Gateway> {
  const opened: (() => unknown)[] = []
  try {
    return await openRooms(first, options, opened)
  } catch (error) {
    for (const close of opened.reverse()) await close()
    throw error
  }
}

async function openRooms(first: ResolvedHall, options: GatewayOptions, opened: (() => unknown)[]): Promise<Gateway> {
  const { clock, log, random, environment } = options
  const settings = first.hall
  let hall = first
  let refused: HallwattError | undefined
  const series = new Map<string, Series>()

  const store = await openStore({
    directory: resolve(options.folder, settings.store.path),
    clock,
    log,
    tables: [...documentTables, ...spoolTables, ...historyTables, ...BROKER_TABLES],
  })
  opened.push(() => store.close())
  const history = createHistory({ store, settings: settings.store, clock, log })
  const spool = await createSpool({
    store,
    settings: settings.store,
    clock,
    log,
    forwards: settings.influx !== undefined,
    giveHistory: () => history.giveOldest(),
  })
  opened.push(() => spool.close())
  const readings = createReadings()
  const process = watchProcess(clock)
  opened.push(() => process.close())

  /** Every frame goes to the present and to the disk; resolves when it is on disk. */
  async function take(frame: Frame): Promise<void> {
    if (frame.device !== SELF && !readings.accept(frame, clock.wallMs())) return
    await spool.append(frame, seriesOf(frame))
  }
  /** For what nobody waits for: the spool counts and reports what it could not keep. */
  const takeAside = (frame: Frame) => void take(frame).catch(() => {})

  const seriesOf = ({ device, stream }: Frame): Series => {
    const key = `${stream} ${device}`
    const known = series.get(key)
    if (known) return known
    const made = makeSeries(hall, device, stream)
    series.set(key, made)
    return made
  }

  const ingest = createIngest({ clock, log, onFrame: take, onPresence: tellPresence })
  function tellPresence(device: string, presence: Presence, at: number, reason?: string): void {
    readings.setPresence(device, presence, at, reason)
    const state = readings.device(device)
    if (state && hall.devices.get(device)?.connection.via === 'mqtt') takeAside(statusFrame(state, at))
  }
  /** A device whose connection went is unknown until its Will or it itself says more. */
  function tellConnection(user: string, connected: boolean): void {
    if (connected) return
    for (const device of hall.devices.values()) {
      if (device.connection.via !== 'mqtt' || device.connection.user !== user) continue
      if (readings.device(device.id)?.presence === 'online')
        tellPresence(device.id, 'unknown', clock.wallMs(), 'link-down')
    }
  }

  const { credentialsFile } = settings.broker
  const credentials =
    credentialsFile === undefined
      ? undefined
      : await openCredentialsFile(resolve(options.folder, credentialsFile), clock)
  const broker = await createBroker({
    settings: withPathsFrom(options.folder, settings.broker),
    credentials,
    store,
    clock,
    log,
    onPublish: (message) => ingest.receive(message),
    onConnection: tellConnection,
  })
  opened.push(() => broker.close())
  const readingTopics = createReadingTopics({
    hall: settings.hall.id,
    readings,
    publish: broker.publish,
    clock,
  })
  opened.push(() => readingTopics.close())

  const polling = createPolling({
    clock,
    log,
    random,
    openEndpoint: (link, name) => createModbusEndpoint(link, { clock, log, random, name }),
    learnt: storedDocument<readonly Learnt[]>(store, 'learnt-limits', []),
    onFrame: takeAside,
    onPresence: tellPresence,
  })
  opened.push(() => polling.close())

  const influx = settings.influx && openForwarder(settings.influx)
  function openForwarder(influxSettings: NonNullable<typeof settings.influx>) {
    const token = readSecret(environment, 'HALLWATT_INFLUX_TOKEN')
    return createInfluxForwarder({
      settings: influxSettings,
      ...(token === undefined ? {} : { token }),
      spool,
      clock,
      log,
      random,
    })
  }
  if (influx) {
    await influx.start()
    opened.push(() => influx.close())
  }

  const live = createLive({
    readings,
    describe: (id) => hall.devices.get(id),
    facts: () => ({
      hall: { id: settings.hall.id, name: hall.hall.hall.name },
      committedFrames: spool.stats().committedFrames,
      backlogFrames: influx ? influx.stats().lagFrames : null,
      forwardLagS: influx ? influx.stats().lagSeconds : null,
    }),
    clock,
    log,
  })
  opened.push(() => live.close())

  const metrics = createMetrics(
    {
      readings: readings.stats,
      broker: () => broker.stats(),
      ingest: () => ingest.stats(),
      polling: () => polling.stats(),
      links: () => Object.fromEntries(polling.linkStats()),
      store: () => store.stats(),
      spool: () => spool.stats(),
      history: () => history.stats(),
      live: () => live.stats(),
      http: () => http.stats(),
      process: () => process.stats(),
      ...(influx && { influx: () => influx.stats() }),
    },
    { version: VERSION, log },
  )
  const token = readSecret(environment, 'HALLWATT_HTTP_TOKEN')
  const http = await createHttp({
    settings: settings.http,
    ...(token === undefined ? {} : { token }),
    clock,
    log,
    views: {
      zones: () => hall.hall.zones,
      devices: () => live.devices(),
      device: (id) => live.device(id),
      about: (id) => {
        const device = hall.devices.get(id)
        return device && aboutDevice(device)
      },
      plan: (id) => polling.planOf(id),
      history,
      live,
      health,
      metrics: () => metrics.scrape(),
    },
  })
  opened.push(() => http.close())

  function health(): HealthCheck[] {
    const { full, ioTrouble } = store.stats()
    const writable = full === 0 && ioTrouble === 0
    return [
      {
        name: 'store',
        ok: writable,
        ...(writable ? {} : { code: 'HW_STORE_IO', message: 'The store takes no writes.' }),
      },
      { name: 'broker', ok: true },
      {
        name: 'configuration',
        ok: refused === undefined,
        ...(refused ? { code: refused.code, message: refused.message } : {}),
      },
    ]
  }

  function takeOver(next: ResolvedHall): void {
    hall = next
    series.clear()
    readings.setDevices([...next.devices.values()], clock.wallMs())
    ingest.setDevices([...next.devices.values()])
    broker.setGrants(ingest.grants())
    polling.setHall(next.links, next.devices)
  }

  function tellAboutOurselves(): void {
    const at = clock.wallMs()
    takeAside(
      gatewayFrame(
        {
          process: process.stats(),
          readings: readings.stats(),
          spool: spool.stats(),
          store: store.stats(),
          ...(influx && { influx: influx.stats() }),
        },
        at,
        SELF,
      ),
    )
    for (const state of readings.all()) {
      if (hall.devices.get(state.device)?.connection.via === 'mqtt') takeAside(statusFrame(state, at))
    }
  }

  takeOver(first)
  const timers = [
    setInterval(() => readings.tick(clock.wallMs()), 1000),
    setInterval(() => void spool.tick(clock.wallMs()), 1000),
    setInterval(() => void history.tick(clock.wallMs()), 1000),
    setInterval(tellAboutOurselves, GATEWAY_FRAME_EVERY_MS),
  ]
  opened.push(() => timers.forEach(clearInterval))

  return {
    addresses: () => ({ http: http.address(), mqtt: addressText(broker) }),
    async apply(next) {
      const changes = hallChanges(hall, next)
      await credentials?.reload()
      takeOver(next)
      refused = undefined
      return changes
    },
    refuseConfiguration(error) {
      refused = error
    },
    stats: () => ({ readings: readings.stats(), spool: spool.stats() }),
    async close() {
      for (const close of opened.reverse()) await close()
    },
  }
}

const withPathsFrom = (folder: string, broker: BrokerSettings): BrokerSettings =>
  broker.tls === undefined
    ? broker
    : {
        ...broker,
        tls: {
          ...broker.tls,
          certificateFile: resolve(folder, broker.tls.certificateFile),
          keyFile: resolve(folder, broker.tls.keyFile),
          ...(broker.tls.clientCaFile !== undefined && { clientCaFile: resolve(folder, broker.tls.clientCaFile) }),
        },
      }

const addressText = (broker: Broker) => {
  const { host, port } = broker.addresses().tcp
  return `${host}:${port}`
}

function makeSeries({ hall, devices }: ResolvedHall, device: string, stream: Frame['stream']): Series {
  const known = devices.get(device)
  return {
    hall: hall.hall.id,
    zone: known?.zone ?? '',
    device,
    kind: known?.kind ?? '',
    profile: known?.profileId ?? '',
    stream,
  }
}

const aboutDevice = ({ profile, connection, periodsMs }: ResolvedDevice) => ({
  title: profile.title,
  level: profile.level,
  connection: connection.via === 'modbus' ? connection : { via: connection.via },
  periodsMs,
})
