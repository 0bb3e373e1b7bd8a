import type { Link, SerialSettings } from '../config/hall-schema.ts'
import type { ByteLine, ItemAnswer, ItemQuestion, ItemTiming } from '../dlt645/dlt645.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import type { ModbusTable } from '../profiles/profile-schema.ts'
import { createEndpoint } from './endpoint.ts'
import { rtuOpener } from './rtu-session.ts'
import { tcpOpener } from './tcp-session.ts'

/** Which of the four Modbus tables; decides the function code (coil 1, discrete 2, holding 3, input 4). */
export type { ModbusTable }

/** On a serial port: the settings its device needs, where they are not those of the line. */
interface OnLine {
  readonly serial?: SerialSettings
}

export interface ReadRequest extends OnLine {
  /** 1–247 behind a serial line (0 is broadcast: nobody answers); 255 for a device with its own IP address. */
  readonly unitId: number
  readonly table: ModbusTable
  /** First register, 0-based as on the wire (reference number 30001 is address 0). */
  readonly address: number
  /** 1–125 registers, 1–2000 bits. */
  readonly count: number
}

/** One data item of a DL/T 645 meter on a serial line, alone there or beside Modbus units. */
export interface ItemRequest extends OnLine {
  /** 12 digits, the highest pair first; pairs of AA from the high end are wildcards. */
  readonly meter: string
  readonly table: 'item'
  /** Of the item in its table (profiles/item-words.ts). */
  readonly address: number
  /** Words, with their header; what the meter sends beyond them is left out. */
  readonly count: number
  /** Takes the whole time also when there is an answer; more than one is `garbled`. For a wildcard that may mean several meters. */
  readonly listenOut?: boolean
}

/** How a DL/T 645 meter is asked; handed in, so that this room knows only its own frames. */
export type AskItem = (line: ByteLine, question: ItemQuestion, timing: ItemTiming) => Promise<ItemAnswer>

/** One value goes as function code 0x06, several as 0x10. */
export interface WriteRegistersRequest extends OnLine {
  readonly unitId: number
  readonly address: number
  /** 1–123 words, uint16 each. */
  readonly values: readonly number[]
}

export interface WriteCoilRequest extends OnLine {
  readonly unitId: number
  readonly address: number
  readonly on: boolean
}

/** What a device or a line can do to a request. Happens every day, so it is a value and never a throw. */
export type ReadFailure =
  /** `garbled`: bytes came, but not the answer: wrong unit, function or length, bad CRC, nonsense in the header. */
  | { readonly ok: false; readonly failure: 'timeout' | 'connection-lost' | 'garbled' }
  /** `exceptionCode` as the device sent it, e.g. 2 illegal data address. `errorWord`: a DL/T 645 meter's own words (§7.1.3). */
  | {
      readonly ok: false
      readonly failure: 'exception'
      readonly exceptionCode: number
      readonly errorWord?: number
    }

/** `words`: uint16 each in wire order, not yet decoded; for coils and discrete inputs 0 or 1 each. `meter`: which one answered. */
export type ReadResult =
  /** `elapsedMs`: from the request's first byte to the answer's last, without waiting for the connection or a gap. */
  | { readonly ok: true; readonly words: readonly number[]; readonly elapsedMs: number; readonly meter?: string }
  | ReadFailure

/** `objects`: text by object id; 0 vendor, 1 product code, 2 revision, 3 address, 4 product, 5 model, 6 application. */
export type IdentifyResult = { readonly ok: true; readonly objects: ReadonlyMap<number, string> } | ReadFailure

/** The device confirmed the write; that it took effect shows only when the register is read back. */
export type WriteResult = { readonly ok: true; readonly elapsedMs: number } | ReadFailure

/** What the devices behind a link need. The largest need of all of them holds for the link. */
export interface EndpointTiming {
  /** Pause between the end of one answer and the next request. */
  readonly gapMs: number
  /** Pause after a connection is made; Huawei SUN2000 answers nothing in its first second. */
  readonly connectDelayMs: number
}

/**
 * One Modbus endpoint: a TCP address or a serial line, with every unit behind it. One request is under way at a time;
 * the caller (polling's arbiter) decides the order. Reconnects by itself, with full-jitter back-off of at most 30 s.
 * Every promise settles: at the answer, at the deadline, when the connection is lost, or on `close`.
 */
export interface ModbusEndpoint {
  read(request: ReadRequest | ItemRequest, timeoutMs: number): Promise<ReadResult>
  writeRegisters(request: WriteRegistersRequest, timeoutMs: number): Promise<WriteResult>
  writeCoil(request: WriteCoilRequest, timeoutMs: number): Promise<WriteResult>
  /** Who a device says it is: vendor, product code, revision and what else it tells (function code 43/14). */
  identify?(unitId: number, timeoutMs: number): Promise<IdentifyResult>
  setTiming(timing: EndpointTiming): void
  /** Called on every change of the connection; the polling room then probes silent devices at once. */
  onConnection(listener: (up: boolean) => void): void
  stats(): EndpointStats
  close(): Promise<void>
}

export interface EndpointStats {
  readonly connected: number
  readonly connects: number
  readonly connectFailures: number
  readonly requests: number
  readonly timeouts: number
  readonly garbled: number
  readonly exceptions: number
  readonly connectionsLost: number
}

export type OnBytes = (direction: 'sent' | 'received', bytes: Buffer) => void

export interface EndpointDeps {
  readonly clock: Clock
  readonly log: Log
  /** In [0, 1); spreads the reconnects of many gateways. */
  readonly random?: () => number
  /** Name of the link in log lines. */
  readonly name?: string
  /** Hears every byte as it goes out and comes in; the buffers belong to the line and change after the call. */
  readonly onBytes?: OnBytes
  /** Without it no DL/T 645 meter of the line answers. */
  readonly askItem?: AskItem
}

/** Opens nothing yet: the first request does. */
export function createModbusEndpoint(link: Link, deps: EndpointDeps): ModbusEndpoint {
  const opener = link.type === 'modbus-tcp' ? tcpOpener(link, deps) : rtuOpener(link, deps)
  return createEndpoint(opener, { random: Math.random, name: addressOf(link), ...deps }, link.gapMs ?? 0)
}

const addressOf = (link: Link) => (link.type === 'modbus-rtu' ? link.path : `${link.host}:${link.port}`)
