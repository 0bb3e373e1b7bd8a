import type { PointTable } from '../profiles/decode-registers.ts'
import { identifierAt } from '../profiles/item-words.ts'

/** Function code that reads a table (Modbus Application Protocol V1.1b3, §6.1–6.4); of a DL/T 645 meter the control code (§7.1). */
export const FUNCTION_CODES: Readonly<Record<PointTable, number>> = {
  coil: 1,
  discrete: 2,
  holding: 3,
  input: 4,
  item: 0x11,
}

const FIRST_DIGIT: Readonly<Record<Exclude<PointTable, 'item'>, number>> = {
  coil: 0,
  discrete: 1,
  input: 3,
  holding: 4,
}

/** The usual printed number of an address: holding register 0 is 40001; beyond 9,999 with six digits, 410001; of an item its identifier. */
export function referenceNumber(table: PointTable, address: number): string {
  if (table === 'item') return identifierAt(address)
  const digits = address + 1 > 9999 ? 6 : 5
  return `${FIRST_DIGIT[table]}${String(address + 1).padStart(digits - 1, '0')}`
}
