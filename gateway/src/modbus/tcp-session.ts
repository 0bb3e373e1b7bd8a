import type { Socket } from 'node:net'
import type { Clock } from '../ports/clock.ts'
import type { EndpointDeps, OnBytes } from './modbus.ts'
import { decodeAnswer, encodeRequest } from './pdu.ts'
import {
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

/** Transaction id, protocol id, length, unit id: what stands before the PDU (Modbus Messaging on TCP/IP V1.0b §3.1.3). */
const HEADER_BYTES = 7
/** Unit id and the largest PDU. */
const MAX_LENGTH_FIELD = 254
/** A neighbour may only be slow; a connection on which nobody answers any more may be half open. */
const TIMEOUTS_IN_A_ROW = 3
/** A late answer must never meet its id again: renew the connection long before 65,536 requests. */
const REQUESTS_WITH_A_LATE_ANSWER_OUT = 60_000

type Deps = Pick<EndpointDeps, 'clock' | 'onBytes'>

export function tcpOpener(address: { host: string; port: number }, deps: Deps): Opener {
  return async (timeoutMs, signal) => new TcpSession(await connectSocket(address, deps.clock, timeoutMs, signal), deps)
}

/** Modbus TCP on one connection. An answer belongs to the request whose transaction id it carries, and to no other. */
class TcpSession implements Session {
  usable = true
  readonly #socket: Socket
  readonly #clock: Clock
  readonly #tell: OnBytes | undefined
  #received: Buffer = Buffer.alloc(0)
  #pending: PendingExchange | undefined
  #transactionId = 0
  /** Ids whose answer was not waited for; it may still come and is then dropped. */
  readonly #unanswered = new Set<number>()
  #requestsSinceUnanswered = 0
  #timeoutsInARow = 0

  constructor(socket: Socket, { clock, onBytes }: Deps) {
    this.#socket = socket
    this.#clock = clock
    this.#tell = onBytes
    socket.on('data', (bytes) => {
      onBytes?.('received', bytes)
      this.#onBytes(bytes)
    })
    socket.on('error', () => {})
    // A server that ends its side will not answer any more, even if it still listens to ours.
    socket.on('end', () => this.#lost())
    socket.on('close', () => this.#lost())
  }

  exchange(operation: Operation, timeoutMs: number): Promise<Outcome> {
    // hall.yaml is checked: a meter of DL/T 645 is never behind Modbus TCP.
    if (operation.kind === 'read-item') return Promise.resolve(TIMEOUT)
    const id = (this.#transactionId + 1) & 0xffff
    this.#transactionId = id
    if (this.#unanswered.size > 0 && ++this.#requestsSinceUnanswered >= REQUESTS_WITH_A_LATE_ANSWER_OUT) {
      this.usable = false
    }
    const pdu = encodeRequest(operation)
    const frame = Buffer.alloc(HEADER_BYTES + pdu.length)
    frame.writeUInt16BE(id, 0)
    frame.writeUInt16BE(pdu.length + 1, 4)
    frame.writeUInt8(operation.unitId, 6)
    pdu.copy(frame, HEADER_BYTES)
    const pending = new PendingExchange(operation, this.#clock, timeoutMs, () => this.#onDeadline(id))
    this.#pending = pending
    this.#tell?.('sent', frame)
    this.#socket.write(frame)
    return pending.outcome
  }

  async destroy(): Promise<void> {
    this.#lost()
    await destroySocket(this.#socket)
  }

  #onDeadline(id: number): void {
    // Half a frame: whatever follows, its start is gone.
    if (this.#received.length > 0) {
      this.#garbled()
      return
    }
    if (this.#unanswered.size === 0) this.#requestsSinceUnanswered = 0
    this.#unanswered.add(id)
    if (++this.#timeoutsInARow >= TIMEOUTS_IN_A_ROW) this.usable = false
    this.#settle(TIMEOUT)
  }

  #onBytes(bytes: Buffer): void {
    let rest = this.#received.length === 0 ? bytes : Buffer.concat([this.#received, bytes])
    while (rest.length >= HEADER_BYTES) {
      const length = rest.readUInt16BE(4)
      if (rest.readUInt16BE(2) !== 0 || length < 3 || length > MAX_LENGTH_FIELD) {
        this.#garbled()
        return
      }
      if (rest.length < 6 + length) break
      this.#onFrame(rest.readUInt16BE(0), rest[6]!, rest.subarray(HEADER_BYTES, 6 + length))
      if (!this.usable) return
      rest = rest.subarray(6 + length)
    }
    this.#received = Buffer.from(rest)
  }

  #onFrame(id: number, unitId: number, pdu: Buffer): void {
    if (this.#unanswered.delete(id)) return
    const pending = this.#pending
    const fits = pending && id === this.#transactionId && unitId === pending.operation.unitId
    const outcome = fits ? decodeAnswer(pending.operation, pdu) : GARBLED
    if (outcome === GARBLED) this.usable = false
    else this.#timeoutsInARow = 0
    this.#settle(outcome)
  }

  #garbled(): void {
    this.usable = false
    this.#settle(GARBLED)
  }

  #lost(): void {
    this.usable = false
    this.#settle(CONNECTION_LOST)
  }

  #settle(outcome: Outcome): void {
    const pending = this.#pending
    this.#pending = undefined
    pending?.settle(outcome)
  }
}
