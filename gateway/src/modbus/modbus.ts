/** Which of the four Modbus tables; decides the function code (coil 1, discrete 2, holding 3, input 4). */
export type ModbusTable = 'coil' | 'discrete' | 'holding' | 'input'

export interface ReadRequest {
  /** 1–247 behind a serial line (0 is broadcast: nobody answers); 255 for a device with its own IP address. */
  readonly unitId: number
  readonly table: ModbusTable
  /** First register, 0-based as on the wire (reference number 30001 is address 0). */
  readonly address: number
  /** 1–125 registers, 1–2000 bits. */
  readonly count: number
}

/** What a device or a line can do to a request. Happens every day, so it is a value and never a throw. */
export type ReadFailure =
  | { readonly ok: false; readonly failure: 'timeout' | 'connection-lost' | 'garbled' }
  /** `exceptionCode` as the device sent it, e.g. 2 illegal data address. */
  | { readonly ok: false; readonly failure: 'exception'; readonly exceptionCode: number }

/** `words`: uint16 each in wire order, not yet decoded; for coils and discrete inputs 0 or 1 each. */
export type ReadResult =
  | { readonly ok: true; readonly words: readonly number[]; readonly elapsedMs: number }
  | ReadFailure

/**
 * One Modbus endpoint: a TCP address or a serial line, with every unit behind it. One request is under way at a time;
 * the caller (polling's arbiter) decides the order. Reconnects by itself.
 */
export interface ModbusEndpoint {
  read(request: ReadRequest, timeoutMs: number): Promise<ReadResult>
  close(): Promise<void>
}
