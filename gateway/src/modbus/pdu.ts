import type { ModbusTable } from './modbus.ts'
import { GARBLED, type ModbusOperation, type Outcome } from './session.ts'

/** Function codes of reading, V1.1b3 §6.1–6.4. */
export const READ_FUNCTION: Record<ModbusTable, number> = { coil: 1, discrete: 2, holding: 3, input: 4 }

export const functionCodeOf = (operation: ModbusOperation): number => {
  if (operation.kind === 'read') return READ_FUNCTION[operation.table]
  if (operation.kind === 'write-coil') return 5
  if (operation.kind === 'identify') return 43
  return operation.values.length === 1 ? 6 : 16
}

/** MEI type and the code of the basic objects, V1.1b3 §6.21. */
const IDENTIFICATION = 14
export const BASIC = 1

const isBits = (functionCode: number) => functionCode <= 2

/** Bytes of the answer from function code to the end of its data, when it is no exception. */
export const answerLengthOf = (operation: ModbusOperation): number => {
  if (operation.kind !== 'read') return 5
  const dataBytes = isBits(functionCodeOf(operation)) ? Math.ceil(operation.count / 8) : operation.count * 2
  return 2 + dataBytes
}

/** Function code and data as they stand between the unit id and the end of the frame. */
export function encodeRequest(operation: ModbusOperation): Buffer {
  const functionCode = functionCodeOf(operation)
  if (operation.kind === 'identify') return Buffer.from([functionCode, IDENTIFICATION, BASIC, operation.address])
  const several = functionCode === 16 && operation.kind === 'write-registers' ? operation.values : []
  const pdu = Buffer.alloc(several.length > 0 ? 6 + 2 * several.length : 5)
  pdu.writeUInt8(functionCode, 0)
  pdu.writeUInt16BE(operation.address, 1)
  if (operation.kind === 'read') pdu.writeUInt16BE(operation.count, 3)
  else if (operation.kind === 'write-coil') pdu.writeUInt16BE(operation.on ? 0xff00 : 0, 3)
  else if (several.length === 0) pdu.writeUInt16BE(operation.values[0]!, 3)
  else {
    pdu.writeUInt16BE(several.length, 3)
    pdu.writeUInt8(several.length * 2, 5)
    several.forEach((value, i) => {
      pdu.writeUInt16BE(value, 6 + 2 * i)
    })
  }
  return pdu
}

/** What an answer says to the request it belongs to; anything that does not fit the request exactly is `garbled`. */
export function decodeAnswer(operation: ModbusOperation, pdu: Buffer): Outcome {
  const functionCode = functionCodeOf(operation)
  if (pdu.length === 2 && pdu[0] === (functionCode | 0x80)) {
    return { ok: false, failure: 'exception', exceptionCode: pdu[1]! }
  }
  if (operation.kind === 'identify')
    return pdu[0] === functionCode && pdu[1] === IDENTIFICATION ? { ok: true, words: [...pdu] } : GARBLED
  if (pdu[0] !== functionCode || pdu.length !== answerLengthOf(operation)) return GARBLED
  if (operation.kind !== 'read') return pdu.readUInt16BE(1) === operation.address ? { ok: true, words: [] } : GARBLED
  if (pdu[1] !== pdu.length - 2) return GARBLED
  const words = new Array<number>(operation.count)
  for (let i = 0; i < operation.count; i++) {
    words[i] = isBits(functionCode) ? (pdu[2 + (i >> 3)]! >> (i & 7)) & 1 : pdu.readUInt16BE(2 + 2 * i)
  }
  return { ok: true, words }
}
