import type { BadReason, Value } from '../domain/frame.ts'
import { quantityOf } from '../domain/quantity.ts'
import { UNITS } from '../domain/unit.ts'
import { type Decimal, decimalOf, multiply, scaled, shortenFloat32 } from './decimal.ts'
import type { ModbusProfile, ModbusTable, RateClass, Register } from './profile-schema.ts'
import {
  hexAt,
  type NumberType,
  type PointTable,
  type RawReader,
  REGISTER_LENGTH,
  type RegisterImage,
  rawReader,
  textAt,
  valueOfPattern,
} from './raw-values.ts'

export type { PointTable, RegisterImage } from './raw-values.ts'

/** Why there is no value. Frozen and shared: comparing `value === NOT_AVAILABLE` is allowed. */
export interface BadValue {
  readonly bad: BadReason
}

/** The device says it has no such value, or the registers it stands in were not read. */
export const NOT_AVAILABLE: BadValue = Object.freeze({ bad: 'not-available' })
/** Decoded, but not among the profile's states or outside its min and max. */
export const OUT_OF_RANGE: BadValue = Object.freeze({ bad: 'out-of-range' })

export const isBad = (value: Value | BadValue): value is BadValue => typeof value === 'object'

/** One line of a profile made ready to read: where it stands, and how its words become a value. */
export interface CompiledRegister {
  readonly quantity: string
  readonly table: PointTable
  readonly address: number
  /** Registers it takes, at least 1. */
  readonly length: number
  readonly rate: RateClass
  /** Scale, ratio and sign registers that must be read too, one register each unless `length` says otherwise. */
  readonly companions: readonly { readonly table: PointTable; readonly address: number; readonly length?: number }[]
  /** Must be read in one request: two halves of different instants would make a value that never was. */
  readonly indivisible: boolean
  /** The value in the quantity's canonical unit, or why there is none. Allocates nothing for numbers and states. */
  decode(image: RegisterImage): Value | BadValue
  /** Words at the beginning that belong to the answer and not to this value; default none. */
  readonly lead?: number
  /** Another place of the same value, which is read when the device refuses this one. */
  readonly instead?: CompiledRegister
  /** Not every device of the model has it: that it is refused is no trouble. */
  readonly optional?: true
}

const compiled = new WeakMap<ModbusProfile, Map<string | undefined, readonly CompiledRegister[]>>()

/**
 * The registers of a profile, in the order of the file; of its variants only `variant`, by default the first. Compiled once,
 * however many devices have the profile.
 */
export function compileRegisters(profile: ModbusProfile, variant?: string): readonly CompiledRegister[] {
  const variants = compiled.get(profile) ?? new Map<string | undefined, readonly CompiledRegister[]>()
  compiled.set(profile, variants)
  const known = variants.get(variant)
  if (known) return known
  const registers = registersOf(profile, variant).map((register) => compileRegister(profile, register))
  variants.set(variant, registers)
  return registers
}

/** The registers that hold for a variant (default: the first). An unknown variant adds nothing; hall.yaml is checked before. */
export function registersOf(profile: ModbusProfile, variant?: string): readonly Register[] {
  const variants = profile.variants ?? {}
  const chosen = variant ?? Object.keys(variants)[0]
  const group = chosen === undefined ? undefined : variants[chosen]
  const extended = group?.extends === undefined ? undefined : variants[group.extends]
  return [...profile.registers, ...(extended?.registers ?? []), ...(group?.registers ?? [])]
}

const lengthOf = (register: Pick<Register, 'type' | 'words'>): number =>
  REGISTER_LENGTH[register.type] || (register.words ?? 1)

function compileRegister(profile: ModbusProfile, register: Register): CompiledRegister {
  const table = register.table ?? profile.table
  const length = lengthOf(register)
  const companions = [
    ...(register.scaleRegister === undefined ? [] : [register.scaleRegister]),
    ...(register.ratioRegisters ?? []),
    ...(register.negativeWhen === undefined ? [] : [register.negativeWhen.address]),
  ].map((address) => ({ table, address }))
  return {
    quantity: register.quantity,
    table,
    address: register.address,
    length,
    rate: register.rate,
    companions,
    indivisible: length > 1,
    ...(register.optional && { optional: register.optional }),
    decode: decoderOf(profile, register, table, length),
  }
}

type Decode = (image: RegisterImage) => Value | BadValue

function decoderOf(profile: ModbusProfile, register: Register, table: ModbusTable, length: number): Decode {
  const { address, type } = register
  if (type === 'string') return (image) => textAt(image, table, address, length) ?? NOT_AVAILABLE
  if (type === 'hex') return (image) => hexAt(image, table, address, length) ?? NOT_AVAILABLE
  const raw = presentRaw(profile, register, type, table)
  const kind = quantityOf(register.quantity)?.type
  if (register.states) return stateDecoder(raw, register.states, register.bits ? 'uint32' : type)
  if (kind === 'boolean') {
    return (image) => {
      const value = raw(image)
      return Number.isNaN(value) ? NOT_AVAILABLE : value !== 0
    }
  }
  if (kind === 'text') {
    return (image) => {
      const value = raw(image)
      return Number.isNaN(value) ? NOT_AVAILABLE : String(value)
    }
  }
  return numberDecoder(raw, register, table)
}

/** The raw number with "no value" patterns taken out (NaN) and the wanted bits cut out. */
function presentRaw(profile: ModbusProfile, register: Register, type: NumberType, table: ModbusTable): RawReader {
  const order = register.wordOrder ?? profile.wordOrder
  const { bits } = register
  const readAs = bits && type.startsWith('int') ? (`u${type}` as NumberType) : type
  const read = rawReader(readAs, table, register.address, order)
  const patterns = register.missing ?? profile.missing[type as keyof ModbusProfile['missing']] ?? []
  const missing = patterns.map((pattern) => valueOfPattern(pattern, readAs))
  const present: RawReader = missing.length === 0 ? read : withoutMissing(read, missing)
  if (!bits) return present
  const divisor = 2 ** bits.from
  const range = 2 ** bits.width
  return (image) => Math.floor(present(image) / divisor) % range
}

function withoutMissing(read: RawReader, missing: readonly number[]): RawReader {
  return (image) => {
    const value = read(image)
    for (let i = 0; i < missing.length; i++) if (value === missing[i]) return Number.NaN
    return value
  }
}

function stateDecoder(raw: RawReader, states: NonNullable<Register['states']>, type: NumberType): Decode {
  const words = new Map(
    Object.entries(states).map(([key, word]) => [
      key.startsWith('-') ? Number(key) : valueOfPattern(key, type),
      word as Value,
    ]),
  )
  return (image) => {
    const value = raw(image)
    if (Number.isNaN(value)) return NOT_AVAILABLE
    return words.get(value) ?? OUT_OF_RANGE
  }
}

/** A power of ten beyond it is no scale factor (SunSpec Device Information Model Specification, sunssf: −10 to 10). */
const MOST_SCALED = 10

function numberDecoder(raw: RawReader, register: Register, table: ModbusTable): Decode {
  const factor = factorOf(register)
  const { digits } = factor
  const {
    scaleRegister,
    ratioRegisters = [],
    negativeWhen,
    absolute = false,
    min = -Infinity,
    max = Infinity,
  } = register
  const isFloat32 = register.type === 'float32'
  return (image) => {
    const rawValue = raw(image)
    if (Number.isNaN(rawValue)) return NOT_AVAILABLE
    let multiplier = digits
    let places = factor.places
    for (let i = 0; i < ratioRegisters.length; i++) {
      const ratio = image.word(table, ratioRegisters[i]!)
      // A ratio of 0 is a meter that was never set up: every value would turn to 0, which it did not measure.
      if (ratio <= 0) return NOT_AVAILABLE
      multiplier *= ratio
    }
    if (scaleRegister !== undefined) {
      const word = image.word(table, scaleRegister)
      const exponent = (word << 16) >> 16
      // Not implemented (0x8000), or what no scale factor of SunSpec may be: then nobody knows how large the value is.
      if (word < 0 || Math.abs(exponent) > MOST_SCALED) return NOT_AVAILABLE
      places -= exponent
    }
    let value = scaled(rawValue, multiplier, places)
    if (isFloat32) value = shortenFloat32(value, rawValue, multiplier, places)
    if (absolute && value < 0) value = -value
    if (negativeWhen !== undefined) {
      const word = image.word(table, negativeWhen.address)
      if (word < 0) return NOT_AVAILABLE
      if ((word >> negativeWhen.bit) & 1) value = -value
    }
    if (value < min || value > max || !Number.isFinite(value)) return OUT_OF_RANGE
    return value + 0 // -0 becomes 0
  }
}

/** Scale, ratio scale and unit conversion as one decimal factor. */
function factorOf(register: Register): Decimal {
  const factors = [register.scale ?? 1, register.ratioScale ?? 1, UNITS[register.unit].factor]
  return factors.map(decimalOf).reduce(multiply)
}
