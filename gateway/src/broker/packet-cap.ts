/** What we touch of mqtt-packet's parser. It is private there, so packet-cap.test.ts fails when it is no longer so. */
export interface CappableParser {
  packet: { length: number }
  _parseLength(): boolean
  emit(event: 'error', error: Error): boolean
}

/** Emitted by the parser, and so seen as the reason of the client's end. */
export class PacketTooLarge extends Error {}

/**
 * Refuses a packet as soon as its length is read. Without this the parser gathers the whole packet first: one header that
 * announces 150 MB costs 150 MB of memory.
 * @param maxBytes  asked for each packet: it may depend on whether the client has logged in
 */
export function capPackets(parser: CappableParser, maxBytes: () => number): void {
  const parseLength = parser._parseLength
  parser._parseLength = function () {
    const complete = parseLength.call(this)
    if (!complete || this.packet.length <= maxBytes()) return complete
    this.emit('error', new PacketTooLarge(`A packet of ${this.packet.length} bytes; ${maxBytes()} are allowed.`))
    return false
  }
}
