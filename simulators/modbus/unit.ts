import type { Trouble } from '../trouble.ts'
import { type Bank, EXCEPTION, type RegisterMap, readRegisters, writeRegisters } from './registers.ts'

/** One unit id: a device's registers behind its line. */
export interface ModbusUnit {
  readonly device: string
  readonly map: RegisterMap
  readonly trouble: Trouble
}

/** Answers one PDU as the device would: reads, and writes of single and several holding registers where the device has any. */
export function answer(unit: ModbusUnit, pdu: Buffer): Buffer {
  const functionCode = pdu.readUInt8(0)
  unit.map.heard?.()
  if (functionCode === 6 || functionCode === 16) return answerWrite(unit, pdu)
  if ((functionCode !== 3 && functionCode !== 4) || pdu.length < 5)
    return exceptionPdu(functionCode, EXCEPTION.illegalFunction)
  const address = pdu.readUInt16BE(1)
  const count = pdu.readUInt16BE(3)
  const { exception } = unit.trouble
  const hit = exception?.address === undefined || (exception.address >= address && exception.address < address + count)
  if (exception && hit) return exceptionPdu(functionCode, exception.code)
  const result = readRegisters(unit.trouble.frozen ? frozenMap(unit) : thawed(unit), functionCode, address, count)
  if ('exception' in result) return exceptionPdu(functionCode, result.exception)
  const response = Buffer.alloc(2 + result.words.length * 2)
  response.writeUInt8(functionCode, 0)
  response.writeUInt8(result.words.length * 2, 1)
  for (const [index, word] of result.words.entries()) response.writeUInt16BE(word, 2 + index * 2)
  return response
}

/** The answer repeats where and how much was written. */
function answerWrite({ map, trouble }: ModbusUnit, pdu: Buffer): Buffer {
  const functionCode = pdu.readUInt8(0)
  const words = writtenWords(pdu)
  if (!words) return exceptionPdu(functionCode, EXCEPTION.illegalValue)
  const address = pdu.readUInt16BE(1)
  const { exception } = trouble
  if (exception && (exception.address === undefined || exception.address === address))
    return exceptionPdu(functionCode, exception.code)
  const refused = writeRegisters(map, address, words)
  return refused === undefined ? Buffer.from(pdu.subarray(0, 5)) : exceptionPdu(functionCode, refused)
}

/** Undefined when the counts of the request contradict each other. */
function writtenWords(pdu: Buffer): number[] | undefined {
  if (pdu.readUInt8(0) === 6) return pdu.length === 5 ? [pdu.readUInt16BE(3)] : undefined
  if (pdu.length < 6) return undefined
  const count = pdu.readUInt16BE(3)
  if (count < 1 || count > 123 || pdu.readUInt8(5) !== count * 2 || pdu.length !== 6 + count * 2) return undefined
  return Array.from({ length: count }, (_, i) => pdu.readUInt16BE(6 + 2 * i))
}

export const exceptionPdu = (functionCode: number, code: number) => Buffer.from([functionCode | 0x80, code])

/** What every register held when it froze. */
const frozen = new WeakMap<ModbusUnit, RegisterMap>()

function frozenMap(unit: ModbusUnit): RegisterMap {
  const known = frozen.get(unit)
  if (known) return known
  const still = (bank: Bank | undefined): Bank | undefined =>
    bank && {
      blocks: bank.blocks,
      points: bank.points.map((point) => {
        const raw = point.raw()
        return { ...point, raw: () => raw }
      }),
    }
  const holding = still(unit.map.holding)
  const input = still(unit.map.input)
  const map = { ...unit.map, ...(holding && { holding }), ...(input && { input }) }
  frozen.set(unit, map)
  return map
}

function thawed(unit: ModbusUnit): RegisterMap {
  frozen.delete(unit)
  return unit.map
}
