import type { ModbusTable, RegisterType, WordOrder } from './profile-schema.ts'

/** A Modbus table, or the data items of a DL/T 645 meter (item-words.ts). */
export type PointTable = ModbusTable | 'item'

/** What was read: uint16 words by table and address. */
export interface RegisterImage {
  /** uint16 at the address (0 or 1 for coils and discrete inputs), or -1 when it was not read. */
  word(table: PointTable, address: number): number
}

/** How many registers a type takes; strings and hex take what the profile says. */
export const REGISTER_LENGTH = {
  bool: 1,
  uint16: 1,
  int16: 1,
  uint32: 2,
  int32: 2,
  float32: 2,
  uint64: 4,
  int64: 4,
  float64: 4,
  string: 0,
  hex: 0,
} as const satisfies Record<RegisterType, number>

export type NumberType = Exclude<RegisterType, 'string' | 'hex'>

/** Reads one raw number; NaN when a word is missing, or when the device sent NaN or an infinity. */
export type RawReader = (image: RegisterImage) => number

const TWO_32 = 2 ** 32
const scratch = new DataView(new ArrayBuffer(8))

/**
 * The reader of a type at an address. Beyond 2^53 a 64-bit integer is the nearest double: a counter that large
 * keeps its size to 16 digits.
 */
export function rawReader(type: NumberType, table: ModbusTable, address: number, order: WordOrder): RawReader {
  const uint32 = (image: RegisterImage, first: number): number => {
    const a = image.word(table, first)
    const b = image.word(table, first + 1)
    if (a < 0 || b < 0) return Number.NaN
    return order === 'high-first' ? a * 65536 + b : b * 65536 + a
  }
  // Low-first turns the order of all words, so of the two halves as well.
  const highHalf = order === 'high-first' ? address : address + 2
  const lowHalf = order === 'high-first' ? address + 2 : address
  switch (type) {
    case 'bool':
    case 'uint16':
      return (image) => {
        const word = image.word(table, address)
        return word < 0 ? Number.NaN : word
      }
    case 'int16':
      return (image) => {
        const word = image.word(table, address)
        return word < 0 ? Number.NaN : (word << 16) >> 16
      }
    case 'uint32':
      return (image) => uint32(image, address)
    case 'int32':
      return (image) => {
        const raw = uint32(image, address)
        return raw >= 0x8000_0000 ? raw - TWO_32 : raw
      }
    case 'float32':
      return (image) => {
        const raw = uint32(image, address)
        if (Number.isNaN(raw)) return raw
        scratch.setUint32(0, raw)
        return finite(scratch.getFloat32(0))
      }
    case 'uint64':
      return (image) => uint32(image, highHalf) * TWO_32 + uint32(image, lowHalf)
    case 'int64':
      return (image) => {
        const high = uint32(image, highHalf)
        return (high >= 0x8000_0000 ? high - TWO_32 : high) * TWO_32 + uint32(image, lowHalf)
      }
    case 'float64':
      return (image) => {
        const high = uint32(image, highHalf)
        const low = uint32(image, lowHalf)
        if (Number.isNaN(high + low)) return Number.NaN
        scratch.setUint32(0, high)
        scratch.setUint32(4, low)
        return finite(scratch.getFloat64(0))
      }
  }
}

const finite = (value: number): number => (value - value === 0 ? value : Number.NaN)

/** The value an integer type gives for a raw pattern: 0x8000 as int16 is -32768. */
export function valueOfPattern(pattern: number | string, type: NumberType): number {
  const bits = REGISTER_LENGTH[type] * 16
  const raw = BigInt(pattern)
  return Number(type.startsWith('int') ? BigInt.asIntN(bits, raw) : BigInt.asUintN(bits, raw))
}

/** Text of `words` registers, two characters each, without the padding; undefined when a word is missing or nothing is left. */
export function textAt(image: RegisterImage, table: ModbusTable, address: number, words: number): string | undefined {
  const bytes = bytesAt(image, table, address, words)
  if (bytes === undefined) return undefined
  const end = bytes.indexOf(0)
  const text = bytes
    .subarray(0, end < 0 ? bytes.length : end)
    .toString('utf8')
    .trim()
  return text === '' ? undefined : text
}

/** The bytes of `words` registers as hexadecimal digits; undefined when a word is missing. */
export function hexAt(image: RegisterImage, table: ModbusTable, address: number, words: number): string | undefined {
  return bytesAt(image, table, address, words)?.toString('hex').toUpperCase()
}

function bytesAt(image: RegisterImage, table: ModbusTable, address: number, words: number): Buffer | undefined {
  const bytes = Buffer.alloc(words * 2)
  for (let i = 0; i < words; i++) {
    const word = image.word(table, address + i)
    if (word < 0) return undefined
    bytes.writeUInt16BE(word, i * 2)
  }
  return bytes
}
