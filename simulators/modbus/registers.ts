/** Registers of a simulated device, encoded here and nowhere else: independent of the gateway, so that both cannot be wrong alike. */
export type PointType = 'u16' | 'i16' | 'u32' | 'i32' | 'u64' | 'i64' | 'f32' | 'text'

export interface Point {
  /** 0-based, as on the wire. */
  readonly address: number
  readonly type: PointType
  readonly words: number
  /** Raw number as the device sends it; undefined is the device's pattern for "no such value". */
  readonly raw: () => number | bigint | string | undefined
}

export interface Bank {
  readonly points: readonly Point[]
  /** Ranges (both ends included) in which unused addresses read as 0. Outside, a request is refused with exception 2. */
  readonly blocks: readonly (readonly [from: number, to: number])[]
}

export interface RegisterMap {
  /** Function code 0x03. */
  readonly holding?: Bank
  /** Function code 0x04. */
  readonly input?: Bank
  readonly wordOrder: 'high-first' | 'low-first'
  readonly maxRegisters: number
  /** Start address and count must be even. */
  readonly evenOnly?: boolean
  /** One value per request, exactly its registers. */
  readonly oneValuePerRequest?: boolean
  /** Holding registers that may be written, by their first address; all else is refused with exception 2. */
  readonly writable?: Readonly<Record<number, WritablePoint>>
  /** Called at every request that reaches the device: feeds its watchdog. */
  readonly heard?: () => void
}

export interface WritablePoint {
  readonly words: number
  /** Takes the raw unsigned number; false refuses it with exception 3. */
  readonly set: (raw: number) => boolean
}

type Raw = Point['raw']
const point = (type: PointType, words: number) => (address: number, raw: Raw) => ({ address, type, words, raw })
export const u16 = point('u16', 1)
export const i16 = point('i16', 1)
export const u32 = point('u32', 2)
export const i32 = point('i32', 2)
export const u64 = point('u64', 4)
export const i64 = point('i64', 4)
export const f32 = point('f32', 2)
export const text = (address: number, words: number, value: string): Point => ({
  address,
  type: 'text',
  words,
  raw: () => value,
})

/** Consecutive points of one kind: three phases, `stride` registers apart. */
export const threePhases = (
  make: (address: number, raw: Raw) => Point,
  address: number,
  stride: number,
  values: () => readonly [number, number, number],
  scale = 1,
): Point[] => [
  make(address, () => values()[0] / scale),
  make(address + stride, () => values()[1] / scale),
  make(address + 2 * stride, () => values()[2] / scale),
]

/** A bank that refuses whatever is not a point: every hole is a hole. */
export const exactBank = (points: readonly Point[]): Bank => ({
  points,
  blocks: points.map(({ address, words }) => [address, address + words - 1] as const),
})

const NOT_AVAILABLE = {
  u16: 0xffffn,
  i16: 0x7fffn,
  u32: 0xffffffffn,
  i32: 0x7fffffffn,
  u64: 0xffffffffffffffffn,
  i64: 0x7fffffffffffffffn,
} as const
const LIMITS = {
  u16: [0n, 0xffffn],
  i16: [-0x8000n, 0x7fffn],
  u32: [0n, 0xffffffffn],
  i32: [-0x80000000n, 0x7fffffffn],
  u64: [0n, 0xffffffffffffffffn],
  i64: [-0x8000000000000000n, 0x7fffffffffffffffn],
} as const

/** The registers of one point, in wire order. Numbers are rounded to the nearest raw integer and clamped to the type. */
function encode(point: Point, wordOrder: RegisterMap['wordOrder']): number[] {
  const view = new DataView(new ArrayBuffer(point.words * 2))
  const raw = point.raw()
  if (point.type === 'text') {
    const bytes = new TextEncoder().encode(String(raw ?? ''))
    for (let i = 0; i < Math.min(bytes.length, point.words * 2); i++) view.setUint8(i, bytes[i] ?? 0)
    return wordsOf(view)
  }
  if (point.type === 'f32') view.setFloat32(0, raw === undefined ? Number.NaN : Number(raw))
  else {
    const [low, high] = LIMITS[point.type]
    const whole =
      raw === undefined ? NOT_AVAILABLE[point.type] : BigInt(typeof raw === 'number' ? Math.round(raw) : raw)
    const clamped = whole < low ? low : whole > high ? high : whole
    const bits = BigInt.asUintN(point.words * 16, clamped)
    for (let i = 0; i < point.words; i++)
      view.setUint16(i * 2, Number((bits >> BigInt(16 * (point.words - 1 - i))) & 0xffffn))
  }
  const words = wordsOf(view)
  return wordOrder === 'low-first' ? words.reverse() : words
}

function wordsOf(view: DataView): number[] {
  const words: number[] = []
  for (let i = 0; i < view.byteLength; i += 2) words.push(view.getUint16(i))
  return words
}

/** Modbus exception codes a device answers with (Application Protocol V1.1b3, §7). */
export const EXCEPTION = { illegalFunction: 1, illegalAddress: 2, illegalValue: 3, gatewayNoAnswer: 11 } as const

export type ReadAnswer = { words: number[] } | { exception: number }

/** Takes one write as the device would; the exception code when it refuses. */
export function writeRegisters(map: RegisterMap, address: number, words: readonly number[]): number | undefined {
  const point = map.writable?.[address]
  if (!map.writable) return EXCEPTION.illegalFunction
  if (!point) return EXCEPTION.illegalAddress
  if (point.words !== words.length) return EXCEPTION.illegalValue
  const ordered = map.wordOrder === 'low-first' ? [...words].reverse() : words
  const raw = ordered.reduce((sum, word) => sum * 0x1_0000 + word, 0)
  return point.set(raw) ? undefined : EXCEPTION.illegalValue
}

/** Answers one read as the device would, with its limits. */
export function readRegisters(map: RegisterMap, functionCode: number, address: number, count: number): ReadAnswer {
  const bank = functionCode === 3 ? map.holding : functionCode === 4 ? map.input : undefined
  if (!bank) return { exception: EXCEPTION.illegalFunction }
  if (count < 1 || count > 125 || count > map.maxRegisters) return { exception: EXCEPTION.illegalValue }
  if (map.evenOnly && address % 2 === 1) return { exception: EXCEPTION.illegalAddress }
  if (map.evenOnly && count % 2 === 1) return { exception: EXCEPTION.illegalValue }
  const end = address + count
  const inside = bank.points.filter((p) => p.address < end && p.address + p.words > address)
  if (map.oneValuePerRequest && !inside.some((p) => p.address === address && p.words === count))
    return { exception: EXCEPTION.illegalAddress }
  if (!covered(bank.blocks, address, end)) return { exception: EXCEPTION.illegalAddress }
  const words = new Array<number>(count).fill(0)
  for (const p of inside) {
    for (const [offset, word] of encode(p, map.wordOrder).entries()) {
      const at = p.address + offset - address
      if (at >= 0 && at < count) words[at] = word
    }
  }
  return { words }
}

/** Whether [address, end) lies inside the blocks; touching blocks join. */
function covered(blocks: Bank['blocks'], address: number, end: number): boolean {
  let at = address
  while (at < end) {
    const block = blocks.find(([from, to]) => from <= at && at <= to)
    if (!block) return false
    at = block[1] + 1
  }
  return true
}
