import { crc32 } from 'node:zlib'

/** Unacknowledged messages a client may send again; more than the shipped devices have in flight. */
const REMEMBERED = 16

/**
 * Remembers when the last messages without a stamp of their own came, so that a redelivery (DUP) becomes the same frame and
 * not a second one. Known by checksum and length: what a client repeats by mistake is its own message, not an attack.
 */
export function createRecentMessages() {
  const seen: { sum: number; length: number; at: number }[] = []
  return {
    /** When this message came first; `now` when it is new. */
    firstAt(topic: string, payload: Buffer, dup: boolean, now: number): number {
      const sum = crc32(payload, crc32(topic))
      const index = dup ? seen.findIndex((m) => m.sum === sum && m.length === payload.length) : -1
      if (index >= 0) {
        const [again] = seen.splice(index, 1)
        seen.push(again!)
        return again!.at
      }
      if (seen.length >= REMEMBERED) seen.shift()
      seen.push({ sum, length: payload.length, at: now })
      return now
    },
  }
}
