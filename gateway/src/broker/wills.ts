import { ownPayload, type StoredPacket } from './stored-packet.ts'
import type { WriteBehind } from './write-behind.ts'

export const WILL_TABLE = `CREATE TABLE IF NOT EXISTS mqtt_will
  (client_id TEXT PRIMARY KEY, broker_id TEXT NOT NULL, user TEXT NOT NULL, topic TEXT NOT NULL, payload BLOB NOT NULL,
   qos INTEGER NOT NULL, retain INTEGER NOT NULL) WITHOUT ROWID`
const UPSERT = `INSERT INTO mqtt_will (client_id, broker_id, user, topic, payload, qos, retain) VALUES (?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (client_id) DO UPDATE SET broker_id = excluded.broker_id, user = excluded.user, topic = excluded.topic,
  payload = excluded.payload, qos = excluded.qos, retain = excluded.retain`
const DELETE = 'DELETE FROM mqtt_will WHERE client_id = ?'
export const SELECT_WILLS = 'SELECT * FROM mqtt_will'

export interface WillRow {
  readonly client_id: string
  readonly broker_id: string
  readonly user: string
  readonly topic: string
  readonly payload: Uint8Array
  readonly qos: number
  readonly retain: number
}

export type Will = StoredPacket & { clientId: string }

/**
 * Wills of the clients that are here, kept so that one whose client does not come back after a restart of the gateway is
 * still published (Aedes does that after four heartbeats).
 */
export function createWills(writes: WriteBehind) {
  const wills = new Map<string, { will: Will; user: string }>()
  return {
    put(will: Will, user: string): void {
      wills.set(will.clientId, { will, user })
      writes.change(`will ${will.clientId}`, UPSERT, [
        will.clientId,
        will.brokerId,
        user,
        will.topic,
        Buffer.from(ownPayload(will.payload)),
        will.qos,
        will.retain ? 1 : 0,
      ])
    },
    get: (clientId: string) => wills.get(clientId)?.will,
    userOf: (clientId: string) => wills.get(clientId)?.user,
    delete(clientId: string): Will | undefined {
      const will = wills.get(clientId)?.will
      if (!will) return undefined
      wills.delete(clientId)
      writes.change(`will ${clientId}`, DELETE, [clientId])
      return will
    },
    *left(isLeft: (will: Will) => boolean): Generator<Will> {
      for (const { will } of wills.values()) if (isLeft(will)) yield will
    },
    load(rows: readonly WillRow[]): void {
      for (const row of rows) {
        const will: Will = {
          cmd: 'publish',
          brokerId: row.broker_id,
          brokerCounter: 0,
          topic: row.topic,
          payload: Buffer.from(row.payload),
          qos: row.qos as 0 | 1 | 2,
          retain: row.retain === 1,
          dup: false,
          messageId: undefined,
          clientId: row.client_id,
        }
        wills.set(row.client_id, { will, user: row.user })
      }
    },
  }
}
