import type { SerialSettings } from '../config/hall-schema.ts'
import type { Clock } from '../ports/clock.ts'
import type { ItemRequest, ReadFailure, ReadRequest, WriteCoilRequest, WriteRegistersRequest } from './modbus.ts'

/** One request of any kind, as a session sends it. */
export type Operation = ModbusOperation | ({ readonly kind: 'read-item' } & ItemRequest)

export type ModbusOperation =
  | ({ readonly kind: 'read' } & ReadRequest)
  | ({ readonly kind: 'write-registers' } & WriteRegistersRequest)
  | ({ readonly kind: 'write-coil' } & WriteCoilRequest)
  /** Function code 43/14, basic identification as a stream, from object `address` on. */
  | { readonly kind: 'identify'; readonly unitId: number; readonly address: number; readonly serial?: SerialSettings }

/** `words` is empty for a write; of an identification they are the bytes of the answer. */
export type Outcome = { readonly ok: true; readonly words: readonly number[]; readonly meter?: string } | ReadFailure

/** One open connection or serial port. One exchange at a time; lives until it is lost or destroyed. */
export interface Session {
  /** False once the connection is lost, or once its bytes can no longer be told apart: then a new one is needed. */
  readonly usable: boolean
  exchange(operation: Operation, timeoutMs: number): Promise<Outcome>
  /** Settles the exchange under way as `connection-lost`; resolves when the socket or port is closed. */
  destroy(): Promise<void>
}

/** Opens a session; rejects when that fails, when `timeoutMs` passed or when `signal` is aborted. */
export type Opener = (timeoutMs: number, signal: AbortSignal) => Promise<Session>

export const TIMEOUT = { ok: false, failure: 'timeout' } as const
export const GARBLED = { ok: false, failure: 'garbled' } as const
export const CONNECTION_LOST = { ok: false, failure: 'connection-lost' } as const

/** Calls `act` once after `ms`, unless the returned function was called before. */
export function after(clock: Clock, ms: number, act: () => void): () => void {
  const abort = new AbortController()
  clock.sleep(ms, abort.signal).then(
    () => {
      if (!abort.signal.aborted) act()
    },
    () => {},
  )
  return () => abort.abort()
}

/** The exchange under way: settles once, by whichever comes first; what comes later is ignored. */
export class PendingExchange {
  readonly operation: ModbusOperation
  readonly outcome: Promise<Outcome>
  readonly #resolve: (outcome: Outcome) => void
  readonly #cancelDeadline: () => void

  constructor(operation: ModbusOperation, clock: Clock, timeoutMs: number, onDeadline: () => void) {
    this.operation = operation
    const { promise, resolve } = Promise.withResolvers<Outcome>()
    this.outcome = promise
    this.#resolve = resolve
    this.#cancelDeadline = after(clock, timeoutMs, onDeadline)
  }

  settle(outcome: Outcome): void {
    this.#cancelDeadline()
    this.#resolve(outcome)
  }
}
