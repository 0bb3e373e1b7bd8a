import { connect, type MqttClient } from 'mqtt'
import type { SimulatedDevice } from './device.ts'
import { dongheZt200 } from './mqtt/donghe-zt200.ts'
import { hallwattAppliance } from './mqtt/hallwatt-appliance.ts'
import { evaluator, hallwattKiosk, nutAgent, ticketMachine } from './mqtt/hallwatt-devices.ts'
import { hallwattCharger, hallwattMeter } from './mqtt/hallwatt-energy.ts'
import { lanxinSst7 } from './mqtt/lanxin-sst7.ts'
import type { Make, MakeContext, Message } from './mqtt/make.ts'
import { shellyPlug } from './mqtt/shelly.ts'
import { tasmotaPlug } from './mqtt/tasmota.ts'
import { zigbeeBridge, zigbeePlug } from './mqtt/zigbee.ts'

/** A device of the hall file that speaks MQTT. */
interface MqttDevice extends MakeContext {
  /** Broker user it logs in as; devices with the same user share one connection (a bridge). */
  readonly user: string
}

export interface MqttDevicesOptions {
  readonly url: string
  readonly devices: readonly MqttDevice[]
  /** User → password; a user without one logs in without credentials. */
  readonly credentials: Readonly<Record<string, string>>
  readonly log: (line: string) => void
  /** Called before a device obeys: what it does then happens at that instant, and not at the last step of physics. */
  readonly beforeCommand?: () => void
}

export interface MqttDevices {
  stats(): { connections: number; connected: number; published: number; commands: number }
  close(): Promise<void>
}

const TICK_MS = 250
const RECONNECT_MS = 1000
/** Reports of one tick are cut here, however hard a flood is asked for. */
const MAX_REPORTS_PER_TICK = 1000

/** Connects every MQTT device with its own user and keeps it talking until closed; a broker that is away is waited for. */
export function startMqttDevices(options: MqttDevicesOptions): MqttDevices {
  const stats: Counts = { published: 0, commands: 0 }
  const byUser = Map.groupBy(options.devices, ({ user }) => user)
  const connections = [...byUser].map(([user, devices]) => startConnection(user, devices, options, stats))
  const timer = setInterval(() => {
    for (const connection of connections) connection.tick(performance.now())
  }, TICK_MS)
  return {
    stats: () => ({
      connections: connections.length,
      connected: connections.filter((connection) => connection.isConnected()).length,
      ...stats,
    }),
    async close() {
      clearInterval(timer)
      await Promise.all(connections.map((connection) => connection.close()))
    },
  }
}

interface Counts {
  published: number
  commands: number
}

/** How a device speaks, by its profile; undefined for a make that nobody simulates. */
export function makeOf(context: MakeContext): Make | undefined {
  const { appliance, profile } = context.device
  if (profile === 'hallwatt/kiosk') return hallwattKiosk(context)
  if (profile === 'donghe/zt200') return dongheZt200(context)
  if (profile === 'lanxin/sst-7') return lanxinSst7(context)
  if (profile === 'hallwatt/ticket-machine') return ticketMachine(context)
  if (profile === 'hallwatt/evaluator') return evaluator(context)
  if (profile === 'hallwatt/ups') return nutAgent(context)
  if (profile === 'hallwatt/charger') return hallwattCharger(context)
  if (profile === 'hallwatt/meter') return hallwattMeter(context)
  if (profile === 'hallwatt/appliance' && context.device.thing) return hallwattAppliance(context, context.device.thing)
  if (!appliance) return undefined
  if (profile === 'tasmota/plug') return tasmotaPlug(context, appliance)
  if (profile === 'shelly/plug-gen2') return shellyPlug(context, appliance)
  if (profile === 'zigbee2mqtt/plug') return zigbeePlug(context, appliance, baseOf(context))
  return undefined
}

export const baseOf = ({ topic }: Pick<MakeContext, 'topic'>) => topic.base ?? 'zigbee2mqtt'

interface Speaker {
  readonly device?: SimulatedDevice
  readonly make: Make
  nextReportMs: number
  /** The last report before the values froze. */
  frozen?: Message[] | undefined
}

function startConnection(
  user: string,
  devices: readonly MqttDevice[],
  { url, credentials, log, beforeCommand }: MqttDevicesOptions,
  stats: Counts,
) {
  const speakers: Speaker[] = devices.flatMap((context): Speaker[] => {
    const make = makeOf(context)
    return make ? [{ device: context.device, make, nextReportMs: 0 }] : []
  })
  const bridged = devices.find(({ device }) => device.profile === 'zigbee2mqtt/plug')
  if (bridged) speakers.unshift({ make: zigbeeBridge(baseOf(bridged)), nextReportMs: 0 })
  const will = speakers.find(({ make }) => make.will)?.make.will
  const password = credentials[user]
  const client = connect(url, {
    // A gateway that is still starting turns devices away; a real one comes again.
    reconnectOnConnackError: true,
    clientId: user,
    ...(password !== undefined && { username: user, password }),
    clean: !speakers.some(({ make }) => make.persistentSession),
    protocolVersion: 4,
    keepalive: 30,
    reconnectPeriod: RECONNECT_MS,
    connectTimeout: 5000,
    queueQoSZero: false,
    resubscribe: false,
    ...(will && { will: { ...will, payload: Buffer.from(textOf(will)), retain: will.retain ?? false } }),
  })
  let away = false
  let refused = ''

  client.on('connect', () => {
    refused = ''
    const topics = speakers.flatMap(({ make }) => make.subscribes ?? [])
    if (topics.length > 0) client.subscribe(topics, { qos: 1 }, () => {})
    const now = performance.now()
    for (const [index, speaker] of speakers.entries()) {
      for (const message of speaker.make.hello()) publish(message)
      // The first report at once, the later ones spread over the period.
      speaker.nextReportMs = now + index * 40
    }
  })
  client.on('error', (error) => {
    // A broker that is not up yet is no news; a refused login is, once.
    if ('code' in error && typeof error.code === 'number' && refused !== error.message) {
      refused = error.message
      log(`${user}: ${error.message}`)
    }
  })
  client.on('message', (topic, payload) => {
    stats.commands++
    beforeCommand?.()
    for (const { make } of speakers)
      for (const message of make.receive?.(topic, payload.toString()) ?? []) publish(message)
  })

  function publish(message: Message, payload = textOf(message)): void {
    if (!client.connected) return
    stats.published++
    client.publish(message.topic, payload, { qos: message.qos, retain: message.retain ?? false }, () => {})
  }

  function speak(speaker: Speaker, now: number): void {
    const trouble = speaker.device?.trouble ?? {}
    if (trouble.silent) return
    if (!trouble.frozen) speaker.frozen = undefined
    const times = trouble.floodPerSecond
      ? Math.min(MAX_REPORTS_PER_TICK, Math.round((trouble.floodPerSecond * TICK_MS) / 1000))
      : now >= speaker.nextReportMs
        ? 1
        : 0
    // The rhythm is kept, unless a report is long overdue.
    const periodMs = trouble.reportEveryMs ?? speaker.make.periodMs
    if (times > 0) speaker.nextReportMs = Math.max(speaker.nextReportMs + periodMs, now + periodMs - TICK_MS)
    // What happened before the report is told before it.
    if (!trouble.frozen) for (const message of speaker.make.changes?.() ?? []) publish(message)
    for (let n = 0; n < times; n++) {
      const messages = speaker.frozen ?? speaker.make.report()
      if (trouble.frozen) speaker.frozen = messages
      for (const message of messages) publish(message, trouble.malformed ? broken(message) : textOf(message))
    }
  }

  return {
    isConnected: () => client.connected,
    tick(now: number): void {
      const cut = speakers.some(({ device }) => device?.trouble.disconnected)
      if (cut !== away) {
        away = cut
        if (cut) cutSocket(client)
        else client.reconnect()
      }
      if (client.connected) for (const speaker of speakers) speak(speaker, now)
    },
    async close() {
      await client.endAsync(true)
    },
  }
}

/** Ends the connection without a DISCONNECT packet, as a pulled cable does: the broker sends the Will. */
function cutSocket(client: MqttClient): void {
  client.end(true)
}

export const textOf = ({ payload }: Message) => (typeof payload === 'string' ? payload : JSON.stringify(payload))

const broken = (message: Message) => `${textOf(message).slice(0, -3)},,`
