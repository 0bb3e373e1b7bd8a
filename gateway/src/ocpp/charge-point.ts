import { createHash } from 'node:crypto'
import type { OcppSettings } from '../config/charge-point-device.ts'
import type { ResolvedDevice } from '../config/resolved-hall.ts'
import type { ErrorCode } from '../domain/error-codes.ts'
import type { Frame, Presence } from '../domain/frame.ts'
import type { createTroubles } from '../ingest/troubles.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import { PING_QUANTITY } from '../profiles/ocpp-lines.ts'
import { createOcppReader, type OcppReader, type OcppReading, ocppStamp } from '../profiles/ocpp-mapping.ts'
import { isOcppAction, type OcppMessage, readOcpp } from '../profiles/ocpp-messages.ts'
import type { OcppProfile } from '../profiles/ocpp-schema.ts'
import type { OCPP_STATUSES } from '../profiles/ocpp-words.ts'
import { createLastSaid, type LastSaid } from './last-said.ts'
import { type OcppLink, type OcppListener, OcppRefusal } from './ocpp-port.ts'
import type { OcppCounts } from './ocpp-stats.ts'
import type { StrictCheck } from './strict-schema.ts'
import type { Transactions } from './transactions.ts'

export interface ChargePointParts {
  readonly clock: Clock
  readonly log: Log
  readonly troubles: ReturnType<typeof createTroubles>
  readonly settings: Pick<OcppSettings, 'strict' | 'authorize' | 'idTag' | 'heartbeatS'>
  readonly transactions: Transactions
  readonly strict: StrictCheck
  readonly counts: OcppCounts
  /** Resolves when the frame is durable. */
  onFrame(frame: Frame): Promise<void>
  onPresence(device: string, presence: Presence, at: number, reason?: string): void
  /** It is connected and has said its first word. */
  onContact(link: OcppLink): void
  /** The gateway stops: connections that end now are no news. */
  isClosing(): boolean
}

/** One connector of the station, which is one device of the hall. */
export interface Connector {
  readonly device: ResolvedDevice
  readonly profile: OcppProfile
  readonly connector: number
  readonly reader: OcppReader
  /** Monotonic ms of the last meter values. */
  metered: number
}

/** One charge point of the hall: what it said, and the connection it has at the moment. */
export interface ChargePoint {
  readonly id: string
  readonly connectors: ReadonlyMap<string, Connector>
  /** The connection, while there is one. */
  link(): OcppLink | undefined
  /** Connectors that told their status since the connection began; 0 is the station. */
  heard(): ReadonlySet<number>
  /** What the station and one connector said last, newest first. */
  said(connector: number): LastSaid[]
  setDevices(devices: readonly ResolvedDevice[]): void
  /** A connection of this charge point begins; the one before is over. */
  connect(link: OcppLink): OcppListener
  /** A reading the charge point gave as an answer. */
  tell(connector: Connector, reading: OcppReading): void
}

/** Messages remembered to know one that is sent again, by their digest. */
const MOST_REMEMBERED = 256

/**
 * What a status says about a transaction (OCPP 1.6 edition 2, §4.9). The others say nothing sure: Preparing comes from many chargers
 * after the start too, Finishing before the end, and a fault may pass.
 */
const HAS_TRANSACTION: Partial<Record<(typeof OCPP_STATUSES)[number], boolean>> = {
  Available: false,
  Reserved: false,
  Unavailable: false,
  Charging: true,
  SuspendedEV: true,
  SuspendedEVSE: true,
}

export function createChargePoint(id: string, parts: ChargePointParts): ChargePoint {
  const { clock, log, troubles, settings, transactions, strict, counts } = parts
  const connectors = new Map<string, Connector>()
  const recent = new Set<string>()
  const said = createLastSaid()
  let heard = new Set<number>()
  let current: OcppLink | undefined
  let lostAt: number | undefined
  /** It is known to be there; one connection may follow another meanwhile. */
  let isThere = false

  function add(device: ResolvedDevice): void {
    const { connection, profile } = device
    if (connection.via !== 'ocpp' || !profile.ocpp) return
    const { connector } = connection
    const reader = createOcppReader(profile.ocpp, connector)
    reader.setSession(transactions.openAt(id, connector)?.meterStartWh)
    connectors.set(device.id, { device, profile: profile.ocpp, connector, reader, metered: clock.monotonicMs() })
    // A device that joins while its charge point is connected is there.
    if (isThere) parts.onPresence(device.id, 'online', clock.wallMs())
  }

  /** Resolves when everything the message says is on disk. */
  async function take(message: OcppMessage, at: number, only?: (one: Connector) => boolean): Promise<void> {
    const stored: Promise<void>[] = []
    for (const one of connectors.values()) {
      if (only && !only(one)) continue
      for (const reading of one.reader.read(message, at)) stored.push(store(one, reading))
    }
    await Promise.all(stored)
  }

  async function store({ device }: Connector, { at, stamp, values, bad }: OcppReading): Promise<void> {
    counts.frames++
    const wrong = Object.entries(bad ?? {}).flatMap(([quantity, why]) => (why === 'not-available' ? [] : [quantity]))
    counts.badValues += wrong.length
    const subject = `${device.id} values`
    if (wrong.length > 0)
      trouble(subject, 'HW_OCPP_VALUE', `${device.id} sends values that cannot be right`, {
        quantities: wrong.slice(0, 10),
      })
    else if (stamp === 'absurd' || stamp === 'unreadable')
      trouble(subject, 'HW_OCPP_TIME', `${device.id} stamps its messages with a wrong time`, { stamp })
    else troubles.well(subject)
    await parts.onFrame({ device: device.id, stream: 'reading', at, values, ...(bad && { bad }) })
  }

  const trouble = (subject: string, code: ErrorCode, message: string, fields: object = {}) =>
    troubles.add(subject, code, { chargePoint: id, ...fields }, message)

  function online(link: OcppLink): void {
    const at = clock.wallMs()
    const away =
      lostAt === undefined ? {} : { was: 'HW_OCPP_LOST', awayS: Math.round((clock.monotonicMs() - lostAt) / 1000) }
    if (!isThere) log.info({ chargePoint: id, ...away }, `${id} is connected`)
    isThere = true
    lostAt = undefined
    for (const { device } of connectors.values()) parts.onPresence(device.id, 'online', at)
    parts.onContact(link)
  }

  async function answer(action: string, payload: unknown, at: number): Promise<object> {
    switch (action) {
      case 'Heartbeat':
        return { currentTime: iso(at) }
      case 'Authorize':
        return { idTagInfo: authorize(payload) }
      case 'DataTransfer':
        return { status: 'UnknownVendorId' }
      case 'FirmwareStatusNotification':
      case 'DiagnosticsStatusNotification':
        return {}
    }
    if (!isOcppAction(action)) throw new OcppRefusal('NotImplemented', `${action.slice(0, 40)} is not known here.`)
    const message = readOcpp(action, payload)
    if (!message) {
      counts.messagesUnusable++
      trouble(`${id} ${action}`, 'HW_OCPP_MESSAGE', `${id} sends a ${action} that says nothing usable`, { action })
      // Told again it would say no more: a charger that got no answer would send it for ever.
      if (action === 'StartTransaction')
        throw new OcppRefusal('FormationViolation', 'connectorId or meterStart is missing.')
      return action === 'BootNotification' ? welcome(at) : {}
    }
    switch (message.action) {
      case 'BootNotification':
        await take(message, at)
        return welcome(at)
      case 'StatusNotification':
        return takeStatus(message, at)
      case 'MeterValues':
        return takeMeterValues(message, at)
      case 'StartTransaction':
        return begin(message, payload, at)
      case 'StopTransaction':
        return end(message, at)
    }
  }

  const welcome = (at: number) => ({ status: 'Accepted', currentTime: iso(at), interval: settings.heartbeatS })

  /** A card is looked at and forgotten. */
  function authorize(payload: unknown): { readonly status: 'Accepted' | 'Invalid' } {
    if (settings.authorize === 'any') return { status: 'Accepted' }
    const { idTag } = (payload ?? {}) as { idTag?: unknown }
    const isOwn = typeof idTag === 'string' && idTag.toLowerCase() === settings.idTag.toLowerCase()
    return { status: isOwn ? 'Accepted' : 'Invalid' }
  }

  async function takeStatus(
    message: Extract<OcppMessage, { action: 'StatusNotification' }>,
    at: number,
  ): Promise<object> {
    const { connectorId, status, timestamp } = message
    heard.add(connectorId)
    const isUnderWay = status && HAS_TRANSACTION[status]
    if (isUnderWay !== undefined) transactions.connectorSaid(id, connectorId, isUnderWay, ocppStamp(timestamp, at).at)
    await take(message, at)
    return {}
  }

  async function takeMeterValues(
    message: Extract<OcppMessage, { action: 'MeterValues' }>,
    at: number,
  ): Promise<object> {
    for (const one of connectors.values()) if (one.connector === message.connectorId) one.metered = clock.monotonicMs()
    // What a charger sends again (its queue, an answer it missed) has the same stamps; without one it is new each time.
    const isStamped = message.meterValue.every(({ timestamp }) => timestamp !== undefined)
    const digest = createHash('sha1').update(JSON.stringify(message)).digest('base64')
    if (isStamped && recent.has(digest)) {
      counts.messagesRepeated++
      return {}
    }
    await take(message, at)
    recent.add(digest)
    if (recent.size > MOST_REMEMBERED) recent.delete(recent.values().next().value ?? '')
    return {}
  }

  async function begin(
    message: Extract<OcppMessage, { action: 'StartTransaction' }>,
    payload: unknown,
    at: number,
  ): Promise<object> {
    const { connectorId, meterStart, timestamp } = message
    const { at: startedAt, stamp } = ocppStamp(timestamp, at)
    const { transaction, isNew } = await transactions.begin({
      chargePoint: id,
      connector: connectorId,
      stamp: timestamp ?? '',
      isDated: stamp === 'device',
      startedAt,
      meterStartWh: meterStart,
    })
    // A start that comes out of a charger's memory after its own end begins nothing.
    if (isNew) {
      counts.transactionsBegun++
      await take(message, at)
    } else counts.messagesRepeated++
    return { idTagInfo: authorize(payload), transactionId: transaction.id }
  }

  async function end(message: Extract<OcppMessage, { action: 'StopTransaction' }>, at: number): Promise<object> {
    const { outcome, transaction } = await transactions.end(id, message.transactionId, {
      stoppedAt: ocppStamp(message.timestamp, at).at,
      meterStopWh: message.meterStop,
      ...(message.reason !== undefined && { reason: message.reason }),
    })
    if (outcome === 'unknown') {
      counts.transactionsUnknown++
      trouble(`${id} transaction`, 'HW_OCPP_TRANSACTION', `${id} ends a transaction that was never begun here`, {
        transaction: message.transactionId,
      })
    } else if (outcome === 'repeated') counts.messagesRepeated++
    else {
      counts.transactionsEnded++
      await take(message, at, ({ connector }) => connector === transaction?.connector)
    }
    return { idTagInfo: { status: 'Accepted' } }
  }

  return {
    id,
    connectors,
    link: () => current,
    heard: () => heard,
    said: said.of,

    setDevices(devices) {
      const wanted = new Map(devices.map((device) => [device.id, device]))
      for (const [device, one] of connectors)
        if (wanted.get(device)?.fingerprint !== one.device.fingerprint) connectors.delete(device)
      for (const device of devices) if (!connectors.has(device.id)) add(device)
      troubles.forget((subject) => subject.startsWith(`${id} `))
    },

    connect(link) {
      const before = current
      current = link
      heard = new Set()
      counts.connections++
      // A charger whose line was cut comes again before we have noticed: the newer connection is the living one.
      before?.close('This charge point has connected again.')
      let hasSpoken = false
      return {
        async receive(action, payload) {
          const at = clock.wallMs()
          counts.messages++
          said.take(action, payload, at)
          if (current === link && !hasSpoken) {
            hasSpoken = true
            online(link)
          }
          const broken = strict(action, 'request', payload)
          const subject = `${id} ${action.slice(0, 40)}`
          if (broken === undefined) troubles.well(subject)
          else {
            counts.messagesBroken++
            trouble(subject, 'HW_OCPP_MESSAGE', `${id} sends a ${action.slice(0, 40)} that breaks the schema`, {
              broken,
            })
            if (settings.strict) throw new OcppRefusal(broken.split(':', 1)[0] ?? 'FormationViolation', broken)
          }
          try {
            return await answer(action, payload, at)
          } catch (error) {
            if (error instanceof OcppRefusal) throw error
            counts.notStored++
            const cause = (error as { code?: string }).code ?? String(error)
            trouble(`${id} store`, 'HW_OCPP_NOT_STORED', `${id}: ${action} could not be stored and was refused`, {
              cause,
            })
            throw new OcppRefusal('InternalError', 'It could not be stored; send it again.')
          }
        },
        unreadable(why) {
          counts.messagesBroken++
          trouble(`${id} message`, 'HW_OCPP_MESSAGE', `${id} sends what is no OCPP`, { broken: why.slice(0, 200) })
        },
        ping(roundTripMs) {
          const at = clock.wallMs()
          for (const { device } of connectors.values())
            parts
              .onFrame({ device: device.id, stream: 'reading', at, values: { [PING_QUANTITY]: roundTripMs / 1000 } })
              .catch(() => {}) // the spool counts and says what it could not keep
        },
        closed() {
          if (current !== link) return
          current = undefined
          if (!isThere || parts.isClosing()) return
          isThere = false
          lostAt = clock.monotonicMs()
          log.warn({ code: 'HW_OCPP_LOST' satisfies ErrorCode, chargePoint: id }, `${id} is not connected any more`)
          const at = clock.wallMs()
          for (const { device } of connectors.values()) parts.onPresence(device.id, 'unknown', at, 'link-down')
        },
      }
    },

    tell(connector, reading) {
      store(connector, reading).catch(() => {})
    },
  }
}

const iso = (at: number): string => new Date(at).toISOString()
