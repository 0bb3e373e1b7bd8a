import type { ModbusTable } from '../profiles/profile-schema.ts'

/** Function code that reads a table (Modbus Application Protocol V1.1b3, §6.1–6.4). */
export const FUNCTION_CODES: Readonly<Record<ModbusTable, number>> = { coil: 1, discrete: 2, holding: 3, input: 4 }

const FIRST_DIGIT: Readonly<Record<ModbusTable, number>> = { coil: 0, discrete: 1, input: 3, holding: 4 }

/** The usual printed number of an address: holding register 0 is 40001; beyond 9,999 with six digits, 410001. */
export function referenceNumber(table: ModbusTable, address: number): string {
  const digits = address + 1 > 9999 ? 6 : 5
  return `${FIRST_DIGIT[table]}${String(address + 1).padStart(digits - 1, '0')}`
}
