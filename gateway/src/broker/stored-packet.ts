/** A message as the broker keeps it: what Aedes calls a packet, without the socket chunk its payload was cut from. */
export interface StoredPacket {
  cmd: 'publish'
  /** Which run of the broker numbered it, and its number there: the identity of a message on its way to several sessions. */
  brokerId: string
  brokerCounter: number
  topic: string
  payload: Buffer | string
  qos: 0 | 1 | 2
  retain: boolean
  dup: boolean
  /** Set once it was sent to the session's client. */
  messageId: number | undefined
  clientId?: string
}

/** Step two of a QoS 2 delivery: the client has the message, its release is still owed. */
export interface StoredPubrel {
  cmd: 'pubrel'
  messageId: number
}

/** A payload is a view of a 64 KB socket chunk; kept as it is, a 10-byte message would hold the whole chunk in memory. */
export const ownPayload = (payload: Buffer | string) => (typeof payload === 'string' ? payload : Buffer.from(payload))

export const payloadBytes = (payload: Buffer | string) =>
  typeof payload === 'string' ? Buffer.byteLength(payload) : payload.length

/** What an entry costs beside its payload: objects, index, topic. Rough, so that a flood of empty messages has a size too. */
export const ENTRY_OVERHEAD_BYTES = 200
