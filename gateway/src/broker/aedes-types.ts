import type { Duplex } from 'node:stream'
import type { Aedes, Client } from 'aedes'
import type { CappableParser } from './packet-cap.ts'
import type { StoredPacket } from './stored-packet.ts'

/** What we use of an Aedes client beside its published type; packet-cap.test.ts and broker.test.ts stand guard over it. */
export type AedesClient = Client & {
  readonly _parser: CappableParser
  readonly connackSent: boolean
  /** The Will Message while the client is connected. */
  readonly will: StoredPacket | null
  readonly subscriptions: Readonly<Record<string, { readonly qos: number }>>
}

export type AedesBroker = Omit<Aedes, 'handle' | 'publish'> & {
  readonly clients: Readonly<Record<string, AedesClient>>
  readonly mq: { emit(packet: StoredPacket, done?: (error?: Error) => void): unknown }
  handle(stream: Duplex): AedesClient
  /** Aedes itself puts the client between the two. */
  publish(packet: Partial<StoredPacket>, ...rest: ((error?: Error) => void)[]): void
}
