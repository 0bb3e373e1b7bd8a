/** A request taken from the stream, and how to wrap its answer. */
export interface Request {
  readonly unitId: number
  /** Function code and data. */
  readonly pdu: Buffer
  readonly wrap: (unitId: number, pdu: Buffer) => Buffer
}

export interface Framing {
  /** Feeds bytes; returns the complete requests in them. Null means the stream is beyond repair: close it. */
  readonly push: (chunk: Buffer) => Request[] | null
  /** Called after silence on the line: half a frame is thrown away (RTU: 3.5 characters). */
  readonly silence: () => void
}

const MBAP_BYTES = 7

/** Modbus TCP: transaction id, protocol id 0, length, unit id, then the PDU. */
export function tcpFraming(): Framing {
  let rest = Buffer.alloc(0)
  return {
    silence: () => {},
    push(chunk) {
      rest = Buffer.concat([rest, chunk])
      const requests: Request[] = []
      while (rest.length >= MBAP_BYTES) {
        const length = rest.readUInt16BE(4)
        if (rest.readUInt16BE(2) !== 0 || length < 2 || length > 254) return null
        if (rest.length < 6 + length) break
        const transaction = rest.readUInt16BE(0)
        const pdu = Buffer.from(rest.subarray(MBAP_BYTES, 6 + length))
        requests.push({
          unitId: rest.readUInt8(6),
          pdu,
          wrap: (unitId, answer) => {
            const header = Buffer.alloc(MBAP_BYTES)
            header.writeUInt16BE(transaction, 0)
            header.writeUInt16BE(answer.length + 1, 4)
            header.writeUInt8(unitId, 6)
            return Buffer.concat([header, answer])
          },
        })
        rest = rest.subarray(6 + length)
      }
      return requests
    },
  }
}

/** Modbus RTU bytes over any stream: unit id, PDU, CRC low byte first. What fails its CRC is skipped byte by byte. */
export function rtuFraming(): Framing {
  let rest = Buffer.alloc(0)
  return {
    silence: () => {
      rest = Buffer.alloc(0)
    },
    push(chunk) {
      rest = Buffer.concat([rest, chunk])
      const requests: Request[] = []
      while (rest.length >= 4) {
        const length = requestLength(rest)
        if (length === undefined) break
        if (rest.length < length) break
        const frame = rest.subarray(0, length)
        if (crc16(frame.subarray(0, length - 2)) === frame.readUInt16LE(length - 2)) {
          requests.push({ unitId: frame.readUInt8(0), pdu: Buffer.from(frame.subarray(1, length - 2)), wrap: wrapRtu })
          rest = rest.subarray(length)
        } else rest = rest.subarray(1)
      }
      if (rest.length > 512) rest = Buffer.alloc(0)
      return requests
    },
  }
}

export function wrapRtu(unitId: number, pdu: Buffer): Buffer {
  const frame = Buffer.alloc(pdu.length + 3)
  frame.writeUInt8(unitId, 0)
  pdu.copy(frame, 1)
  frame.writeUInt16LE(crc16(frame.subarray(0, pdu.length + 1)), pdu.length + 1)
  return frame
}

/** A request's length follows from its function code; undefined while it cannot be known yet. */
function requestLength(bytes: Buffer): number | undefined {
  const functionCode = bytes.readUInt8(1)
  if (functionCode === 15 || functionCode === 16) return bytes.length < 7 ? undefined : 9 + bytes.readUInt8(6)
  return 8
}

/** CRC-16/MODBUS, reflected 0x8005. */
export function crc16(bytes: Uint8Array): number {
  let crc = 0xffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ 0xa001 : crc >> 1
  }
  return crc
}
