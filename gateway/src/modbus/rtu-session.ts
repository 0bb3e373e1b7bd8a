import type { Duplex } from 'node:stream'
import ModbusSerial from 'modbus-serial'
import type { Link } from '../config/hall-schema.ts'
import type { Clock } from '../ports/clock.ts'
import { answerLengthOf, BASIC, functionCodeOf } from './pdu.ts'
import { RtuPort } from './rtu-port.ts'
import { openSerialPort } from './serial-port.ts'
import {
  after,
  CONNECTION_LOST,
  GARBLED,
  type Opener,
  type Operation,
  type Outcome,
  PendingExchange,
  type Session,
  TIMEOUT,
} from './session.ts'
import { connectSocket, destroySocket } from './tcp-socket.ts'

export type RtuLink = Exclude<Link, { type: 'modbus-tcp' }>

/** Serial servers cut a frame into packets: what belongs together may come this far apart. */
const NETWORK_SILENCE_MS = 20
/** A line that never falls silent is not waited for any longer. */
const MAX_DRAIN_MS = 1000

/** An unanswered request whose answer may still come. Outlives the connection: the serial server behind it may hold it. */
interface Ghost {
  readonly unitId: number
  readonly functionCode: number
  readonly untilMs: number
}

/** Modbus RTU over a serial port, or over TCP to a serial server that passes the bytes on (no MBAP header). */
export function rtuOpener(link: RtuLink, clock: Clock): Opener {
  const line: LineState = { ghost: undefined, silenceMs: silenceMs(link) }
  return async (timeoutMs, signal) => {
    if (link.type === 'modbus-rtu') {
      const { port, close } = await openSerialPort(link, timeoutMs, clock)
      return new RtuSession(port, close, line, clock, true)
    }
    const socket = await connectSocket(link, clock, timeoutMs, signal)
    return new RtuSession(socket, () => destroySocket(socket), line, clock, false)
  }
}

/** 3.5 characters of 11 bits, at least 1.75 ms (Modbus over Serial Line V1.02, §2.5.1.1). */
const silenceMs = (link: RtuLink) =>
  Math.max(1.75, (3.5 * 11 * 1000) / link.baud) + (link.type === 'modbus-rtu' ? 0 : NETWORK_SILENCE_MS)

interface LineState {
  ghost: Ghost | undefined
  readonly silenceMs: number
}

/**
 * RTU frames carry no number, so an answer that comes late looks like the answer to the next request of the same shape.
 * Three things keep them apart: after anything but a clean answer the line is drained until it is silent (a TCP connection is
 * renewed instead), stray bytes do the same, and a request of the same shape as an unanswered one waits until that answer can no longer come.
 */
class RtuSession implements Session {
  usable = true
  readonly #modbus: InstanceType<typeof ModbusSerial.default>
  readonly #port: RtuPort
  readonly #close: () => Promise<void>
  readonly #line: LineState
  readonly #clock: Clock
  readonly #canDrain: boolean
  #pending: PendingExchange | undefined
  #dirty = false
  #onStray: (() => void) | undefined

  constructor(stream: Duplex, close: () => Promise<void>, line: LineState, clock: Clock, canDrain: boolean) {
    this.#close = close
    this.#line = line
    this.#clock = clock
    this.#canDrain = canDrain
    this.#port = new RtuPort(stream)
    this.#port.on('stray', () => {
      this.#dirty = true
      this.#onStray?.()
    })
    this.#modbus = new ModbusSerial.default(this.#port)
    this.#modbus.on('error', () => {})
    this.#modbus.open(() => {})
    stream.on('error', () => this.#lost())
    stream.on('end', () => this.#lost())
    stream.on('close', () => this.#lost())
  }

  async exchange(operation: Operation, timeoutMs: number): Promise<Outcome> {
    const shape = {
      unitId: operation.unitId,
      functionCode: functionCodeOf(operation),
      length: 1 + answerLengthOf(operation) + 2,
    }
    await this.#settleLine(shape)
    if (!this.usable) return CONNECTION_LOST
    const pending = new PendingExchange(operation, this.#clock, timeoutMs, () => this.#onDeadline(timeoutMs, shape))
    this.#pending = pending
    this.#port.expect(shape)
    this.#send(operation, (error, words) => {
      if (error) this.#settle(error)
      else if (words.length < (operation.kind === 'read' ? operation.count : 0)) this.#settle(GARBLED)
      else this.#settle({ ok: true, words: operation.kind === 'read' ? words.slice(0, operation.count) : words })
    })
    return pending.outcome
  }

  async destroy(): Promise<void> {
    this.#lost()
    await this.#close()
  }

  #send(operation: Operation, answered: (error: Outcome | undefined, words: readonly number[]) => void): void {
    const { unitId, address } = operation
    const onBits = (error: unknown, result?: { data: boolean[] }) =>
      answered(failureOf(error), result?.data.map(Number) ?? [])
    const onWords = (error: unknown, result?: { data: number[] }) => answered(failureOf(error), result?.data ?? [])
    const onWritten = (error: unknown) => answered(failureOf(error), [])
    if (operation.kind === 'identify') {
      const { writeFC43 } = this.#modbus as unknown as { writeFC43: WriteFC43 }
      writeFC43.call(this.#modbus, unitId, BASIC, address, (error, result) =>
        answered(failureOf(error), identificationOf(result?.data ?? {})),
      )
    } else if (operation.kind === 'write-coil') this.#modbus.writeFC5(unitId, address, operation.on, onWritten)
    else if (operation.kind === 'write-registers') {
      if (operation.values.length === 1) this.#modbus.writeFC6(unitId, address, operation.values[0]!, onWritten)
      else this.#modbus.writeFC16(unitId, address, [...operation.values], onWritten)
    } else if (operation.table === 'coil') this.#modbus.writeFC1(unitId, address, operation.count, onBits)
    else if (operation.table === 'discrete') this.#modbus.writeFC2(unitId, address, operation.count, onBits)
    else if (operation.table === 'holding') this.#modbus.writeFC3(unitId, address, operation.count, onWords)
    else this.#modbus.writeFC4(unitId, address, operation.count, onWords)
  }

  #onDeadline(timeoutMs: number, shape: Omit<Ghost, 'untilMs'>): void {
    this.#line.ghost = { ...shape, untilMs: this.#clock.monotonicMs() + timeoutMs }
    this.#port.expectNothing()
    this.#settle(this.#port.strayBytes > 0 ? GARBLED : TIMEOUT)
  }

  #settle(outcome: Outcome): void {
    const pending = this.#pending
    if (!pending) return
    this.#pending = undefined
    this.#port.expectNothing()
    const clean = outcome.ok || outcome.failure === 'exception'
    if (!clean || this.#port.strayBytes > 0) this.#dirty = true
    if (this.#dirty && !this.#canDrain) this.usable = false
    pending.settle(outcome)
  }

  /** Waits until nothing that is on its way can be taken for the answer to a request of this shape. */
  async #settleLine(shape: Omit<Ghost, 'untilMs'>): Promise<void> {
    const { ghost } = this.#line
    if (ghost) {
      // Also of another length: a late exception answer fits every length.
      const sameShape = ghost.unitId === shape.unitId && ghost.functionCode === shape.functionCode
      const leftMs = ghost.untilMs - this.#clock.monotonicMs()
      if (leftMs <= 0) this.#line.ghost = undefined
      else if (sameShape) {
        await this.#silenceOrStray(leftMs)
        this.#line.ghost = undefined
      }
    }
    const drainUntil = this.#clock.monotonicMs() + MAX_DRAIN_MS
    while (this.#dirty && this.usable && this.#clock.monotonicMs() < drainUntil) {
      this.#dirty = false
      await this.#silenceOrStray(this.#line.silenceMs)
    }
    this.#dirty = false
  }

  /** Resolves after `ms` of silence, or at the first stray byte (which marks the line dirty). */
  #silenceOrStray(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        cancel()
        this.#onStray = undefined
        resolve()
      }
      const cancel = after(this.#clock, ms, done)
      this.#onStray = done
    })
  }

  #lost(): void {
    this.usable = false
    this.#onStray?.()
    this.#settle(CONNECTION_LOST)
  }
}

/** Not among the package's types. */
type WriteFC43 = (
  unitId: number,
  code: number,
  objectId: number,
  next: (error: unknown, result?: { readonly data: Readonly<Record<string, string>> }) => void,
) => void

/** As the answer would stand on the line, all objects in one. */
const identificationOf = (objects: Readonly<Record<string, string>>): number[] => {
  const entries = Object.entries(objects).map(([id, text]) => [Number(id), Buffer.from(text).subarray(0, 250)] as const)
  return [43, 14, BASIC, BASIC, 0, 0, entries.length, ...entries.flatMap(([id, text]) => [id, text.length, ...text])]
}

/** modbus-serial reports an exception as an error with `modbusCode`, everything else (CRC, length, unit) as a plain one. */
function failureOf(error: unknown): Outcome | undefined {
  if (!error) return undefined
  const exceptionCode = (error as { modbusCode?: number }).modbusCode
  return exceptionCode === undefined ? GARBLED : { ok: false, failure: 'exception', exceptionCode }
}
