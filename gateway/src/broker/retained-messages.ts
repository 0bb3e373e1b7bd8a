import { ENTRY_OVERHEAD_BYTES, ownPayload, payloadBytes, type StoredPacket } from './stored-packet.ts'
import { filterMeetsTopic } from './topic-filter.ts'
import type { WriteBehind } from './write-behind.ts'

/** All retained messages of clients together; at the end a new topic is refused, a known one may only shrink. */
const MAX_RETAINED_BYTES = 64 * 1024 * 1024

export const RETAINED_TABLE = `CREATE TABLE IF NOT EXISTS mqtt_retained
  (topic TEXT PRIMARY KEY, payload BLOB NOT NULL, qos INTEGER NOT NULL) WITHOUT ROWID`
const UPSERT = `INSERT INTO mqtt_retained (topic, payload, qos) VALUES (?, ?, ?)
  ON CONFLICT (topic) DO UPDATE SET payload = excluded.payload, qos = excluded.qos`
const DELETE = 'DELETE FROM mqtt_retained WHERE topic = ?'
export const SELECT_RETAINED = 'SELECT topic, payload, qos FROM mqtt_retained'

export interface RetainedRow {
  readonly topic: string
  readonly payload: Uint8Array
  readonly qos: number
}

interface Entry {
  readonly packet: StoredPacket
  readonly bytes: number
  /** The gateway's own: made anew at every start, so not written to disk, and not counted against the clients' cap. */
  readonly own: boolean
}

/** The last retained message of each topic. Those of clients survive a restart. */
export function createRetainedMessages(options: {
  writes: WriteBehind
  maxMessages: number
  onRefused(topic: string): void
}) {
  const { writes, maxMessages, onRefused } = options
  const entries = new Map<string, Entry>()
  let clientMessages = 0
  let clientBytes = 0

  function put(topic: string, entry: Entry | undefined): void {
    const old = entries.get(topic)
    if (old && !old.own) {
      clientMessages--
      clientBytes -= old.bytes
    }
    if (!entry) {
      entries.delete(topic)
      return
    }
    entries.set(topic, entry)
    if (!entry.own) {
      clientMessages++
      clientBytes += entry.bytes
    }
  }

  return {
    get size() {
      return entries.size
    },
    load(rows: readonly RetainedRow[]): void {
      for (const row of rows) {
        const payload = Buffer.from(row.payload)
        const packet: StoredPacket = {
          cmd: 'publish',
          brokerId: '',
          brokerCounter: 0,
          topic: row.topic,
          payload,
          qos: row.qos as 0 | 1 | 2,
          retain: true,
          dup: false,
          messageId: undefined,
        }
        put(row.topic, { packet, bytes: payload.length + row.topic.length + ENTRY_OVERHEAD_BYTES, own: false })
      }
    },
    store(packet: StoredPacket, own: boolean): void {
      const { topic } = packet
      const old = entries.get(topic)
      if (packet.payload.length === 0) {
        // An empty retained message takes the old one away [MQTT-3.3.1-10].
        put(topic, undefined)
        if (old && !old.own) writes.change(`retained ${topic}`, DELETE, [topic])
        return
      }
      const bytes = payloadBytes(packet.payload) + topic.length + ENTRY_OVERHEAD_BYTES
      const oldBytes = old && !old.own ? old.bytes : 0
      const isNew = !old || old.own
      const full = (isNew && clientMessages >= maxMessages) || clientBytes - oldBytes + bytes > MAX_RETAINED_BYTES
      if (!own && full) {
        onRefused(topic)
        return
      }
      const stored: StoredPacket = { ...packet, payload: ownPayload(packet.payload) }
      put(topic, { packet: stored, bytes, own })
      if (own) {
        if (old && !old.own) writes.change(`retained ${topic}`, DELETE, [topic])
        return
      }
      writes.change(`retained ${topic}`, UPSERT, [topic, Buffer.from(stored.payload), stored.qos])
    },
    *matching(filters: readonly string[]): Generator<StoredPacket> {
      for (const filter of filters) {
        const exact = /[+#]/.test(filter) ? undefined : entries.get(filter)
        if (exact) yield exact.packet
        else if (/[+#]/.test(filter))
          for (const [topic, { packet }] of entries) if (filterMeetsTopic(filter, topic)) yield packet
      }
    },
  }
}
