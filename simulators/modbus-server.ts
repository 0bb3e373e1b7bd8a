import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { type MeterRequest, meterFraming } from './dlt645/codec.ts'
import { type Dlt645Meter, meterAnswer } from './dlt645/meter.ts'
import { type Framing, type Request, rtuFraming, tcpFraming } from './modbus/framing.ts'
import { EXCEPTION } from './modbus/registers.ts'
import { answer, exceptionPdu, type ModbusUnit } from './modbus/unit.ts'
import type { Trouble } from './trouble.ts'

export interface ModbusServerOptions {
  readonly host: string
  /** 0 takes any free port. */
  readonly port: number
  readonly framing: 'tcp' | 'rtu'
  /** By unit id. A serial bus has several behind one port. */
  readonly units: ReadonlyMap<number, ModbusUnit>
  /** Meters of DL/T 645 on the same bus; they hear raw bytes alone (`rtu`). */
  readonly meters?: readonly Dlt645Meter[]
  /** Speed of the serial line behind the port; 0 is a device with its own network interface. */
  readonly baud?: number
  /** Further clients are turned away at the door, as by a Huawei SUN2000. */
  readonly maxClients?: number
  /** The device ignores requests for this long after a client connects. */
  readonly deafAfterConnectMs?: number
}

export interface ModbusServer {
  readonly port: number
  readonly stats: { connections: number; refusedConnections: number; requests: number; exceptions: number }
  /** Cuts the connections of now; new ones are welcome. */
  dropConnections(): void
  close(): Promise<void>
}

/** A Modbus server written for the simulators alone. @see Modbus Application Protocol V1.1b3 */
export async function startModbusServer(options: ModbusServerOptions): Promise<ModbusServer> {
  const stats = { connections: 0, refusedConnections: 0, requests: 0, exceptions: 0 }
  const sockets = new Set<Socket>()
  const line = createLine(options, stats)
  const server = createServer({ noDelay: true }, (socket) => {
    if (options.maxClients !== undefined && sockets.size >= options.maxClients) {
      stats.refusedConnections++
      socket.destroy()
      return
    }
    stats.connections++
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
    line.serve(socket, options.framing === 'tcp' ? tcpFraming() : rtuFraming())
  })
  server.listen(options.port, options.host)
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    stats,
    dropConnections() {
      for (const socket of sockets) socket.destroy()
    },
    async close() {
      const closed = once(server, 'close')
      server.close()
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

/** Serves RTU frames on any byte stream, for example one end of a pseudo terminal. */
export function serveRtuStream(
  stream: Duplex,
  units: ReadonlyMap<number, ModbusUnit>,
  baud = 9600,
): ModbusServer['stats'] {
  const stats = { connections: 1, refusedConnections: 0, requests: 0, exceptions: 0 }
  createLine({ framing: 'rtu', units, baud }, stats).serve(stream, rtuFraming())
  return stats
}

/** Turnaround of a device before it answers. */
const TURNAROUND_MS = 4
/** More requests than this in one chunk of bytes are not answered. */
const MAX_REQUESTS_PER_CHUNK = 64
const RTU_SILENCE_MS = 60

/** The wire behind one port. On a serial line one request is answered after the other, whoever sent it. */
function createLine(
  options: Pick<ModbusServerOptions, 'framing' | 'units' | 'meters' | 'baud' | 'deafAfterConnectMs'>,
  stats: ModbusServer['stats'],
) {
  const serial = (options.baud ?? 0) > 0
  let busyUntil = 0

  /** Waits for the line, then occupies it for the bytes of request and answer (11 bits each). */
  function departureMs(bytes: number, extraMs: number): number {
    const now = performance.now()
    const onWire = serial ? (bytes * 11_000) / (options.baud ?? 9600) : 0
    const done = Math.max(serial ? busyUntil : now, now) + TURNAROUND_MS + onWire + extraMs
    busyUntil = done
    return done - now
  }

  function respond(stream: Duplex, request: Request): void {
    stats.requests++
    const unit = options.units.get(request.unitId)
    if (!unit) {
      // A gateway to a serial bus says that nobody answered; on the bus itself there is just silence.
      if (options.framing === 'tcp' && options.units.size > 1)
        send(stream, request.wrap(request.unitId, exceptionPdu(request.pdu[0] ?? 0, EXCEPTION.gatewayNoAnswer)), 0)
      return
    }
    if (unit.trouble.silent) return
    const pdu = answer(unit, request.pdu)
    if ((pdu[0] ?? 0) & 0x80) stats.exceptions++
    const unitId = unit.trouble.wrongUnit ? (request.unitId % 247) + 1 : request.unitId
    send(stream, garbled(request.wrap(unitId, pdu), unit.trouble), unit.trouble.delayMs ?? 0)
  }

  /** A wildcard is answered by everybody it can mean, one into the other: nobody understands that. */
  function respondAsMeters(stream: Duplex, request: MeterRequest): void {
    stats.requests++
    const answers = (options.meters ?? []).flatMap((meter) => {
      const frame = meterAnswer(meter, request)
      return frame ? [{ frame: garbled(frame, meter.trouble), delayMs: meter.trouble.delayMs ?? 0 }] : []
    })
    const [first, ...others] = answers
    if (first) send(stream, others.length > 0 ? first.frame.map((byte) => byte ^ 0x5a) : first.frame, first.delayMs)
  }

  function send(stream: Duplex, frame: Uint8Array, extraMs: number): void {
    const later = () => {
      if (!stream.destroyed && stream.writable) stream.write(frame)
    }
    setTimeout(later, departureMs(frame.length + 8, extraMs)).unref()
  }

  return {
    serve(stream: Duplex, framing: Framing): void {
      const deafUntil = performance.now() + (options.deafAfterConnectMs ?? 0)
      let silence: NodeJS.Timeout | undefined
      const meters = options.meters && meterFraming()
      stream.on('data', (chunk: Buffer) => {
        clearTimeout(silence)
        const requests = framing.push(chunk)
        if (requests === null) {
          stream.destroy()
          return
        }
        if (performance.now() >= deafUntil)
          for (const request of requests.slice(0, MAX_REQUESTS_PER_CHUNK)) respond(stream, request)
        for (const request of meters?.push(chunk) ?? []) respondAsMeters(stream, request)
        if (options.framing === 'rtu')
          silence = setTimeout(() => {
            framing.silence()
            meters?.silence()
          }, RTU_SILENCE_MS)
      })
      stream.on('close', () => clearTimeout(silence))
    },
  }
}

/** A frame damaged on the way: on RTU the checksum no longer fits, on TCP the byte count lies. */
export function garbled(frame: Buffer, trouble: Trouble): Buffer {
  if (trouble.garble === 'short') return frame.subarray(0, Math.max(1, frame.length - 3))
  if (trouble.garble !== 'corrupt') return frame
  const damaged = Buffer.from(frame)
  const at = Math.min(damaged.length - 1, 8)
  damaged[at] = (damaged[at] ?? 0) ^ 0xff
  return damaged
}
