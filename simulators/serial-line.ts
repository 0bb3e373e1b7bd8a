import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { meterFraming } from './dlt645/codec.ts'
import { type Dlt645Meter, meterAnswer } from './dlt645/meter.ts'
import { rtuFraming } from './modbus/framing.ts'
import { answer, type ModbusUnit } from './modbus/unit.ts'
import { garbled } from './modbus-server.ts'

export interface SerialLineOptions {
  readonly baud: number
  /** Bits of a character on the line: 11 for 8E1, 10 for 8N1. */
  readonly bits: number
  readonly units: ReadonlyMap<number, ModbusUnit>
  readonly meters: readonly Dlt645Meter[]
  /** How long a device thinks before it answers. */
  readonly turnaroundMs: (device: string) => number
  /** What the line does to an answer of a device: the noise of a bad cable. */
  readonly spoil?: (device: string, frame: Buffer) => Buffer
}

export interface SerialLine {
  readonly port: number
  readonly stats: {
    requests: number
    /** Bytes that came while somebody else was speaking: both are lost, as on two wires. */
    collisions: number
    /** Time in which bytes were on the line, ms. */
    busyMs: number
  }
  close(): Promise<void>
}

/** So many characters are handed over together, as a serial server does. */
const CHUNK = 8
/** A timer may ring so much too early. */
const TIMER_MS = 1
/** Silence after which half a frame is forgotten: a few characters, and what the network adds. */
const SILENCE_MS = 60

/**
 * A half-duplex serial line behind a serial server (raw TCP): every byte takes its time, one after the other, and whoever speaks into
 * the answer of another spoils both. Modbus units and DL/T 645 meters share it.
 */
export async function startSerialLine(options: SerialLineOptions): Promise<SerialLine> {
  const stats = { requests: 0, collisions: 0, busyMs: 0 }
  const byteMs = (options.bits * 1000) / options.baud
  const sockets = new Set<Socket>()
  const timers = new Set<NodeJS.Timeout>()
  /** The end of what the gateway sends. */
  let heardUntilMs = 0
  /** The answer on the line. */
  let speaking = { untilMs: 0, spoilt: false }

  function at(ms: number, act: () => void): void {
    const timer = setTimeout(
      () => {
        timers.delete(timer)
        act()
      },
      Math.max(0, ms - performance.now()),
    )
    timers.add(timer)
  }

  /** Puts bytes on the line; each piece is there when its last bit is. Who speaks into another's answer spoils it, and is not heard. */
  function speak(socket: Socket, frame: Buffer, start: number): void {
    if (start < speaking.untilMs) {
      speaking.spoilt = true
      stats.collisions++
      return
    }
    const own = { untilMs: start + frame.length * byteMs, spoilt: false }
    speaking = own
    for (let sent = 0; sent < frame.length; sent += CHUNK) {
      const piece = frame.subarray(sent, sent + CHUNK)
      at(start + (sent + piece.length) * byteMs, () => {
        if (socket.writable) socket.write(own.spoilt ? piece.map((byte) => byte ^ 0x5a) : piece)
      })
    }
    stats.busyMs += frame.length * byteMs
  }

  /** @param heardMs when the last bit of it was there; a timer that rings late makes no device slower */
  function answerAll(socket: Socket, heard: Buffer, heardMs: number, framings: ReturnType<typeof framingsOf>): void {
    const say = (device: string, frame: Buffer, delayMs = 0) => {
      const startMs = heardMs + options.turnaroundMs(device) + delayMs
      at(startMs, () => speak(socket, options.spoil?.(device, frame) ?? frame, startMs))
    }
    for (const request of framings.rtu.push(heard) ?? []) {
      stats.requests++
      const unit = options.units.get(request.unitId)
      if (!unit || unit.trouble.silent) continue
      say(
        unit.device,
        garbled(request.wrap(request.unitId, answer(unit, request.pdu)), unit.trouble),
        unit.trouble.delayMs,
      )
    }
    for (const request of framings.meter.push(heard)) {
      stats.requests++
      for (const meter of options.meters) {
        const frame = meterAnswer(meter, request)
        if (frame) say(meter.device, garbled(frame, meter.trouble), meter.trouble.delayMs)
      }
    }
  }

  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
    const framings = framingsOf()
    let silence: NodeJS.Timeout | undefined
    socket.on('data', (bytes: Buffer) => {
      clearTimeout(silence)
      const now = performance.now()
      const collided = now < speaking.untilMs - TIMER_MS
      if (collided) {
        speaking.spoilt = true
        stats.collisions++
      }
      heardUntilMs = Math.max(now, heardUntilMs) + bytes.length * byteMs
      stats.busyMs += bytes.length * byteMs
      const heardMs = heardUntilMs
      at(heardMs, () => {
        answerAll(socket, collided ? Buffer.alloc(bytes.length, 0xff) : bytes, heardMs, framings)
        silence = setTimeout(framings.silence, SILENCE_MS)
      })
    })
    socket.on('close', () => clearTimeout(silence))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    stats,
    async close() {
      for (const timer of timers) clearTimeout(timer)
      const closed = once(server, 'close')
      server.close()
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

function framingsOf() {
  const rtu = rtuFraming()
  const meter = meterFraming()
  return {
    rtu,
    meter,
    silence: () => {
      rtu.silence()
      meter.silence()
    },
  }
}
