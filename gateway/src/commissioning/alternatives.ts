import type { Value } from '../domain/frame.ts'
import { compileRegisters, isBad, type PointTable } from '../profiles/decode-registers.ts'
import type { ModbusProfile, Register, WordOrder } from '../profiles/profile-schema.ts'
import { plausibilityOf, type Range } from './plausible.ts'

export type Order = 'AB' | 'BA' | 'ABCD' | 'CDAB' | 'BADC' | 'DCBA' | 'ABCDEFGH' | 'GHEFCDAB' | 'BADCFEHG' | 'HGFEDCBA'

export interface Alternative {
  readonly shift: -1 | 0 | 1
  readonly address: number
  readonly order: Order
  /** What a profile would say; null where it cannot. */
  readonly wordOrder: WordOrder | null
  readonly words: readonly number[]
  readonly value: Value | null
  readonly bad?: string
  readonly plausible: 'yes' | 'no' | 'unknown'
  readonly current: boolean
}

const ORDERS: Readonly<Record<1 | 2 | 4, readonly (readonly [Order, WordOrder, swapped: boolean])[]>> = {
  1: [
    ['AB', 'high-first', false],
    ['BA', 'high-first', true],
  ],
  2: [
    ['ABCD', 'high-first', false],
    ['CDAB', 'low-first', false],
    ['BADC', 'high-first', true],
    ['DCBA', 'low-first', true],
  ],
  4: [
    ['ABCDEFGH', 'high-first', false],
    ['GHEFCDAB', 'low-first', false],
    ['BADCFEHG', 'high-first', true],
    ['HGFEDCBA', 'low-first', true],
  ],
}

const SHIFTS = [0, -1, 1] as const
const swap = (word: number): number => ((word & 0xff) << 8) | (word >> 8)

/**
 * What a point would read with every order of its bytes, at its address and one beside (documents count from 0 or from 1).
 * @param wordAt a word the device answered, or -1
 */
export function alternativesOf(
  modbus: ModbusProfile,
  register: Register,
  range: Range | null,
  wordAt: (table: PointTable, address: number) => number,
): Alternative[] {
  const table = register.table ?? modbus.table
  const byProfile = register.wordOrder ?? modbus.wordOrder
  const all = SHIFTS.flatMap((shift) => {
    const address = register.address + shift
    if (address < 0 || address > 65_535) return []
    const length = lengthOf(modbus, register)
    const words = Array.from({ length }, (_, i) => wordAt(table, address + i))
    if (words.some((word) => word < 0)) return []
    const orders = ORDERS[length === 1 || length === 2 || length === 4 ? length : 2]
    const kept =
      length === 1 || length === 2 || length === 4 ? orders : orders.filter(([, order]) => order === 'high-first')
    return kept.map(([order, wordOrder, swapped]): Alternative => {
      const isOwn = (of: PointTable, at: number) => of === table && at >= address && at < address + length
      const [point] = compileRegisters(alone(modbus, { ...register, address, wordOrder }))
      const value = point?.decode({
        word: (of, at) => (swapped && isOwn(of, at) ? swap(wordAt(of, at)) : wordAt(of, at)),
      })
      const bad = value === undefined || isBad(value)
      return {
        shift,
        address,
        order,
        wordOrder: swapped || length === 1 ? null : wordOrder,
        words,
        value: bad ? null : value,
        ...(bad && { bad: value?.bad ?? 'not-available' }),
        plausible: bad ? 'no' : plausibilityOf(value, range),
        current: shift === 0 && !swapped && (length === 1 || wordOrder === byProfile),
      }
    })
  })
  const rank = { yes: 0, unknown: 1, no: 2 }
  return all.sort((a, b) => rank[a.plausible] - rank[b.plausible] || Number(b.current) - Number(a.current))
}

const alone = (modbus: ModbusProfile, register: Register): ModbusProfile => {
  const { variants: _, ...rest } = modbus
  return { ...rest, registers: [register] }
}

export const lengthOf = (modbus: ModbusProfile, register: Register): number =>
  compileRegisters(alone(modbus, register))[0]?.length ?? 1

export const companionsOf = (modbus: ModbusProfile, register: Register) =>
  compileRegisters(alone(modbus, register))[0]?.companions ?? []
