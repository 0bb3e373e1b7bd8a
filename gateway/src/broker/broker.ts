import { Aedes } from 'aedes'
import type { BrokerSettings } from '../config/hall-schema.ts'
import { isLoopback } from '../config/loopback.ts'
import { HallwattError } from '../domain/errors.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import type { Store } from '../store/store.ts'
import { mendAedes } from './aedes-mended.ts'
import type { AedesBroker, AedesClient } from './aedes-types.ts'
import { type BrokerStats, createBrokerCounters } from './broker-stats.ts'
import { createConnectionEnds } from './connection-ends.ts'
import type { Credentials } from './credentials.ts'
import { type ClientGrant, createGrantTable, type GrantTable } from './grants.ts'
import { createInbound } from './inbound.ts'
import { type Address, type Listeners, openListeners } from './listeners.ts'
import { createLogin } from './login.ts'
import { createOutbound } from './outbound.ts'
import { capPackets } from './packet-cap.ts'
import { createPersistence } from './persistence.ts'
import { createReceiver, type IncomingPublish, type Peer } from './receive.ts'
import type { StoredPacket } from './stored-packet.ts'
import { isTopicFilter, MAX_TOPIC_LEVELS } from './topic-filter.ts'
import { createTroubleLog } from './trouble-log.ts'
import { createWriteBehind } from './write-behind.ts'

export type { BrokerStats } from './broker-stats.ts'
export type { ClientGrant } from './grants.ts'
export { BROKER_TABLES } from './persistence.ts'
export type { IncomingPublish } from './receive.ts'

/** The embedded MQTT 3.1.1 broker. */
export interface Broker {
  /** Who may connect, publish and read what; at once for live clients. Clients of users that are gone are disconnected. */
  setGrants(grants: readonly ClientGrant[]): void
  /** Publishes a message of the gateway itself. A retained one lives as long as this process. */
  publish(topic: string, payload: string | Buffer, options?: { qos?: 0 | 1; retain?: boolean }): void
  addresses(): { readonly tcp: Address; readonly tls?: Address; readonly websocket?: Address }
  stats(): BrokerStats
  close(): Promise<void>
}

/** Times and sizes nobody needs to set; tests do. */
interface BrokerLimits {
  /** A connection that has not sent its CONNECT packet by then is closed. */
  readonly connectTimeoutMs: number
  /** A subscriber whose full socket has not taken a byte for this long is disconnected. */
  readonly drainTimeoutMs: number
  /** Aedes publishes the Wills of clients that did not come back after a restart when four of these are over. */
  readonly heartbeatMs: number
}

export interface BrokerOptions {
  readonly settings: BrokerSettings
  /** Undefined: the user name alone identifies, which is only accepted on loopback. */
  readonly credentials: Credentials | undefined
  readonly store: Pick<Store, 'commit' | 'read'>
  readonly clock: Clock
  readonly log: Log
  /** Resolves when the message may be acknowledged. A rejection closes the client without an acknowledgement (QoS 1, 2). */
  onPublish(message: IncomingPublish): Promise<void> | void
  /** A user's first connection came, or its last one went. */
  onConnection(user: string, connected: boolean): void
  /** Hears who was turned away at the door, or may not publish what it said: for whoever brings a new device into the hall. */
  onStranger?(stranger: BrokerStranger): void
  readonly limits?: Partial<BrokerLimits>
}

export interface BrokerStranger {
  readonly user: string | undefined
  readonly clientId: string
  readonly address: string
  readonly why: 'login-refused' | 'may-not-publish'
  readonly reason: string
  /** It wanted to publish there; of a refused login its Will topic. */
  readonly topic: string | undefined
}

const LIMITS: BrokerLimits = { connectTimeoutMs: 10_000, drainTimeoutMs: 8_000, heartbeatMs: 60_000 }

/** Packets a client may send before its CONNACK; they wait while its password is hashed. */
const MAX_EARLY_PACKETS = 2000
/** A client that has not logged in yet gets no more than this for its CONNECT packet. */
const MAX_CONNECT_BYTES = 64 * 1024
/** Sockets beside the clients: those that are logging in, or about to be refused with a reason. */
const SPARE_SOCKETS = 50
const EXPIRY_CHECK_MS = 3600 * 1000

/**
 * Starts the broker and opens its ports; clients are told "server unavailable" until `setGrants` was called.
 * @throws HallwattError HW_BIND_REFUSED, HW_PORT_IN_USE, HW_FILE_UNREADABLE, or the store's codes
 */
export async function createBroker(options: BrokerOptions): Promise<Broker> {
  const { settings, clock, log } = options
  const limits = { ...LIMITS, ...options.limits }
  refuseOpenBind(settings, options.credentials)

  const counters = createBrokerCounters()
  const trouble = createTroubleLog(log, clock)
  const peers = new WeakMap<AedesClient, Peer>()
  const connectionsOf = new Map<string, number>()
  const stopped = new AbortController()
  let grants: GrantTable | undefined

  const userOf = (client: AedesClient | undefined) => (client && peers.get(client)?.user) || undefined
  const nameOf = (client: AedesClient) => userOf(client) ?? peers.get(client)?.origin.address ?? 'unknown'

  const writes = createWriteBehind({
    store: options.store,
    clock,
    onHealth(error) {
      const code = 'HW_MQTT_SESSIONS_NOT_WRITTEN'
      if (error === undefined) log.info({ was: code }, 'Sessions and retained messages are written again.')
      else log.error({ code, cause: String(error) }, 'Sessions and retained messages cannot be written.')
    },
  })
  const persistence = createPersistence({
    store: options.store,
    writes,
    maxRetainedMessages: settings.maxRetainedMessages,
    maxOfflineMessages: settings.maxOfflineMessages,
    maxSessions: settings.maxClients * 2,
    onRetainedRefused(topic) {
      counters.retainedRefused++
      trouble.warn('HW_MQTT_RETAINED_FULL', '', `Retained messages are at their cap; ${topic} is not kept.`)
    },
    onOfflineDropped(clientId) {
      counters.queueDropped++
      trouble.warn('HW_MQTT_QUEUE_FULL', clientId, `The session "${clientId}" loses its oldest queued messages.`)
    },
    onSessionForgotten(clientId) {
      counters.sessionsForgotten++
      log.info({ clientId }, `The session "${clientId}" was forgotten: not seen for 30 days, or too many sessions.`)
    },
    userOf: (client) => userOf(client as AedesClient) ?? '',
    isConnected: (clientId) => aedes.clients[clientId] !== undefined,
    mayPersist: (client, topic) =>
      isTopicFilter(topic) && grants?.maySubscribe(userOf(client as AedesClient) ?? '', topic) === true,
  })

  const aedes = (await Aedes.createBroker({
    persistence,
    // Without 0 one frozen subscriber stops the deliveries of all others, and then the process.
    concurrency: 0,
    queueLimit: MAX_EARLY_PACKETS,
    maxInflightInbound: settings.maxInflight,
    connectTimeout: limits.connectTimeoutMs,
    drainTimeout: limits.drainTimeoutMs,
    heartbeatInterval: limits.heartbeatMs,
    maxTopicLevels: MAX_TOPIC_LEVELS,
  })) as unknown as AedesBroker
  mendAedes(aedes)

  const login = createLogin({
    credentials: options.credentials,
    clock,
    counters,
    trouble,
    grants: () => grants,
    ownerOf: (clientId) => userOf(aedes.clients[clientId]) ?? (persistence.sessions.get(clientId)?.user || undefined),
    hasRoomFor: (clientId) => aedes.connectedClients < settings.maxClients || aedes.clients[clientId] !== undefined,
    onRefused({ username: user, clientId, origin: { address }, willTopic: topic }, reason) {
      options.onStranger?.({ user: user || undefined, clientId, address, why: 'login-refused', reason, topic })
    },
  })
  const forward = createOutbound({
    counters,
    trouble,
    persistence,
    mayRead: (client, topic) => grants?.mayRead(userOf(client) ?? '', topic) === true,
    nameOf,
  })

  const receive = createReceiver({
    counters,
    trouble,
    persistence,
    writes,
    onPublish: options.onPublish,
    peerOf: (client) => peers.get(client),
    mayPublish: (user, topic) => grants?.mayPublish(user, topic) === true,
    onDenied(message) {
      options.onStranger?.({ ...message, why: 'may-not-publish', reason: 'its profile does not know this topic' })
    },
    stopping: () => stopped.signal.aborted,
    publish: (packet) => aedes.publish(packet, noop),
  })

  aedes.preConnect = (client, packet, done) => {
    const peer = peers.get(client as AedesClient)
    if (peer)
      peer.connect = {
        clientId: packet.clientId ?? '',
        clean: packet.clean !== false,
        protocolVersion: packet.protocolVersion ?? 4,
        willTopic: packet.will?.topic,
      }
    done(null, true)
  }

  aedes.authenticate = (client, username, password, done) => {
    const peer = peers.get(client as AedesClient)
    if (!peer?.connect || stopped.signal.aborted) return done(null, false)
    login
      .login({ ...peer.connect, origin: peer.origin, username, password })
      .then((result) => {
        if (result.ok) peer.user = result.user
        if (result.ok) done(null, true)
        else done(Object.assign(new Error(result.reason), { returnCode: result.returnCode, refused: true }), null)
      })
      .catch((error: unknown) => done(Object.assign(error as Error, { returnCode: 3 }), null))
  }

  aedes.authorizePublish = (client, packet, done) => receive(client as AedesClient | null, packet as StoredPacket, done)

  aedes.authorizeSubscribe = (client, subscription, done) => {
    const { topic } = subscription
    if (!isTopicFilter(topic)) return done(new Error(`"${topic}" is no topic filter`))
    const user = userOf(client as AedesClient) ?? ''
    if (grants?.maySubscribe(user, topic)) return done(null, subscription)
    counters.deniedSubscribes++
    trouble.warn('HW_MQTT_DENIED', `subscribe ${user}`, `"${user}" may not subscribe to ${topic}.`, { user, topic })
    done(null, null)
  }

  aedes.authorizeForward = (client, packet) =>
    forward(client as AedesClient, packet as StoredPacket) as unknown as typeof packet

  aedes.on('client', (client) => {
    const peer = peers.get(client as AedesClient)
    if (!peer) return
    if (!client.clean) persistence.sessions.connected(client.id, peer.user, clock.wallMs())
    const count = (connectionsOf.get(peer.user) ?? 0) + 1
    connectionsOf.set(peer.user, count)
    if (count === 1) options.onConnection(peer.user, true)
  })
  aedes.on('clientDisconnect', (client) => {
    const user = userOf(client as AedesClient)
    if (user === undefined) return
    if (!client.clean) persistence.sessions.disconnected(client.id, clock.wallMs())
    const count = (connectionsOf.get(user) ?? 1) - 1
    if (count > 0) connectionsOf.set(user, count)
    else connectionsOf.delete(user)
    if (count === 0) options.onConnection(user, false)
  })
  const explain = createConnectionEnds({ counters, trouble, nameOf, drainTimeoutMs: limits.drainTimeoutMs })
  aedes.on('clientError', (client, error) => explain(client as AedesClient, error))
  aedes.on('connectionError', (client, error) => explain(client as AedesClient, error))
  ;(aedes as unknown as NodeJS.EventEmitter).on('error', (error: Error) => {
    log.error({ code: 'HW_INTERNAL', cause: String(error) }, 'The MQTT broker had an error of its own.')
  })

  const listeners = await openListeners({
    settings,
    maxSockets: settings.maxClients + SPARE_SOCKETS,
    onRefused: () => counters.refusedSockets++,
    onConnection(stream, origin) {
      const inbound = createInbound({
        clock,
        signal: stopped.signal,
        maxPerSecond: settings.maxMessagesPerSecond,
        maxInflight: settings.maxInflight,
        onDropped: () => limited(),
        onSlowed: () => {
          counters.slowedClients++
          limited()
        },
      })
      const client = aedes.handle(stream)
      const limited = () => {
        const name = nameOf(client)
        trouble.warn(
          'HW_MQTT_RATE_LIMITED',
          name,
          `"${name}" sends more than ${settings.maxMessagesPerSecond} messages per second.`,
        )
      }
      peers.set(client, { origin, inbound, user: '', connect: undefined })
      const early = Math.min(MAX_CONNECT_BYTES, settings.maxPacketBytes)
      capPackets(client._parser, () => (client.connackSent ? settings.maxPacketBytes : early))
    },
  }).catch(async (error: unknown) => {
    await new Promise<void>((resolve) => aedes.close(resolve))
    throw error
  })
  void expireSessions()

  async function expireSessions(): Promise<void> {
    while (!stopped.signal.aborted) {
      persistence.sessions.expire(clock.wallMs())
      await clock.sleep(EXPIRY_CHECK_MS, stopped.signal).catch(() => {})
    }
  }

  return {
    setGrants(next) {
      const table = createGrantTable(next)
      grants = table
      trouble.forget('HW_MQTT_DENIED')
      for (const client of Object.values(aedes.clients)) {
        const user = userOf(client)
        if (user === undefined || !table.has(user)) client.conn.destroy()
        else {
          const lost = Object.keys(client.subscriptions).filter((filter) => !table.maySubscribe(user, filter))
          if (lost.length > 0) client.unsubscribe({ cmd: 'unsubscribe', unsubscriptions: lost }, noop)
        }
      }
      for (const session of persistence.sessions.all()) {
        const filters = [...session.subscriptions.keys()]
        persistence.sessions.unsubscribe(
          session,
          filters.filter((filter) => !table.maySubscribe(session.user, filter)),
        )
      }
    },
    publish(topic, payload, { qos = 0, retain = false } = {}) {
      const packet = { cmd: 'publish', topic, payload: Buffer.from(payload), qos, retain, dup: false } as const
      persistence.asOwn(() => aedes.publish(packet, noop))
    },
    addresses: () => listeners.addresses,
    stats: () => ({
      clients: aedes.connectedClients,
      sessions: persistence.sessions.size,
      retained: persistence.retained.size,
      queued: persistence.sessions.queuedMessages(),
      pendingWrites: writes.pending(),
      ...counters,
    }),
    close: () => close(aedes, listeners),
  }

  async function close(broker: AedesBroker, ports: Listeners): Promise<void> {
    if (stopped.signal.aborted) return
    persistence.keepWills()
    stopped.abort()
    await new Promise<void>((resolve) => broker.close(resolve))
    await ports.close()
    await writes.close()
  }
}

function refuseOpenBind(settings: BrokerSettings, credentials: Credentials | undefined): void {
  if (isLoopback(settings.host) || credentials) return
  throw new HallwattError(
    'HW_BIND_REFUSED',
    `broker.host ${settings.host} opens the MQTT port to the network; set broker.credentialsFile (write it with \`hallwatt mqtt password <user>\`), or bind to 127.0.0.1.`,
  )
}

function noop(): void {}
