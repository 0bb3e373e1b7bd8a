import { Readable } from 'node:stream'
import type { Store } from '../store/store.ts'
import { createRetainedMessages, RETAINED_TABLE, type RetainedRow, SELECT_RETAINED } from './retained-messages.ts'
import { OUTGOING_TABLE, type OutgoingRow, SELECT_OUTGOING } from './session-queue.ts'
import { createSessions, SESSION_TABLES, type SessionSubscription } from './sessions.ts'
import { ownPayload, type StoredPacket } from './stored-packet.ts'
import { createWills, SELECT_WILLS, WILL_TABLE, type Will, type WillRow } from './wills.ts'
import type { WriteBehind } from './write-behind.ts'

interface Client {
  readonly id: string
  readonly clean?: boolean
}
interface PersistedBroker {
  readonly id: string
  counter: number
}
interface OutgoingPacket {
  readonly cmd: string
  readonly messageId?: number | undefined
  readonly brokerId?: string
  readonly brokerCounter?: number
}

export interface PersistenceOptions {
  store: Pick<Store, 'read'>
  writes: WriteBehind
  maxRetainedMessages: number
  maxOfflineMessages: number
  maxSessions: number
  onRetainedRefused(topic: string): void
  onOfflineDropped(clientId: string): void
  onSessionForgotten(clientId: string): void
  /** Who the client is, for its will and session. */
  userOf(client: Client): string
  /** Aedes tells living brokers from dead ones by the wall clock; a clock that jumps must not publish Wills of clients here. */
  isConnected(clientId: string): boolean
  /** Aedes stores every filter of a SUBSCRIBE, also those it refused; only what this allows is kept. */
  mayPersist(client: Client, topic: string): boolean
}

/** Tables of this room; the store makes them when it opens. */
export const BROKER_TABLES: readonly string[] = [RETAINED_TABLE, OUTGOING_TABLE, WILL_TABLE, ...SESSION_TABLES]

/**
 * What Aedes asks of a persistence, on our own store: everything is answered from memory, and written behind. Only what the
 * protocol promises with an acknowledgement is waited for: SUBACK, UNSUBACK and PUBREC here, PUBACK in inbound.ts.
 *
 * Aedes drops a message as a duplicate when one with a higher number was delivered first, so the steps between numbering and
 * delivery must not differ in length: `storeRetained` and `outgoingEnqueueCombi` never wait for the disk, and the latter,
 * being the last step, gives the number.
 */
export function createPersistence(options: PersistenceOptions) {
  const { store, writes } = options
  const retained = createRetainedMessages({
    writes,
    maxMessages: options.maxRetainedMessages,
    onRefused: options.onRetainedRefused,
  })
  const sessions = createSessions({
    writes,
    maxOfflineMessages: options.maxOfflineMessages,
    maxSessions: options.maxSessions,
    onDropped: options.onOfflineDropped,
    onForgotten: options.onSessionForgotten,
  })
  const wills = createWills(writes)
  /** QoS 2 ids of clients with a clean session end with the connection, so they are not written. */
  const passing = new Map<string, Map<number, StoredPacket>>()
  let broker: PersistedBroker = { id: '', counter: 0 }
  let publishingOwn = false
  let keepingWills = false

  return {
    retained,
    sessions,
    wills,

    /** Runs `publish`, whose retained message, if it is one, is the gateway's own. */
    asOwn(publish: () => void): void {
      publishingOwn = true
      publish()
      publishingOwn = false
    },
    /** From here on wills stay on disk: the gateway stops, which says nothing about the devices. */
    keepWills(): void {
      keepingWills = true
    },
    /** How often a queued message was handed to its client's socket. */
    sends: (clientId: string, packet: OutgoingPacket) => sessions.get(clientId)?.queue.sends(packet) ?? 0,
    hasIncoming: ({ id }: Client, messageId: number) =>
      (sessions.get(id)?.incoming.has(messageId) || passing.get(id)?.has(messageId)) === true,

    // Below: the interface of Aedes.
    async setup(newBroker: PersistedBroker): Promise<void> {
      broker = newBroker
      retained.load(await store.read<RetainedRow>(SELECT_RETAINED))
      sessions.load({
        sessions: await store.read('SELECT client_id, user, last_seen FROM mqtt_session'),
        subscriptions: await store.read('SELECT client_id, topic, qos FROM mqtt_subscription'),
        incoming: await store.read('SELECT client_id, message_id FROM mqtt_incoming'),
        outgoing: await store.read<OutgoingRow>(SELECT_OUTGOING),
      })
      wills.load(await store.read<WillRow>(SELECT_WILLS))
    },
    get broker() {
      return broker
    },

    async storeRetained(packet: StoredPacket): Promise<void> {
      retained.store(packet, publishingOwn)
    },
    createRetainedStream: (filter: string) => Readable.from(retained.matching([filter])),
    createRetainedStreamCombi: (filters: readonly string[]) => Readable.from(retained.matching(filters)),

    async addSubscriptions(client: Client, subscriptions: readonly SessionSubscription[]): Promise<void> {
      const allowed = subscriptions.filter(({ topic }) => options.mayPersist(client, topic))
      sessions.subscribe(sessions.open(client.id), allowed.map(plainSubscription))
      await writes.durable()
    },
    async removeSubscriptions(client: Client, topics: readonly string[]): Promise<void> {
      const session = sessions.get(client.id)
      if (!session) return
      sessions.unsubscribe(session, topics)
      await writes.durable()
    },
    async subscriptionsByClient(client: Client): Promise<SessionSubscription[]> {
      return [...(sessions.get(client.id)?.subscriptions.values() ?? [])]
    },
    async subscriptionsByTopic(topic: string) {
      return sessions.index.match(topic)
    },
    async cleanSubscriptions(client: Client): Promise<void> {
      const session = sessions.get(client.id)
      if (session) sessions.forget(session)
    },
    async countOffline() {
      let clientsCount = 0
      for (const session of sessions.all()) if (session.subscriptions.size > 0) clientsCount++
      return { subsCount: sessions.index.size, clientsCount }
    },
    getClientList(topic: string): Readable {
      return Readable.from([...sessions.all()].filter((s) => s.subscriptions.has(topic)).map((s) => s.clientId))
    },

    async outgoingEnqueue(subscription: { clientId: string; qos?: number }, packet: StoredPacket): Promise<void> {
      sessions.open(subscription.clientId).queue.add(packet, subscription.qos)
    },
    async outgoingEnqueueCombi(
      subscriptions: readonly { clientId: string; qos?: number }[],
      packet: StoredPacket,
    ): Promise<void> {
      if (packet.brokerId === broker.id && broker.counter > packet.brokerCounter)
        packet.brokerCounter = ++broker.counter
      const granted = new Map<string, number | undefined>()
      for (const { clientId, qos } of subscriptions)
        granted.set(clientId, Math.max(qos ?? 2, granted.get(clientId) ?? 0))
      for (const [clientId, qos] of granted) sessions.open(clientId).queue.add(packet, qos)
    },
    async outgoingUpdate(client: Client, packet: OutgoingPacket): Promise<void> {
      sessions.get(client.id)?.queue.update(packet)
    },
    /** Aedes also calls this, without a message id, for a message it did not send; that one stays queued. */
    async outgoingClearMessageId(client: Client, packet: OutgoingPacket) {
      return packet.messageId === undefined ? undefined : sessions.get(client.id)?.queue.acknowledge(packet.messageId)
    },
    outgoingStream: (client: Client) => Readable.from(sessions.get(client.id)?.queue.packets() ?? []),

    async incomingStorePacket(client: Client, packet: StoredPacket & { messageId: number }): Promise<void> {
      const { cmd, topic, payload, qos, retain, dup, messageId } = packet
      const stored = {
        cmd,
        brokerId: broker.id,
        brokerCounter: 0,
        topic,
        payload: ownPayload(payload),
        qos,
        retain,
        dup,
      }
      if (client.clean) {
        const ids = passing.get(client.id) ?? new Map<number, StoredPacket>()
        passing.set(client.id, ids.set(messageId, { ...stored, messageId }))
        return
      }
      sessions.storeIncoming(sessions.open(client.id), messageId, { ...stored, messageId })
      await writes.durable()
    },
    async incomingGetPacket(client: Client, packet: { messageId: number }): Promise<StoredPacket> {
      const ids = client.clean ? passing.get(client.id) : sessions.get(client.id)?.incoming
      const stored = ids?.get(packet.messageId)
      if (!stored) throw new Error('no such packet')
      return stored
    },
    async incomingDelPacket(client: Client, packet: { messageId: number }): Promise<void> {
      if (client.clean && passing.get(client.id)?.delete(packet.messageId)) return
      const session = sessions.get(client.id)
      if (!session || !sessions.forgetIncoming(session, packet.messageId)) throw new Error('no such packet')
    },
    async cleanIncoming(client: Client): Promise<void> {
      passing.delete(client.id)
      const session = sessions.get(client.id)
      if (session) sessions.forgetAllIncoming(session)
    },

    async putWill(client: Client, will: Will): Promise<void> {
      will.brokerId = broker.id
      will.clientId = client.id
      wills.put(will, options.userOf(client))
    },
    getWill: async (client: Client) => wills.get(client.id),
    delWill: async (client: Client) => (keepingWills ? undefined : wills.delete(client.id)),
    streamWill: (brokers: Readonly<Record<string, unknown>> = {}) =>
      Readable.from(wills.left((will) => !brokers[will.brokerId] && !options.isConnected(will.clientId))),
    async destroy(): Promise<void> {},
  }
}

export type Persistence = ReturnType<typeof createPersistence>

/** Without the keys that are undefined: they have no column and no meaning in MQTT 3.1.1. */
function plainSubscription({ topic, qos, ...rest }: SessionSubscription): SessionSubscription {
  const { rh, rap, nl, subscriptionIdentifier } = rest
  return {
    topic,
    qos,
    ...(rh !== undefined && { rh }),
    ...(rap !== undefined && { rap }),
    ...(nl !== undefined && { nl }),
    ...(subscriptionIdentifier !== undefined && { subscriptionIdentifier }),
  }
}
