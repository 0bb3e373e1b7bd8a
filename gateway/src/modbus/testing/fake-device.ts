import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'

/** A request as a device on the line sees it. */
export interface SeenRequest {
  readonly unitId: number
  readonly functionCode: number
  readonly address: number
  readonly count: number
  /** Whole frame as it came. */
  readonly frame: Buffer
  readonly at: number
}

/**
 * What the device does with a request: words to answer with, an exception code, bytes to send as they stand, or nothing.
 * `afterMs` holds the answer back; `close` cuts the connection (after `raw`, when there is any).
 */
export interface Reaction {
  readonly words?: readonly number[]
  readonly exception?: number
  readonly raw?: Buffer
  readonly afterMs?: number
  readonly close?: boolean
  /** Each byte in its own packet. */
  readonly bytewise?: boolean
  /** Applied to the finished frame: how a frame is spoilt. */
  readonly spoil?: (frame: Buffer) => Buffer
}

export type Behaviour = (request: SeenRequest) => Reaction | undefined

/** CRC of RTU, written here on its own: a test must not check the gateway with the gateway's code. */
export function crc(bytes: Buffer): number {
  let value = 0xffff
  for (const byte of bytes) {
    value ^= byte
    for (let i = 0; i < 8; i++) value = value & 1 ? (value >>> 1) ^ 0xa001 : value >>> 1
  }
  return value
}

export const withCrc = (bytes: Buffer): Buffer => {
  const frame = Buffer.concat([bytes, Buffer.alloc(2)])
  frame.writeUInt16LE(crc(bytes), bytes.length)
  return frame
}

type Framing = 'tcp' | 'rtu'

/** Lets a Modbus device, well-behaved or not, live on a stream. Timers are real: this is the outside world of a test. */
export function serveOn(stream: Duplex, framing: Framing, behave: Behaviour, seen: SeenRequest[]): void {
  let received = Buffer.alloc(0)
  stream.on('error', () => {})
  stream.on('data', (bytes: Buffer) => {
    received = Buffer.concat([received, bytes])
    for (;;) {
      const length = requestLength(received, framing)
      if (length === undefined || received.length < length) return
      const frame = received.subarray(0, length)
      received = received.subarray(length)
      const request = parse(frame, framing)
      seen.push(request)
      const reaction = behave(request)
      if (!reaction) continue
      const act = () => {
        const answer = answerFrame(request, reaction, framing)
        const bytes = answer && reaction.spoil ? reaction.spoil(answer) : answer
        if (bytes && reaction.bytewise) writeBytewise(stream, bytes)
        else if (bytes && !stream.destroyed) stream.write(bytes)
        if (reaction.close) stream.destroy()
      }
      if (reaction.afterMs) setTimeout(act, reaction.afterMs)
      else act()
    }
  })
}

function writeBytewise(stream: Duplex, bytes: Buffer): void {
  if (bytes.length === 0 || stream.destroyed) return
  stream.write(bytes.subarray(0, 1), () => setTimeout(() => writeBytewise(stream, bytes.subarray(1)), 1))
}

function requestLength(received: Buffer, framing: Framing): number | undefined {
  if (framing === 'tcp') return received.length < 6 ? undefined : 6 + received.readUInt16BE(4)
  if (received.length < 8) return undefined
  return received[1] === 16 ? 9 + received[6]! : 8
}

function parse(frame: Buffer, framing: Framing): SeenRequest {
  const start = framing === 'tcp' ? 6 : 0
  return {
    unitId: frame[start]!,
    functionCode: frame[start + 1]!,
    address: frame.readUInt16BE(start + 2),
    // A request for identification ends before.
    count: frame.length < start + 6 ? 0 : frame.readUInt16BE(start + 4),
    frame: Buffer.from(frame),
    at: performance.now(),
  }
}

function answerFrame(request: SeenRequest, reaction: Reaction, framing: Framing): Buffer | undefined {
  if (reaction.raw) return reaction.raw
  const { unitId, functionCode } = request
  let pdu: Buffer | undefined
  if (reaction.exception !== undefined) pdu = Buffer.from([functionCode | 0x80, reaction.exception])
  else if (reaction.words && functionCode <= 2) pdu = bitsPdu(functionCode, reaction.words)
  else if (reaction.words && functionCode <= 4) {
    pdu = Buffer.alloc(2 + reaction.words.length * 2)
    pdu[0] = functionCode
    pdu[1] = reaction.words.length * 2
    reaction.words.forEach((word, i) => {
      pdu!.writeUInt16BE(word, 2 + 2 * i)
    })
  } else if (reaction.words) {
    const start = framing === 'tcp' ? 7 : 1
    pdu = Buffer.from(request.frame.subarray(start, start + 5))
  }
  if (!pdu) return undefined
  if (framing === 'rtu') return withCrc(Buffer.concat([Buffer.from([unitId]), pdu]))
  const header = Buffer.alloc(7)
  request.frame.copy(header, 0, 0, 2)
  header.writeUInt16BE(pdu.length + 1, 4)
  header[6] = unitId
  return Buffer.concat([header, pdu])
}

function bitsPdu(functionCode: number, bits: readonly number[]): Buffer {
  const pdu = Buffer.alloc(2 + Math.ceil(bits.length / 8))
  pdu[0] = functionCode
  pdu[1] = pdu.length - 2
  bits.forEach((bit, i) => {
    if (bit) pdu[2 + (i >> 3)]! |= 1 << (i & 7)
  })
  return pdu
}

export interface FakeDevice extends AsyncDisposable {
  readonly host: string
  readonly port: number
  readonly seen: SeenRequest[]
  /** Connections taken since the start. */
  connections(): number
  behave: Behaviour
  /** Cuts every open connection. */
  cut(): void
  close(): Promise<void>
  /** Listens again on the same port after `close`. */
  reopen(): Promise<void>
}

/** A device on a free loopback port. */
export async function fakeDevice(behave: Behaviour, framing: Framing = 'tcp'): Promise<FakeDevice> {
  const seen: SeenRequest[] = []
  const sockets = new Set<Socket>()
  let connections = 0
  let server: Server
  let port = 0
  const listen = async () => {
    server = createServer((socket) => {
      connections++
      sockets.add(socket)
      socket.on('close', () => sockets.delete(socket))
      socket.setNoDelay(true)
      serveOn(socket, framing, (request) => device.behave(request), seen)
    })
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
    port = (server.address() as AddressInfo).port
  }
  const cut = () => {
    for (const socket of sockets) socket.destroy()
  }
  const device: FakeDevice = {
    host: '127.0.0.1',
    get port() {
      return port
    },
    seen,
    connections: () => connections,
    behave,
    cut,
    async close() {
      cut()
      await new Promise((resolve) => server.close(resolve))
    },
    reopen: listen,
    [Symbol.asyncDispose]: () => device.close(),
  }
  await listen()
  return device
}

/** A well-behaved device: each register holds its own address. */
export const addressesAsWords: Behaviour = ({ address, count }) => ({
  words: Array.from({ length: count }, (_, i) => (address + i) & 0xffff),
})
