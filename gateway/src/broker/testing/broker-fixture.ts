import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createConnection, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt'
import mqttPacket, { type Packet, type Parser } from 'mqtt-packet'
import { type BrokerSettings, hallSchema } from '../../config/hall-schema.ts'
import type { Log } from '../../ports/log.ts'
import { systemClock } from '../../ports/system-clock.ts'
import { openStore } from '../../store/sqlite-store.ts'
import {
  BROKER_TABLES,
  type Broker,
  type BrokerOptions,
  type ClientGrant,
  createBroker,
  type IncomingPublish,
} from '../broker.ts'

/** One user of every kind the tests need. */
export const GRANTS: ClientGrant[] = [
  { user: 'kiosk-01', publish: ['hallwatt/demo/kiosk-01/#'], subscribe: ['hallwatt/demo/kiosk-01/command/#'] },
  { user: 'console', publish: ['hallwatt/demo/+/command/+'], subscribe: ['hallwatt/#'] },
]

interface LogLine {
  readonly level: string
  readonly code?: string
  readonly message: string
}

export interface Fixture {
  broker: Broker
  readonly received: IncomingPublish[]
  readonly connections: string[]
  readonly lines: LogLine[]
  readonly port: number
  /** What onPublish does; by default nothing. */
  onPublish: (message: IncomingPublish) => Promise<void> | void
  connect(user: string, options?: IClientOptions): Promise<MqttClient>
  raw(): Promise<RawClient>
  restart(changes?: Partial<BrokerSettings>): Promise<void>
  close(): Promise<void>
}

/** A broker on a free loopback port; with `disk` over a real store in a folder of its own, so that it can restart. */
export async function startBroker(
  settings: Partial<BrokerSettings> = {},
  options: Partial<Pick<BrokerOptions, 'credentials' | 'limits'>> & {
    grants?: ClientGrant[] | null
    disk?: boolean
  } = {},
): Promise<Fixture> {
  const directory = await mkdtemp(join(tmpdir(), 'hallwatt-broker-'))
  const closers: (() => unknown)[] = []
  const lines: LogLine[] = []
  const say = (level: string) => (fields: object, message: string) => lines.push({ level, ...fields, message })
  const log: Log = { debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error') }
  const received: IncomingPublish[] = []
  const connections: string[] = []

  async function start(changes: Partial<BrokerSettings>) {
    const store = options.disk
      ? await openStore({ directory, clock: systemClock, log, tables: BROKER_TABLES })
      : { commit: async () => {}, read: async () => [], close: async () => {} }
    const broker = await createBroker({
      settings: { ...hallSchema.shape.broker.parse({}), port: 0, ...changes },
      credentials: options.credentials,
      store,
      clock: systemClock,
      log,
      onPublish(message) {
        received.push({ ...message, payload: Buffer.from(message.payload) })
        return fixture.onPublish(message)
      },
      onConnection: (user, connected) => connections.push(`${user} ${connected ? 'on' : 'off'}`),
      ...(options.limits && { limits: options.limits }),
    })
    if (options.grants !== null) broker.setGrants(options.grants ?? GRANTS)
    return { store, broker }
  }

  const fixture: Fixture = {
    broker: undefined as unknown as Broker,
    received,
    connections,
    lines,
    get port() {
      return fixture.broker.addresses().tcp.port
    },
    onPublish: () => {},
    async connect(user, clientOptions = {}) {
      const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${fixture.port}`, {
        username: user,
        protocolVersion: 4,
        reconnectPeriod: 0,
        ...clientOptions,
      })
      closers.push(() => client.end(true))
      return client
    },
    async raw() {
      const client = await connectRaw(fixture.port)
      closers.push(() => client.socket.destroy())
      return client
    },
    async restart(changes = settings) {
      await running.broker.close()
      await running.store.close()
      running = await start(changes)
      fixture.broker = running.broker
    },
    async close() {
      for (const close of closers) close()
      await running.broker.close()
      await running.store.close()
      await rm(directory, { recursive: true, force: true })
    },
  }
  let running = await start(settings)
  fixture.broker = running.broker
  return fixture
}

/** A client made of bytes: says what it wants, hears what comes. */
export interface RawClient {
  readonly socket: Socket
  readonly packets: Packet[]
  send(packet: Packet): void
  bytes(...bytes: number[]): void
  /** The next packet not yet taken. */
  next(): Promise<Packet>
  connect(user: string, clientId?: string, clean?: boolean): Promise<Packet>
  readonly closed: Promise<void>
}

async function connectRaw(port: number): Promise<RawClient> {
  const socket = createConnection(port, '127.0.0.1')
  socket.on('error', () => {})
  const parser: Parser = mqttPacket.parser()
  const packets: Packet[] = []
  const takers: ((packet: Packet) => void)[] = []
  parser.on('packet', (packet: Packet) => {
    const taker = takers.shift()
    if (taker) taker(packet)
    else packets.push(packet)
  })
  socket.on('data', (chunk) => parser.parse(chunk))
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  await once(socket, 'connect')
  const client: RawClient = {
    socket,
    packets,
    send: (packet) => void socket.write(mqttPacket.generate(packet)),
    bytes: (...bytes) => void socket.write(Buffer.from(bytes)),
    next: () => {
      const packet = packets.shift()
      return packet ? Promise.resolve(packet) : new Promise((resolve) => takers.push(resolve))
    },
    connect(user, clientId = `raw-${Math.random()}`, clean = true) {
      client.send({
        cmd: 'connect',
        protocolId: 'MQTT',
        protocolVersion: 4,
        clean,
        clientId,
        keepalive: 60,
        username: user,
      })
      return client.next()
    },
    closed,
  }
  return client
}

/** Waits until it is so; for what has no event. */
export async function until(condition: () => boolean, what = 'condition'): Promise<void> {
  const end = performance.now() + 15_000
  while (!condition()) {
    if (performance.now() > end) throw new Error(`Never came true: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

/** The next message a client receives. */
export function nextMessage(
  client: MqttClient,
): Promise<{ topic: string; text: string; retain: boolean; qos: number; dup: boolean }> {
  return new Promise((resolve) =>
    client.once('message', (topic, payload, packet) =>
      resolve({ topic, text: payload.toString(), retain: packet.retain, qos: packet.qos, dup: packet.dup }),
    ),
  )
}

export const run = promisify(execFile)
