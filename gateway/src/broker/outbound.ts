import type { AedesClient } from './aedes-types.ts'
import type { BrokerCounters } from './broker-stats.ts'
import type { Persistence } from './persistence.ts'
import { payloadBytes, type StoredPacket } from './stored-packet.ts'
import { filterMeetsTopic } from './topic-filter.ts'
import type { TroubleLog } from './trouble-log.ts'

/** Unsent bytes of one subscriber above which QoS 0 messages pass it by. */
const SKIP_QOS0_BYTES = 1024 * 1024
/** Unsent bytes of one subscriber above which it is disconnected; a persistent session gets the rest when it is back. */
const DROP_CLIENT_BYTES = 8 * 1024 * 1024

/** Decides for each message and subscriber whether, and with which QoS, it is sent. */
export function createOutbound(options: {
  counters: BrokerCounters
  trouble: TroubleLog
  persistence: Persistence
  mayRead(client: AedesClient, topic: string): boolean
  nameOf(client: AedesClient): string
}) {
  const { counters, trouble, persistence } = options

  return function forward(client: AedesClient, packet: StoredPacket): StoredPacket | null {
    if (!options.mayRead(client, packet.topic)) return null
    const unsent = client.conn.writableLength
    if (unsent > DROP_CLIENT_BYTES) {
      if (!client.conn.destroyed) {
        counters.slowClientsDropped++
        const name = options.nameOf(client)
        trouble.warn('HW_MQTT_CLIENT_SLOW', name, `"${name}" was disconnected with ${unsent} bytes unread.`)
        client.conn.destroy()
      }
      return null
    }
    if (unsent > SKIP_QOS0_BYTES && packet.qos === 0) {
      counters.droppedQos0Out++
      return null
    }
    counters.messagesOut++
    counters.bytesOut += payloadBytes(packet.payload)
    // A message that was sent before goes out again with the DUP flag [MQTT-3.3.1-1].
    if (packet.messageId !== undefined && persistence.sends(client.id, packet) > 1) packet.dup = true
    const granted = packet.qos === 0 ? 0 : grantedQos(client, packet.topic)
    return granted < packet.qos ? { ...packet, qos: granted } : packet
  }
}

/** The largest QoS of the subscriptions that meet the topic [MQTT-3.3.5-1]; Aedes only looks at the one that equals it. */
function grantedQos(client: AedesClient, topic: string): 0 | 1 | 2 {
  let granted = 0
  let met = false
  for (const filter in client.subscriptions) {
    if (!filterMeetsTopic(filter, topic)) continue
    met = true
    granted = Math.max(granted, client.subscriptions[filter]?.qos ?? 0)
  }
  // A queued message whose subscription is being restored keeps the QoS it was queued with.
  return met ? (granted as 0 | 1 | 2) : 2
}
