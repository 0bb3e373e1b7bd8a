/** One request on a line and everything that came until the next one. Bytes as they were, not yet understood. */
export interface Exchange {
  /** Grows by one with each exchange of the line. */
  readonly seq: number
  /** Unix ms at which the request went out. */
  readonly at: number
  /** Milliseconds until the last byte came; absent when none did. */
  readonly ms?: number
  readonly sent: Buffer
  /** Empty when nobody answered. */
  readonly received: Buffer
}

/** What stands on the line behind a link. */
export type LineKind = 'modbus-tcp' | 'serial'

/** More than the longest frame of any protocol spoken here, several times over: noise does not fill the memory. */
const MOST_RECEIVED_BYTES = 4096

/** Puts the bytes of one line together to exchanges. Time is an argument. */
export function createExchanges(done: (exchange: Exchange) => void) {
  let seq = 0
  let open:
    | { at: number; startMs: number; endMs: number | undefined; sent: Buffer; received: Buffer[]; bytes: number }
    | undefined

  const closed = (): Exchange | undefined =>
    open && {
      ...{ seq, at: open.at, sent: open.sent, received: Buffer.concat(open.received) },
      ...(open.endMs !== undefined && { ms: Math.round(open.endMs - open.startMs) }),
    }

  return {
    sent(bytes: Buffer, at: number, nowMs: number): void {
      const before = closed()
      if (before) done(before)
      seq += 1
      open = { at, startMs: nowMs, endMs: undefined, sent: Buffer.from(bytes), received: [], bytes: 0 }
    },
    received(bytes: Buffer, nowMs: number): void {
      if (!open || open.bytes >= MOST_RECEIVED_BYTES) return
      open.endMs = nowMs
      open.bytes += bytes.length
      // A copy: the socket's own buffer is one of many slices of a larger one, which would all stay.
      open.received.push(Buffer.from(bytes.subarray(0, MOST_RECEIVED_BYTES)))
    },
    /** The exchange under way, as far as it came. */
    now: closed,
    /** Ends the exchange under way: nothing more will be heard. */
    end(): void {
      const last = closed()
      open = undefined
      if (last) done(last)
    },
  }
}
