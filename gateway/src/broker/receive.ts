import { setImmediate as nextTurn } from 'node:timers/promises'
import type { AedesClient } from './aedes-types.ts'
import type { BrokerCounters } from './broker-stats.ts'
import type { Inbound } from './inbound.ts'
import type { Origin } from './listeners.ts'
import type { Persistence } from './persistence.ts'
import type { StoredPacket } from './stored-packet.ts'
import { isTopic } from './topic-filter.ts'
import { isCommandTopic } from './topics.ts'
import type { TroubleLog } from './trouble-log.ts'
import type { WriteBehind } from './write-behind.ts'

/** A message a client published and may publish. */
export interface IncomingPublish {
  readonly user: string
  readonly clientId: string
  readonly topic: string
  /** A view of the socket's buffer: copy what is kept. */
  readonly payload: Buffer
  readonly qos: 0 | 1 | 2
  readonly retain: boolean
  /** The client says it may have sent this before. */
  readonly dup: boolean
  /** The Will Message of a client that went without a word. */
  readonly will: boolean
}

/** What we know of a connection beside what Aedes knows. */
export interface Peer {
  readonly origin: Origin
  readonly inbound: Inbound
  user: string
  connect: { clientId: string; clean: boolean; protocolVersion: number; willTopic: string | undefined } | undefined
}

/** Where messages go that are acknowledged and not passed on. Nobody may subscribe to it. */
export const VOID_TOPIC = '$hallwatt/void'
const EMPTY = Buffer.alloc(0)

type Done = (error?: Error | null) => void

/** Every PUBLISH and Will of clients comes through here before anything else happens to it. */
export function createReceiver(options: {
  counters: BrokerCounters
  trouble: TroubleLog
  persistence: Persistence
  writes: WriteBehind
  onPublish(message: IncomingPublish): Promise<void> | void
  peerOf(client: AedesClient): Peer | undefined
  mayPublish(user: string, topic: string): boolean
  /** Hears of every message that was refused. */
  onDenied?(message: { user: string; clientId: string; address: string; topic: string }): void
  stopping(): boolean
  /** Passes a message on to subscribers, retained messages and queues. */
  publish(packet: Partial<StoredPacket>): void
}) {
  const { counters, trouble, persistence, writes } = options
  /** QoS 2 messages being taken in, so that a copy sent on a new connection is not taken in twice. */
  const taking = new Map<string, Promise<void>>()

  return function receive(client: AedesClient | null, packet: StoredPacket, done: Done): void {
    const peer = client ? options.peerOf(client) : undefined
    const clientId = client?.id ?? packet.clientId ?? ''
    const user = peer?.user ?? persistence.wills.userOf(clientId) ?? ''
    if (!isTopic(packet.topic)) {
      done(new Error('the topic is not valid'))
      return
    }
    const payload = typeof packet.payload === 'string' ? Buffer.from(packet.payload) : packet.payload
    const { topic, qos, retain, dup, messageId } = packet
    const message = { user, clientId, topic, payload, qos, retain, dup }
    const allowed = options.mayPublish(user, topic)
    if (!allowed) {
      counters.deniedPublishes++
      options.onDenied?.({ user, clientId, address: peer?.origin.address ?? '', topic })
      trouble.warn('HW_MQTT_DENIED', `publish ${user}`, `"${user}" may not publish on ${topic}.`, { user, topic })
    }

    if (!client || !peer || packet === client.will) {
      // The gateway stops: that is no news about the device. The Will stays stored in case the client never returns.
      if (!allowed || options.stopping()) {
        done(new Error('not published'))
        return
      }
      counters.wills++
      // Not waited for: nobody expects an acknowledgement, and a client that is back already must not overtake its Will.
      forgetting(take({ ...message, will: true }))
      done(null)
      return
    }
    counters.messagesIn++
    counters.bytesIn += payload.length
    const key = qos === 2 ? `${clientId} ${messageId}` : ''

    peer.inbound.offer({
      qos,
      begin() {
        if (!allowed) return
        if (qos === 0) return forgetting(take({ ...message, will: false }))
        if (qos === 1) return take({ ...message, will: false })
        if (persistence.hasIncoming(client, messageId ?? 0)) return
        const earlier = taking.get(key)
        if (earlier) return earlier
        const taken = take({ ...message, will: false })
        if (!taken) return
        taking.set(key, taken)
        const forget = () => taking.delete(key)
        taken.then(forget, forget)
        return taken
      },
      forward() {
        const known = qos === 2 && persistence.hasIncoming(client, messageId ?? 0)
        if (!allowed || known || isCommandTopic(topic)) return
        // We pass it on ourselves and let Aedes acknowledge an empty one: Aedes would acknowledge first, and would not pass it
        // on at all when its sender is gone by now.
        options.publish({ cmd: 'publish', topic, payload, qos, retain, dup: false })
        if (retain || persistence.sessions.index.size > 0) return durable()
      },
      finish(error) {
        if (error === undefined) {
          if (qos > 0 || !allowed) makeVoid(packet)
          return done(null)
        }
        counters.notTaken++
        const cause = String(error)
        trouble.warn('HW_MQTT_NOT_TAKEN', '', `A message of "${user}" was not taken in: ${cause}`, { user, topic })
        done(new Error('not taken'))
      },
      drop() {
        makeVoid(packet)
        counters.droppedQos0In++
      },
    })
  }

  /** Never throws: what goes wrong is in the promise. */
  function take(message: IncomingPublish): Promise<void> | undefined {
    try {
      return options.onPublish(message) ?? undefined
    } catch (error) {
      return Promise.reject(error)
    }
  }

  /** For what is not acknowledged: nobody can be told but the counter. */
  function forgetting(promise: Promise<void> | undefined): void {
    promise?.catch(() => counters.notTaken++)
  }

  /** After the current turn a message just published has reached the retained messages and the queues. */
  async function durable(): Promise<void> {
    await nextTurn()
    await writes.durable()
  }
}

function makeVoid(packet: StoredPacket): void {
  packet.topic = VOID_TOPIC
  packet.payload = EMPTY
  packet.retain = false
}
