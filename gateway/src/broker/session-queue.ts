import {
  ENTRY_OVERHEAD_BYTES,
  ownPayload,
  payloadBytes,
  type StoredPacket,
  type StoredPubrel,
} from './stored-packet.ts'
import type { WriteBehind } from './write-behind.ts'

export const OUTGOING_TABLE = `CREATE TABLE IF NOT EXISTS mqtt_outgoing
  (seq INTEGER PRIMARY KEY, client_id TEXT NOT NULL, topic TEXT NOT NULL, payload BLOB NOT NULL, qos INTEGER NOT NULL,
   broker_id TEXT NOT NULL, broker_counter INTEGER NOT NULL, message_id INTEGER, released INTEGER NOT NULL)`
const UPSERT = `INSERT INTO mqtt_outgoing
  (seq, client_id, topic, payload, qos, broker_id, broker_counter, message_id, released) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (seq) DO UPDATE SET message_id = excluded.message_id, released = excluded.released`
const DELETE = 'DELETE FROM mqtt_outgoing WHERE seq = ?'
export const SELECT_OUTGOING = 'SELECT * FROM mqtt_outgoing ORDER BY seq'

export interface OutgoingRow {
  readonly seq: number
  readonly client_id: string
  readonly topic: string
  readonly payload: Uint8Array
  readonly qos: number
  readonly broker_id: string
  readonly broker_counter: number
  readonly message_id: number | null
  readonly released: number
}

interface Entry {
  readonly seq: number
  packet: StoredPacket | StoredPubrel
  readonly identity: string
  readonly bytes: number
  sends: number
}

const identityOf = (packet: { brokerId?: string; brokerCounter?: number }) =>
  `${packet.brokerId}/${packet.brokerCounter}`

/** What all queues share: one numbering, one byte budget. */
export interface QueueBudget {
  nextSeq: number
  bytes: number
  readonly maxBytes: number
  readonly maxMessages: number
  onDropped(clientId: string): void
}

/** QoS 1 and 2 messages of one persistent session that its client has not acknowledged, oldest first. */
export class SessionQueue {
  readonly #clientId: string
  readonly #budget: QueueBudget
  readonly #writes: WriteBehind
  readonly #entries = new Map<number, Entry>()
  readonly #byIdentity = new Map<string, Entry>()
  readonly #byMessageId = new Map<number, Entry>()

  constructor(clientId: string, budget: QueueBudget, writes: WriteBehind) {
    this.#clientId = clientId
    this.#budget = budget
    this.#writes = writes
  }

  get size(): number {
    return this.#entries.size
  }

  /** Takes a message; above the caps the oldest of this session goes first, or the new one when it is alone too large. */
  add(packet: StoredPacket, grantedQos: number | undefined): void {
    const qos = grantedQos === undefined ? packet.qos : (Math.min(grantedQos, packet.qos) as 0 | 1 | 2)
    const payload = ownPayload(packet.payload)
    const bytes = payloadBytes(payload) + packet.topic.length + ENTRY_OVERHEAD_BYTES
    const { maxBytes, maxMessages } = this.#budget
    while (this.#entries.size > 0 && (this.#entries.size >= maxMessages || this.#budget.bytes + bytes > maxBytes)) {
      const oldest = this.#entries.values().next().value
      if (!oldest) break
      this.#forget(oldest)
      this.#budget.onDropped(this.#clientId)
    }
    if (this.#entries.size >= maxMessages || this.#budget.bytes + bytes > maxBytes) {
      this.#budget.onDropped(this.#clientId)
      return
    }
    const stored: StoredPacket = {
      cmd: 'publish',
      brokerId: packet.brokerId,
      brokerCounter: packet.brokerCounter,
      topic: packet.topic,
      payload,
      qos,
      retain: packet.retain,
      dup: packet.dup ?? false,
      messageId: undefined,
    }
    const entry: Entry = {
      seq: this.#budget.nextSeq++,
      packet: stored,
      identity: identityOf(packet),
      bytes,
      sends: 0,
    }
    this.#keep(entry)
    this.#write(entry, { fresh: true })
  }

  restore(row: OutgoingRow): void {
    const payload = Buffer.from(row.payload)
    const messageId = row.message_id ?? undefined
    const packet: StoredPacket | StoredPubrel =
      row.released && messageId !== undefined
        ? { cmd: 'pubrel', messageId }
        : {
            cmd: 'publish',
            brokerId: row.broker_id,
            brokerCounter: row.broker_counter,
            topic: row.topic,
            payload,
            qos: row.qos as 0 | 1 | 2,
            retain: false,
            dup: false,
            messageId,
          }
    const entry: Entry = {
      seq: row.seq,
      packet,
      identity: `${row.broker_id}/${row.broker_counter}`,
      bytes: payload.length + row.topic.length + ENTRY_OVERHEAD_BYTES,
      sends: messageId === undefined ? 0 : 1,
    }
    this.#keep(entry)
    if (messageId !== undefined) this.#byMessageId.set(messageId, entry)
  }

  /** The message was (or is about to be) sent under a message id, or released. One the caps took meanwhile is no trouble. */
  update(packet: { cmd: string; messageId?: number | undefined; brokerId?: string; brokerCounter?: number }): void {
    const { messageId } = packet
    if (messageId === undefined) return
    if (packet.cmd === 'pubrel') {
      const entry = this.#byMessageId.get(messageId)
      if (!entry || entry.packet.cmd === 'pubrel') return
      this.#write(entry, { releasedId: messageId })
      entry.packet = { cmd: 'pubrel', messageId }
      return
    }
    const entry = this.#byIdentity.get(identityOf(packet))
    if (!entry) return
    entry.sends++
    if (entry.packet.messageId === messageId) return
    entry.packet.messageId = messageId
    this.#byMessageId.set(messageId, entry)
    this.#write(entry)
  }

  /** How often the message was handed to the client's socket. */
  sends(packet: { brokerId?: string; brokerCounter?: number }): number {
    return this.#byIdentity.get(identityOf(packet))?.sends ?? 0
  }

  acknowledge(messageId: number): StoredPacket | StoredPubrel | undefined {
    const entry = this.#byMessageId.get(messageId)
    if (entry) this.#forget(entry)
    return entry?.packet
  }

  packets(): (StoredPacket | StoredPubrel)[] {
    return [...this.#entries.values()].map((entry) => entry.packet)
  }

  clear(): void {
    for (const entry of [...this.#entries.values()]) this.#forget(entry)
  }

  #keep(entry: Entry): void {
    this.#entries.set(entry.seq, entry)
    this.#byIdentity.set(entry.identity, entry)
    this.#budget.bytes += entry.bytes
    if (entry.seq >= this.#budget.nextSeq) this.#budget.nextSeq = entry.seq + 1
  }

  #forget(entry: Entry): void {
    this.#entries.delete(entry.seq)
    if (this.#byIdentity.get(entry.identity) === entry) this.#byIdentity.delete(entry.identity)
    const { messageId } = entry.packet
    if (messageId !== undefined && this.#byMessageId.get(messageId) === entry) this.#byMessageId.delete(messageId)
    this.#budget.bytes -= entry.bytes
    this.#writes.remove(`outgoing ${entry.seq}`, DELETE, [entry.seq])
  }

  #write(entry: Entry, options: { fresh?: boolean; releasedId?: number } = {}): void {
    if (entry.packet.cmd !== 'publish') return
    const { topic, payload, qos, brokerId, brokerCounter, messageId } = entry.packet
    const row = [
      entry.seq,
      this.#clientId,
      topic,
      Buffer.from(payload),
      qos,
      brokerId,
      brokerCounter,
      options.releasedId ?? messageId ?? null,
      options.releasedId === undefined ? 0 : 1,
    ]
    this.#writes.change(`outgoing ${entry.seq}`, UPSERT, row, options.fresh)
  }
}
