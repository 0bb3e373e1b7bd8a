import { EventEmitter } from 'node:events'
import type { Duplex } from 'node:stream'
import type { OnBytes } from './modbus.ts'

/** Unit id, function code with its highest bit set, exception code, CRC. */
const EXCEPTION_BYTES = 5

/** Its answers alone say themselves how long they are (V1.1b3 §6.21). */
const IDENTIFY = 43
/** Unit id, function code, MEI type, code, conformity, more follows, next object, number of objects. */
const IDENTIFICATION_HEAD = 8

/** One byte more than has come while its end has not. */
function identificationLength(received: Buffer, start: number): number {
  const unfinished = received.length - start + 1
  let at = start + IDENTIFICATION_HEAD
  if (at > received.length) return unfinished
  for (let left = received[at - 1] ?? 0; left > 0; left--) {
    const length = received[at + 1]
    if (length === undefined) return unfinished
    at += 2 + length
  }
  return at - start + 2
}

/**
 * The line as modbus-serial sees it (its `ModbusRTU` takes any object of this shape): finds in the bytes that come the one
 * frame that can answer the request under way, and counts every other byte. Serial port and TCP serial server alike.
 */
export class RtuPort extends EventEmitter {
  isOpen = true
  /** Changed by `attach` alone. */
  line: Duplex
  /** Bytes since the last request that were not its answer: noise, or an answer to an earlier request. */
  strayBytes = 0
  /** Set by modbus-serial, which numbers transactions also where the line has no numbers. */
  _transactionIdRead = 1
  _transactionIdWrite = 1
  /** Somebody of another protocol has the line. */
  #listener: ((bytes: Buffer) => void) | undefined
  readonly #tell: OnBytes | undefined
  readonly #hear = (bytes: Buffer) => this.#onBytes(bytes)
  #received: Buffer = Buffer.alloc(0)
  /** Unit id, function code and length of the answer that is waited for. */
  #expected: { unitId: number; functionCode: number; length: number } | undefined

  constructor(line: Duplex, onBytes?: OnBytes) {
    super()
    this.#tell = onBytes
    this.line = line
    line.on('data', this.#hear)
  }

  /** The same line, opened anew. */
  attach(line: Duplex): void {
    this.line.off('data', this.#hear)
    this.line = line
    line.on('data', this.#hear)
  }

  /** While there is a listener it gets every byte, and nothing is stray. */
  listen(listener: ((bytes: Buffer) => void) | undefined): void {
    this.#listener = listener
  }

  open(callback: (error?: Error) => void): void {
    callback()
  }

  close(callback?: (error?: Error) => void): void {
    this.isOpen = false
    callback?.()
  }

  expect(expected: { unitId: number; functionCode: number; length: number }): void {
    this.#expected = expected
    this.#received = Buffer.alloc(0)
    this.strayBytes = 0
  }

  /** Whatever comes now is stray. */
  expectNothing(): void {
    this.strayBytes += this.#received.length
    this.#expected = undefined
    this.#received = Buffer.alloc(0)
  }

  write(frame: Buffer): void {
    this.#tell?.('sent', frame)
    this.line.write(frame)
  }

  #onBytes(bytes: Buffer): void {
    this.#tell?.('received', bytes)
    if (this.#listener) {
      this.#listener(bytes)
      return
    }
    const expected = this.#expected
    if (!expected) {
      this.strayBytes += bytes.length
      this.emit('stray')
      return
    }
    this.#received = Buffer.concat([this.#received, bytes])
    for (let start = 0; start + EXCEPTION_BYTES <= this.#received.length; start++) {
      const length = this.#frameLengthAt(start, expected)
      // The turning of the RS-485 driver often leaves a byte or two before the frame, so it may start further in.
      if (length === undefined) continue
      if (start + length > this.#received.length) return
      const frame = this.#received.subarray(start, start + length)
      this.strayBytes += this.#received.length - length
      this.#received = Buffer.alloc(0)
      // modbus-serial asks for the rest of an identification by itself.
      const moreFollows = expected.functionCode === IDENTIFY && frame.length > 8 && frame[5] !== 0
      this.#expected = moreFollows ? expected : undefined
      this.emit('data', frame)
      return
    }
  }

  #frameLengthAt(start: number, expected: { unitId: number; functionCode: number; length: number }) {
    if (this.#received[start] !== expected.unitId) return undefined
    const functionCode = this.#received[start + 1]!
    if (functionCode === expected.functionCode)
      return functionCode === IDENTIFY ? identificationLength(this.#received, start) : expected.length
    return functionCode === (expected.functionCode | 0x80) ? EXCEPTION_BYTES : undefined
  }
}
