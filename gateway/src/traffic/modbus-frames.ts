import type { ModbusTable } from '../profiles/profile-schema.ts'
import type { Exchange, LineKind } from './exchange.ts'

/** What an exchange was, as far as its bytes say. */
export type Understood =
  | {
      readonly is: 'read'
      readonly unitId: number
      readonly table: ModbusTable
      readonly address: number
      readonly count: number
      /** Registers, or bits as 0 and 1; absent when no answer came that fits. */
      readonly words?: readonly number[]
      readonly exceptionCode?: number
    }
  | {
      readonly is: 'write'
      readonly unitId: number
      readonly address: number
      readonly count: number
      readonly exceptionCode?: number
      readonly answered: boolean
    }
  | { readonly is: 'other'; readonly unitId?: number; readonly functionCode?: number }

const TABLES: Readonly<Record<number, ModbusTable>> = { 1: 'coil', 2: 'discrete', 3: 'holding', 4: 'input' }
const WRITES = new Set([5, 6, 15, 16])
/** Transaction, protocol and length before the unit id on TCP (Modbus Messaging on TCP/IP V1.0b §3.1.3). */
const MBAP_BYTES = 6
const CRC_BYTES = 2

/** Unit id and PDU of a request as it was sent. */
const requestOf = (kind: LineKind, sent: Buffer): Buffer =>
  kind === 'modbus-tcp' ? sent.subarray(MBAP_BYTES) : sent.subarray(0, Math.max(0, sent.length - CRC_BYTES))

/** Reads one exchange; noise before an answer on a serial line is passed over. Never throws. */
export function understand(kind: LineKind, { sent, received }: Pick<Exchange, 'sent' | 'received'>): Understood {
  const request = requestOf(kind, sent)
  const [unitId, functionCode] = request
  if (unitId === undefined || functionCode === undefined) return { is: 'other' }
  const table = TABLES[functionCode]
  if ((!table && !WRITES.has(functionCode)) || request.length < 6) return { is: 'other', unitId, functionCode }
  const address = request.readUInt16BE(2)
  const count = functionCode === 5 || functionCode === 6 ? 1 : request.readUInt16BE(4)
  const answer = answerOf(kind, sent, received, unitId, functionCode)
  const exceptionCode = answer && (answer[1] ?? 0) & 0x80 ? answer[2] : undefined
  const refused = exceptionCode !== undefined && { exceptionCode }
  if (!table) return { is: 'write', unitId, address, count, answered: answer !== undefined, ...refused }
  const words = answer && exceptionCode === undefined ? wordsOf(answer, table, count) : undefined
  return { is: 'read', unitId, table, address, count, ...(words && { words }), ...refused }
}

/** Unit id and PDU of the answer; undefined when the bytes hold none that fits. */
function answerOf(
  kind: LineKind,
  sent: Buffer,
  received: Buffer,
  unitId: number,
  functionCode: number,
): Buffer | undefined {
  if (kind === 'modbus-tcp') {
    for (let at = 0; at + MBAP_BYTES + 2 <= received.length; at += MBAP_BYTES + received.readUInt16BE(at + 4))
      if (received.readUInt16BE(at) === sent.readUInt16BE(0))
        return received.subarray(at + MBAP_BYTES, at + MBAP_BYTES + received.readUInt16BE(at + 4))
    return undefined
  }
  for (let at = 0; at + 5 <= received.length; at++) {
    if (received[at] !== unitId) continue
    const code = received[at + 1]
    const length =
      code === (functionCode | 0x80)
        ? 3
        : code !== functionCode
          ? 0
          : functionCode <= 4
            ? 3 + (received[at + 2] ?? 0)
            : 6
    const frame = received.subarray(at, at + length)
    if (length > 0 && received.length >= at + length + CRC_BYTES && crc16(frame) === received.readUInt16LE(at + length))
      return frame
  }
  return undefined
}

function wordsOf(answer: Buffer, table: ModbusTable, count: number): number[] | undefined {
  const bytes = answer[2] ?? 0
  const isBits = table === 'coil' || table === 'discrete'
  if (answer.length < 3 + bytes || bytes < (isBits ? Math.ceil(count / 8) : 2 * count)) return undefined
  return Array.from({ length: count }, (_, i) =>
    isBits ? ((answer[3 + (i >> 3)] ?? 0) >> (i & 7)) & 1 : answer.readUInt16BE(3 + 2 * i),
  )
}

/** Modbus over Serial Line V1.02, §6.2.2. */
function crc16(bytes: Buffer): number {
  let crc = 0xffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ 0xa001 : crc >> 1
  }
  return crc
}

/** One line a person reads beside the bytes. */
export function saidOf(exchange: Understood, ms: number | undefined): { zh: string; en: string } {
  if (exchange.is === 'other') {
    const { functionCode } = exchange
    return functionCode === undefined
      ? { zh: '其他协议的报文', en: 'A frame of another protocol' }
      : { zh: `功能码 ${functionCode}`, en: `Function code ${functionCode}` }
  }
  const { unitId, address, count, exceptionCode } = exchange
  const what = exchange.is === 'read' ? exchange.table : 'write'
  const where = `${unitId} · ${what} ${address}${count > 1 ? `–${address + count - 1}` : ''}`
  const answered = exchange.is === 'read' ? exchange.words !== undefined : exchange.answered
  if (exceptionCode !== undefined)
    return { zh: `${where}：拒绝，异常码 ${exceptionCode}`, en: `${where}: refused, exception ${exceptionCode}` }
  if (answered) return { zh: `${where}：${ms ?? 0} ms`, en: `${where}: ${ms ?? 0} ms` }
  return unanswered(where, ms)
}

/** What a line without an answer says. */
export function unanswered(where: string, ms: number | undefined): { zh: string; en: string } {
  return ms === undefined
    ? { zh: `${where}：没有应答`, en: `${where}: no answer` }
    : { zh: `${where}：收到的不是应答`, en: `${where}: what came is no answer` }
}
