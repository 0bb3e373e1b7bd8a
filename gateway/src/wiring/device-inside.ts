import { polledConnection } from '../config/addressed.ts'
import type { Link } from '../config/hall-schema.ts'
import type { ResolvedDevice, ResolvedHall } from '../config/resolved-hall.ts'
import type { DeviceInside } from '../http/setup-views.ts'
import type { PolledInside } from '../polling/polling.ts'
import type { Clock } from '../ports/clock.ts'
import { wordTexts } from '../profiles/item-words.ts'
import { writtenLines } from '../profiles/polled.ts'
import { topicMatches, topicPattern } from '../profiles/topic-template.ts'
import type { DeviceState } from '../readings/readings.ts'
import type { RepairChain } from '../repair/repair.ts'
import { EXCEPTION_NAMES } from '../settings/exception-names.ts'
import { namesOf } from '../settings/quantity-names.ts'
import { FUNCTION_CODES, referenceNumber } from '../settings/reference-number.ts'
import { repairHistory } from '../settings/repair-history.ts'
import type { Devices } from './devices.ts'
import { askedInside, ocppInside } from './networked-inside.ts'

type ModbusInside = NonNullable<DeviceInside['modbus']>
type MqttInside = NonNullable<DeviceInside['mqtt']>

const HISTORY_DAYS = 90
const DAY_MS = 86_400_000
const MOST_MESSAGES = 12
const DAY_S = 86_400

/** A device from inside: what it is made of, what it last said, byte by byte, and how it has been. */
export async function deviceInside(
  device: ResolvedDevice,
  parts: {
    readonly hall: ResolvedHall
    readonly devices: Devices
    readonly state: DeviceState | undefined
    readonly chain: Pick<RepairChain, 'orderHistory' | 'openAlarms'>
    readonly clock: Clock
  },
): Promise<DeviceInside> {
  const { hall, devices, state, chain, clock } = parts
  const now = clock.wallMs()
  const orders = await chain.orderHistory({ from: now - HISTORY_DAYS * DAY_MS, to: now })
  const { title, level, source, notes } = device.profile
  const polled = devices.polling.inside(device.id)
  return {
    at: now,
    id: device.id,
    name: device.name,
    profile: { id: device.profileId, title, level, source, notes },
    fingerprint: device.fingerprint,
    identity: identityOf(state),
    history: {
      days: HISTORY_DAYS,
      ...repairHistory(orders.filter((order) => order.device === device.id)),
      openAlarms: chain.openAlarms().filter(({ fault }) => fault.device === device.id).length,
    },
    modbus:
      polled && polledConnection(device.connection) ? modbusInside(device, polled, { ...parts, hall, now }) : null,
    mqtt: device.connection.via === 'mqtt' ? mqttInside(device, devices) : null,
    asked: askedInside(device, devices.asking, state),
    ocpp: ocppInside(device, devices.ocpp),
  }
}

const OTHER_IDENTITY = [
  'modelName',
  'modelCode',
  'partNumber',
  'softwareVersion',
  'communicationFirmwareVersion',
  'batteryFirmwareVersion',
  'configVersion',
]

function identityOf(state: DeviceState | undefined): DeviceInside['identity'] {
  const stamped = (quantity: string) => {
    const reading = state?.readings.get(quantity)
    return reading?.value === undefined ? null : { value: reading.value, at: reading.at ?? null }
  }
  const certificate = stamped('certificateRemaining')
  const days = typeof certificate?.value === 'number' ? Math.floor(certificate.value / DAY_S) : undefined
  return {
    firmware: stamped('firmwareVersion') ?? stamped('softwareVersion'),
    serialNumber: stamped('serialNumber'),
    certificateDays: certificate && days !== undefined ? { value: days, at: certificate.at } : null,
    others: Object.fromEntries(
      OTHER_IDENTITY.flatMap((quantity) => {
        const found = stamped(quantity)
        return found ? [[quantity, found]] : []
      }),
    ),
  }
}

function modbusInside(
  device: ResolvedDevice,
  polled: PolledInside,
  { hall, devices, state, clock, now }: Parameters<typeof deviceInside>[1] & { now: number },
): ModbusInside {
  const { variant, periodsMs } = device
  const connection = polledConnection(device.connection)
  if (!connection) throw new Error(`${device.id} is not polled`)
  const link = hall.links.get(connection.link)
  const plan = devices.polling.planOf(device.id)
  const wallOf = (monotonicMs: number) => Math.round(now - (clock.monotonicMs() - monotonicMs))
  const lines = writtenLines(polled.profile, variant)
  const { link: line, counts, lastFailure } = polled
  return {
    link: {
      id: connection.link,
      type: link?.type ?? '',
      address: link ? addressOf(link) : '',
      settings: link ? settingsOf(link) : null,
      connected: line.connected === 1,
      requests: line.requests,
      busyPercent: line.openMs > 0 ? Math.round((1000 * line.busyMs) / line.openMs) / 10 : 0,
      devices: line.devices,
      timeouts: line.timeouts,
      garbled: line.garbled,
      exceptions: line.exceptions,
      connectionsLost: line.connectionsLost,
    },
    ...(connection.via === 'dlt645' ? { unitId: 0, meter: connection.meter } : { unitId: connection.unitId }),
    variant: variant ?? null,
    state: polled.state,
    plan: {
      requests: plan?.requests ?? 0,
      registers: plan?.registers ?? 0,
      cycleMs: plan?.cycleMs ?? 0,
      text: plan?.text ?? '',
      rates: [...(plan?.rates ?? [])],
      reads: (plan?.reads ?? []).map((read) => ({
        ...read,
        functionCode: FUNCTION_CODES[read.table],
        reference: referenceNumber(read.table, read.address),
      })),
    },
    forbidden: [
      ...polled.profile.forbidden.map(({ table, from, to, note }) => ({
        table: table ?? polled.profile.table,
        from,
        to,
        origin: 'profile' as const,
        ...(note !== undefined && { note }),
      })),
      ...polled.learnt.map((range) => ({ ...range, origin: 'learnt' as const })),
    ],
    counts: {
      requests: counts.requests,
      errors: counts.errors,
      timeouts: counts.timeouts,
      exceptions: counts.exceptions,
      passes: counts.passes,
      skippedPasses: counts.skipped,
      rejectedQuantities: counts.rejected,
      latencyMs: polled.latencyMs === undefined ? null : Math.round(polled.latencyMs * 10) / 10,
    },
    lastFailure: lastFailure ? failureOf(lastFailure, wallOf(lastFailure.atMs)) : null,
    points: polled.registers.map((register, i) => {
      const { quantity, table, address, rate } = register
      const written = lines[i]
      const raw = polled.wordsOf(register)
      const reading = state?.readings.get(quantity)
      return {
        ...namesOf(quantity),
        functionCode: FUNCTION_CODES[table],
        table,
        address,
        addressHex: `0x${address.toString(16).padStart(4, '0')}`,
        reference: written?.reference === undefined ? referenceNumber(table, address) : written.reference,
        type: written?.type ?? '',
        rate,
        periodMs: periodsMs[quantity] ?? null,
        words: raw ? wordTexts(register, raw.words) : null,
        wordsAt: raw ? wallOf(raw.atMs) : null,
        value: reading?.value ?? null,
        quality: reading?.quality ?? 'bad',
        ...(reading?.reason !== undefined && { reason: reading.reason }),
        at: reading?.at ?? null,
        refused: polled.rejected.includes(quantity),
        ...(written?.note !== undefined && { note: written.note }),
      }
    }),
  }
}

function failureOf(failure: NonNullable<PolledInside['lastFailure']>, at: number): ModbusInside['lastFailure'] {
  const { atMs: _, exceptionCode, ...rest } = failure
  const name = exceptionCode === undefined ? undefined : EXCEPTION_NAMES[exceptionCode]
  return {
    ...rest,
    at,
    ...(exceptionCode !== undefined && { exceptionCode }),
    ...(name && { exceptionName: name }),
  }
}

function mqttInside({ connection, profile }: ResolvedDevice, devices: Devices): MqttInside | null {
  if (connection.via !== 'mqtt' || !profile.mqtt) return null
  const { parameters, user } = connection
  const fill = (template: string) => topicPattern(template, parameters).filter
  const publishes = [
    ...new Set([...profile.mqtt.messages.map(({ topic }) => topic), ...(profile.mqtt.publishes ?? [])].map(fill)),
  ]
  const isOwn = (topic: string) => publishes.some((filter) => topicMatches(filter, topic))
  return {
    user,
    connected: devices.isConnected(user),
    publishes,
    subscribes: profile.mqtt.subscribes.map(fill),
    messages: devices.lastMessages
      .of(user, isOwn, MOST_MESSAGES)
      .map(({ topic, at, bytes, qos, retain, payload, truncated }) => ({
        topic,
        at,
        bytes,
        qos,
        retain,
        payload,
        truncated,
      })),
  }
}

export const addressOf = (link: Link): string => (link.type === 'modbus-rtu' ? link.path : `${link.host}:${link.port}`)

/** `9600 8N1`, for a serial line. */
export function settingsOf(link: Link): string | null {
  if (link.type === 'modbus-tcp') return null
  if (link.type === 'modbus-rtu-over-tcp') return `${link.baud}`
  return `${link.baud} ${link.dataBits}${link.parity.charAt(0).toUpperCase()}${link.stopBits}`
}
