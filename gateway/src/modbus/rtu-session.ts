import type { Duplex } from 'node:stream'
import ModbusSerial from 'modbus-serial'
import type { Link, SerialSettings } from '../config/hall-schema.ts'
import type { Clock } from '../ports/clock.ts'
import { ItemExchange } from './item-exchange.ts'
import type { EndpointDeps } from './modbus.ts'
import { answerLengthOf, BASIC, functionCodeOf } from './pdu.ts'
import { RtuPort } from './rtu-port.ts'
import { type OpenSerialPort, openSerialPort } from './serial-port.ts'
import {
  after,
  CONNECTION_LOST,
  GARBLED,
  type ModbusOperation,
  type Opener,
  type Operation,
  type Outcome,
  PendingExchange,
  type Session,
  TIMEOUT,
} from './session.ts'
import { connectSocket, destroySocket } from './tcp-socket.ts'

type Deps = Pick<EndpointDeps, 'clock' | 'askItem' | 'onBytes'>

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
export function rtuOpener(link: RtuLink, deps: Deps): Opener {
  const line: LineState = { ghost: undefined, silenceMs: silenceMs(link) }
  return async (timeoutMs, signal) => {
    if (link.type === 'modbus-rtu') {
      const open = await openSerialPort(link, timeoutMs, deps.clock)
      return new RtuSession(open.port, open, line, deps)
    }
    const socket = await connectSocket(link, deps.clock, timeoutMs, signal)
    return new RtuSession(socket, { close: () => destroySocket(socket) }, line, deps)
  }
}

/** 3.5 characters of 11 bits, at least 1.75 ms (Modbus over Serial Line V1.02, §2.5.1.1). */
const silenceMs = (link: RtuLink) =>
  Math.max(1.75, (3.5 * 11 * 1000) / link.baud) + (link.type === 'modbus-rtu' ? 0 : NETWORK_SILENCE_MS)

/** After a change of the line's speed. */
const GUARD_MS = 50

/** How the line ends, and, of a serial port, how its settings change (`OpenSerialPort`). A line that can be tuned can be drained too. */
type Opened = Pick<OpenSerialPort, 'close'> & Partial<Pick<OpenSerialPort, 'tune'>>

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
  readonly #opened: Opened
  readonly #line: LineState
  readonly #clock: Clock
  readonly #items: ItemExchange | undefined
  #pending: PendingExchange | undefined
  readonly #gone = new AbortController()
  #dirty = false
  #onStray: (() => void) | undefined

  constructor(stream: Duplex, opened: Opened, line: LineState, { clock, askItem, onBytes }: Deps) {
    this.#opened = opened
    this.#line = line
    this.#clock = clock
    this.#port = new RtuPort(stream, onBytes)
    this.#items = askItem && new ItemExchange(this.#port, askItem, clock)
    this.#port.on('stray', () => {
      this.#dirty = true
      this.#onStray?.()
    })
    this.#modbus = new ModbusSerial.default(this.#port)
    this.#modbus.on('error', () => {})
    this.#modbus.open(() => {})
    this.#watch(stream)
  }

  async exchange(operation: Operation, timeoutMs: number): Promise<Outcome> {
    if (!(await this.#tuneTo(operation.serial))) return CONNECTION_LOST
    if (operation.kind !== 'read-item') return this.#exchangeFrames(operation, timeoutMs)
    await this.#settleLine(undefined)
    if (!this.usable) return CONNECTION_LOST
    return this.#items?.ask(operation, timeoutMs, this.#gone.signal) ?? TIMEOUT
  }

  async #exchangeFrames(operation: ModbusOperation, timeoutMs: number): Promise<Outcome> {
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
    await this.#opened.close()
  }

  /** What happens to a stream that is the line no more is of no interest. */
  #watch(stream: Duplex): void {
    for (const event of ['error', 'end', 'close'])
      stream.on(event, () => {
        if (this.#port.line === stream) this.#lost()
      })
  }

  /**
   * Devices of one serial line may want different settings: 2400 8E1 for meters, 9600 8N1 for Modbus. After a change whoever heard
   * bytes at the wrong speed is given time to forget them. False when the port could not be opened again.
   */
  async #tuneTo(serial: SerialSettings | undefined): Promise<boolean> {
    const { tune } = this.#opened
    if (!tune) return this.usable
    try {
      const before = this.#port.line
      const stream = await tune(serial, (next) => this.#port.attach(next))
      if (!stream) return this.usable
      if (stream !== before) this.#watch(stream)
      this.#dirty = true
      await this.#clock.sleep(GUARD_MS, this.#gone.signal).catch(() => {})
      return this.usable
    } catch {
      this.#lost()
      return false
    }
  }

  #send(operation: ModbusOperation, answered: (error: Outcome | undefined, words: readonly number[]) => void): void {
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
    if (this.#dirty && !this.#opened.tune) this.usable = false
    pending.settle(outcome)
  }

  /** Waits until nothing that is on its way can be taken for the answer to a request of this shape. */
  async #settleLine(shape: Omit<Ghost, 'untilMs'> | undefined): Promise<void> {
    const { ghost } = this.#line
    if (ghost) {
      // Also of another length: a late exception answer fits every length.
      const sameShape = ghost.unitId === shape?.unitId && ghost.functionCode === shape.functionCode
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
    this.#gone.abort()
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
