import type { IdentifyResult, ItemRequest, ReadRequest, ReadResult } from '../modbus/modbus.ts'

/** A line to devices while it is being commissioned. */
export interface Line {
  /** In words: `bus-1 (192.168.1.7:502)`. */
  readonly name: string
  /** Somebody else is read over it too: it is used sparingly. */
  readonly shared: boolean
  /** Devices of the hall behind it, by unit id. */
  readonly devices: ReadonlyMap<number, string>
  /** DL/T 645 meters of the hall behind it, by address; absent where the line carries no such frames. */
  readonly meters?: ReadonlyMap<string, string>
  read(request: ReadRequest | ItemRequest, timeoutMs: number): Promise<ReadResult>
  /** Absent where the framing cannot carry it. */
  identify?(unitId: number, timeoutMs: number): Promise<IdentifyResult>
  close(): Promise<void>
}

/** Settings of a serial line that a scan may try. */
export interface SerialSettings {
  readonly baud: number
  readonly parity: 'none' | 'even' | 'odd'
}
