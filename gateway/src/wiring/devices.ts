import { resolve } from 'node:path'
import type { Asking } from '../asking/asking.ts'
import { type Broker, createBroker, type IncomingPublish } from '../broker/broker.ts'
import { openCredentialsFile } from '../broker/credentials-file.ts'
import { createReadingTopics } from '../broker/reading-topics.ts'
import { serviceGrants } from '../broker/service-grants.ts'
import { createStrangers, type Strangers } from '../commissioning/strangers.ts'
import type { BrokerSettings } from '../config/hall-schema.ts'
import type { ResolvedHall } from '../config/resolved-hall.ts'
import type { Presence } from '../domain/frame.ts'
import { createIngest, type Ingest } from '../ingest/ingest.ts'
import { createLastMessages, type LastMessages } from '../ingest/last-messages.ts'
import type { Ocpp } from '../ocpp/ocpp.ts'
import type { Learnt } from '../polling/learnt.ts'
import { createPolling, type Polling } from '../polling/polling.ts'
import type { Readings } from '../readings/readings.ts'
import { statusFrame } from '../readings/status-frame.ts'
import { storedDocument } from '../store/documents-table.ts'
import type { Store } from '../store/store.ts'
import { openAsking, openPowerSignatures } from './asked.ts'
import { openEndpoint } from './endpoint.ts'
import { flowGrants, withFlowsUser } from './flows.ts'
import type { Frames } from './frames.ts'
import { openChargePoints } from './ocpp.ts'
import type { GatewayOptions, Opened } from './opened.ts'

const STATUS_EVERY_MS = 10_000

/** Everything that talks to devices. */
export interface Devices {
  readonly broker: Broker
  readonly ingest: Ingest
  readonly polling: Polling
  readonly asking: Asking
  /** Absent: the hall has no port for charge points. */
  readonly ocpp: Ocpp | undefined
  /** What devices that send by themselves said last. */
  readonly lastMessages: LastMessages
  /** Who knocked and is not known. */
  readonly strangers: Strangers
  isConnected(user: string): boolean
  /** Goes over to the devices, rights and passwords of another state of the hall. */
  takeOver(hall: ResolvedHall): Promise<void>
}

export async function openDevices(
  parts: {
    hall: () => ResolvedHall
    store: Store
    readings: Readings
    frames: Frames
    /** Hears every message of a device before it is read. */
    takeMessage: (message: IncomingPublish) => void
    /** Hears every byte of every line. */
    takeBytes: (link: string, direction: 'sent' | 'received', bytes: Buffer) => void
    /** Password of the flows at the broker. */
    flowsPassword: string
  },
  options: GatewayOptions,
  opened: Opened,
): Promise<Devices> {
  const { hall, store, readings, frames } = parts
  const { clock, log, random } = options
  const settings = hall().hall
  const sendsItself = (device: string) =>
    ['mqtt', 'ocpp', 'power'].includes(hall().devices.get(device)?.connection.via ?? '')

  function tellPresence(device: string, presence: Presence, at: number, reason?: string): void {
    readings.setPresence(device, presence, at, reason)
    const state = readings.device(device)
    if (state && sendsItself(device)) frames.takeAside(statusFrame(state, at))
  }

  /** A device whose connection went is unknown until its Will or it itself says more. */
  function tellConnection(user: string, connected: boolean): void {
    if (connected) return
    for (const { id, connection } of hall().devices.values()) {
      if (connection.via !== 'mqtt' || connection.user !== user) continue
      if (readings.device(id)?.presence === 'online') tellPresence(id, 'unknown', clock.wallMs(), 'link-down')
    }
  }

  const ingest = createIngest({ clock, log, onFrame: frames.take, onPresence: tellPresence })
  // Known before the port is open: a device that connects in the first moment is not turned away.
  ingest.setDevices([...hall().devices.values()])
  const { credentialsFile } = settings.broker
  const credentials =
    credentialsFile === undefined
      ? undefined
      : withFlowsUser(await openCredentialsFile(resolve(options.folder, credentialsFile), clock), parts.flowsPassword)
  const lastMessages = createLastMessages()
  const strangers = createStrangers()
  const connected = new Set<string>()
  const broker = await createBroker({
    settings: withPathsFrom(options.folder, settings.broker),
    credentials,
    store,
    clock,
    log,
    onPublish(message) {
      parts.takeMessage(message)
      lastMessages.take(message, clock.wallMs())
      // What flows tell tower lights and pages is of no device.
      if (message.topic.startsWith(`hallwatt/${settings.hall.id}/flow/`)) return
      return ingest.receive(message)
    },
    onConnection(user, isUp) {
      if (isUp) connected.add(user)
      else connected.delete(user)
      tellConnection(user, isUp)
    },
    onStranger: (stranger) => strangers.take(stranger, clock.wallMs()),
  })
  opened.add(() => broker.close())
  broker.setGrants([...ingest.grants(), ...serviceGrants(hall()), ...flowGrants(hall().hall)])
  const topics = createReadingTopics({ hall: settings.hall.id, readings, publish: broker.publish, clock })
  opened.add(() => topics.close())

  const polling = createPolling({
    clock,
    log,
    random,
    openEndpoint: (link, name) => {
      const onBytes = (direction: 'sent' | 'received', bytes: Buffer) => parts.takeBytes(name, direction, bytes)
      return openEndpoint(link, { clock, log, random, name, onBytes })
    },
    learnt: storedDocument<readonly Learnt[]>(store, 'learnt-limits', []),
    onFrame: (frame) => frames.takeAside(frame),
    onPresence: tellPresence,
  })
  opened.add(() => polling.close())
  opened.every(STATUS_EVERY_MS, () => {
    const at = clock.wallMs()
    for (const state of readings.all()) if (sendsItself(state.device)) frames.takeAside(statusFrame(state, at))
  })

  polling.setHall(hall().links, hall().devices)
  const asking = openAsking({ hall, frames, onPresence: tellPresence }, options, opened)
  const signatures = await openPowerSignatures(
    { hall, store, readings, frames, onPresence: tellPresence },
    options,
    opened,
  )
  const chargePoints = await openChargePoints({ hall, store, frames, onPresence: tellPresence }, options, opened)

  return {
    broker,
    ingest,
    polling,
    asking,
    ocpp: chargePoints?.ocpp,
    lastMessages,
    strangers,
    isConnected: (user) => connected.has(user),
    async takeOver(next) {
      const { links, devices } = next
      await credentials?.reload()
      ingest.setDevices([...devices.values()])
      broker.setGrants([...ingest.grants(), ...serviceGrants(next), ...flowGrants(next.hall)])
      polling.setHall(links, devices)
      asking.setDevices(devices.values())
      signatures.setDevices(devices.values())
      await chargePoints?.takeOver(next)
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
