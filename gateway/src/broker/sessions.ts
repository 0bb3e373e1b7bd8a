import { type OutgoingRow, type QueueBudget, SessionQueue } from './session-queue.ts'
import type { StoredPacket } from './stored-packet.ts'
import { createSubscriptionIndex } from './subscription-index.ts'
import type { WriteBehind } from './write-behind.ts'

/** A session whose client has not been seen for this long is forgotten with its queue. */
export const SESSION_EXPIRY_MS = 30 * 24 * 3600 * 1000

/** Queued messages of all sessions together, in memory and on disk. Above it the session that receives loses its oldest. */
const MAX_QUEUED_BYTES = 64 * 1024 * 1024

export const SESSION_TABLES = [
  'CREATE TABLE IF NOT EXISTS mqtt_session (client_id TEXT PRIMARY KEY, user TEXT NOT NULL, last_seen INTEGER NOT NULL) WITHOUT ROWID',
  `CREATE TABLE IF NOT EXISTS mqtt_subscription
    (client_id TEXT NOT NULL, topic TEXT NOT NULL, qos INTEGER NOT NULL, PRIMARY KEY (client_id, topic)) WITHOUT ROWID`,
  `CREATE TABLE IF NOT EXISTS mqtt_incoming
    (client_id TEXT NOT NULL, message_id INTEGER NOT NULL, PRIMARY KEY (client_id, message_id)) WITHOUT ROWID`,
]
const UPSERT_SESSION = `INSERT INTO mqtt_session (client_id, user, last_seen) VALUES (?, ?, ?)
  ON CONFLICT (client_id) DO UPDATE SET user = excluded.user, last_seen = excluded.last_seen`
const DELETE_SESSION = 'DELETE FROM mqtt_session WHERE client_id = ?'
const UPSERT_SUBSCRIPTION = `INSERT INTO mqtt_subscription (client_id, topic, qos) VALUES (?, ?, ?)
  ON CONFLICT (client_id, topic) DO UPDATE SET qos = excluded.qos`
const DELETE_SUBSCRIPTION = 'DELETE FROM mqtt_subscription WHERE client_id = ? AND topic = ?'
const UPSERT_INCOMING = 'INSERT OR IGNORE INTO mqtt_incoming (client_id, message_id) VALUES (?, ?)'
const DELETE_INCOMING = 'DELETE FROM mqtt_incoming WHERE client_id = ? AND message_id = ?'

/** A subscription as Aedes hands it over; the last three are MQTT 5 and only passed through. */
export interface SessionSubscription {
  readonly topic: string
  readonly qos: number
  readonly rh?: number
  readonly rap?: boolean
  readonly nl?: boolean
  readonly subscriptionIdentifier?: number
}

export interface Session {
  readonly clientId: string
  user: string
  /** Unix ms. */
  lastSeen: number
  connected: boolean
  readonly subscriptions: Map<string, SessionSubscription>
  readonly queue: SessionQueue
  /** QoS 2 messages received and not yet released by their sender, by message id. */
  readonly incoming: Map<number, StoredPacket>
}

/** The sessions that outlive their connection (CONNECT with clean session 0), with what they subscribed and are owed. */
export function createSessions(options: {
  writes: WriteBehind
  maxOfflineMessages: number
  maxSessions: number
  onDropped(clientId: string): void
  onForgotten(clientId: string): void
}) {
  const { writes, maxSessions, onForgotten } = options
  const sessions = new Map<string, Session>()
  const index = createSubscriptionIndex()
  const budget: QueueBudget = {
    nextSeq: 1,
    bytes: 0,
    maxBytes: MAX_QUEUED_BYTES,
    maxMessages: options.maxOfflineMessages,
    onDropped: options.onDropped,
  }

  function open(clientId: string): Session {
    const known = sessions.get(clientId)
    if (known) return known
    const session: Session = {
      clientId,
      user: '',
      lastSeen: 0,
      connected: false,
      subscriptions: new Map(),
      queue: new SessionQueue(clientId, budget, writes),
      incoming: new Map(),
    }
    sessions.set(clientId, session)
    return session
  }

  function writeSession(session: Session): void {
    writes.change(`session ${session.clientId}`, UPSERT_SESSION, [session.clientId, session.user, session.lastSeen])
  }

  function unsubscribe(session: Session, topics: readonly string[]): void {
    for (const topic of topics) {
      if (!session.subscriptions.delete(topic)) continue
      index.remove(session.clientId, topic)
      writes.change(`subscription ${session.clientId} ${topic}`, DELETE_SUBSCRIPTION, [session.clientId, topic])
    }
  }

  function forgetIncoming(session: Session, messageId: number): boolean {
    if (!session.incoming.delete(messageId)) return false
    writes.remove(`incoming ${session.clientId} ${messageId}`, DELETE_INCOMING, [session.clientId, messageId])
    return true
  }

  function forgetAllIncoming(session: Session): void {
    for (const messageId of [...session.incoming.keys()]) forgetIncoming(session, messageId)
  }

  /** Ends the session: subscriptions, queue and all. Its connection, if any, goes on as a clean one. */
  function forget(session: Session): void {
    unsubscribe(session, [...session.subscriptions.keys()])
    session.queue.clear()
    forgetAllIncoming(session)
    sessions.delete(session.clientId)
    writes.change(`session ${session.clientId}`, DELETE_SESSION, [session.clientId])
  }

  return {
    index,
    open,
    unsubscribe,
    forget,
    forgetIncoming,
    forgetAllIncoming,
    get: (clientId: string): Session | undefined => sessions.get(clientId),
    all: () => sessions.values(),
    get size() {
      return sessions.size
    },
    queuedMessages(): number {
      let count = 0
      for (const session of sessions.values()) count += session.queue.size
      return count
    },

    subscribe(session: Session, wanted: readonly SessionSubscription[]): void {
      for (const subscription of wanted) {
        const { topic, qos } = subscription
        const known = session.subscriptions.get(topic)
        session.subscriptions.set(topic, subscription)
        if (qos > 0) index.add({ clientId: session.clientId, ...subscription })
        else index.remove(session.clientId, topic)
        if (known?.qos === qos) continue
        writes.change(`subscription ${session.clientId} ${topic}`, UPSERT_SUBSCRIPTION, [session.clientId, topic, qos])
      }
    },

    /** A client with clean session 0 is here. Above the cap the session that was away longest is forgotten. */
    connected(clientId: string, user: string, now: number): void {
      const session = open(clientId)
      session.user = user
      session.lastSeen = now
      session.connected = true
      writeSession(session)
      if (sessions.size <= maxSessions) return
      let oldest: Session | undefined
      for (const other of sessions.values())
        if (!other.connected && (!oldest || other.lastSeen < oldest.lastSeen)) oldest = other
      if (!oldest) return
      forget(oldest)
      onForgotten(oldest.clientId)
    },

    disconnected(clientId: string, now: number): void {
      const session = sessions.get(clientId)
      if (!session) return
      session.connected = false
      session.lastSeen = now
      writeSession(session)
    },

    storeIncoming(session: Session, messageId: number, packet: StoredPacket): void {
      session.incoming.set(messageId, packet)
      writes.change(`incoming ${session.clientId} ${messageId}`, UPSERT_INCOMING, [session.clientId, messageId], true)
    },

    /** Forgets sessions not seen for 30 days. A wall clock that jumps back only makes them live longer. */
    expire(now: number): void {
      for (const session of [...sessions.values()]) {
        if (session.connected || now - session.lastSeen < SESSION_EXPIRY_MS) continue
        forget(session)
        onForgotten(session.clientId)
      }
    },

    load(rows: {
      sessions: readonly { client_id: string; user: string; last_seen: number }[]
      subscriptions: readonly { client_id: string; topic: string; qos: number }[]
      incoming: readonly { client_id: string; message_id: number }[]
      outgoing: readonly OutgoingRow[]
    }): void {
      for (const row of rows.sessions) {
        const session = open(row.client_id)
        session.user = row.user
        session.lastSeen = row.last_seen
      }
      for (const { client_id, topic, qos } of rows.subscriptions) {
        open(client_id).subscriptions.set(topic, { topic, qos })
        if (qos > 0) index.add({ clientId: client_id, topic, qos })
      }
      for (const row of rows.incoming) open(row.client_id).incoming.set(row.message_id, releaseStub(row.message_id))
      for (const row of rows.outgoing) open(row.client_id).queue.restore(row)
    },
  }
}

/** After a restart only the id of a QoS 2 message matters: its content was passed on before the restart. */
const releaseStub = (messageId: number): StoredPacket => ({
  cmd: 'publish',
  brokerId: '',
  brokerCounter: 0,
  topic: '',
  payload: Buffer.alloc(0),
  qos: 2,
  retain: false,
  dup: false,
  messageId,
})
