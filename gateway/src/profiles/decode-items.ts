import type { Value } from '../domain/frame.ts'
import { quantityOf } from '../domain/quantity.ts'
import { UNITS } from '../domain/unit.ts'
import { bcdDigits, decodeBcd } from './bcd.ts'
import { decimalOf, multiply, scaled } from './decimal.ts'
import { type BadValue, type CompiledRegister, NOT_AVAILABLE, OUT_OF_RANGE } from './decode-registers.ts'
import { type Dlt645Profile, itemsOfVariant, type MeterItem } from './dlt645-schema.ts'
import { ITEM_HEADER, itemAddress } from './item-words.ts'
import type { RegisterImage } from './raw-values.ts'

/** The meter sent another number of bytes than the item has: its firmware means something else by it. */
const WRONG_TYPE: BadValue = Object.freeze({ bad: 'wrong-type' })

/** Date and time of the meter's clock: items 04000101 (YYMMDDWW) and 04000102 (hhmmss). */
const DATE = '04000101'
const TIME = '04000102'

const compiled = new WeakMap<Dlt645Profile, Map<string | undefined, readonly CompiledRegister[]>>()

/** The items of a profile as polling reads them, in the order of the file; of its variants only `variant`, by default the first. */
export function compileItems(profile: Dlt645Profile, variant?: string): readonly CompiledRegister[] {
  const variants = compiled.get(profile) ?? new Map<string | undefined, readonly CompiledRegister[]>()
  compiled.set(profile, variants)
  const known = variants.get(variant)
  if (known) return known
  const items = itemsOfVariant(profile, variant).map((item) => compileItem(profile, item))
  variants.set(variant, items)
  return items
}

/** With its block, where it has one; the item alone is what is asked for when the meter refuses the block. */
function compileItem(profile: Dlt645Profile, item: MeterItem): CompiledRegister {
  if (item.format === 'clock') return clockItem(profile, item)
  const alone = { ...placeOf(item, item.di, bytesOf(item)), decode: decoderOf(item, 0, true) }
  if (!item.block) return alone
  const from = item.block.index * bytesOf(item)
  return {
    ...placeOf(item, item.block.di, from + bytesOf(item)),
    lead: ITEM_HEADER + from,
    decode: decoderOf(item, from, false),
    instead: alone,
  }
}

const placeOf = ({ quantity, rate, optional }: MeterItem, di: string, bytes: number) => ({
  quantity,
  table: 'item' as const,
  address: itemAddress(di),
  length: ITEM_HEADER + bytes,
  rate,
  companions: [],
  lead: ITEM_HEADER,
  indivisible: true,
  ...(optional && { optional }),
})

/** Bytes of one item: two digits in a byte. */
export function bytesOf({ format, bytes }: Pick<MeterItem, 'format' | 'bytes'>): number {
  if (format === 'clock') return 4
  if (format === 'bits8') return 1
  if (format === 'bits16') return 2
  return bytes ?? valueBytes(format)
}

/** Of the number in it; what follows is the time at which it was (demand). */
const valueBytes = (format: string): number => (format.match(/X/g)?.length ?? 2) / 2

type Decode = (image: RegisterImage) => Value | BadValue

/** @param from where the item begins in the data; `alone`: the data is the item and nothing else */
function decoderOf(item: MeterItem, from: number, alone: boolean): Decode {
  const address = itemAddress(alone || !item.block ? item.di : item.block.di)
  const bytes = bytesOf(item)
  const decode = decodeOf(item)
  const isNumber = item.format.startsWith('X')
  const taken = new Uint8Array(isNumber ? valueBytes(item.format) : bytes)
  return (image) => {
    const sent = image.word('item', address)
    if (sent < 0) return NOT_AVAILABLE
    if (alone ? sent !== bytes : sent % bytes !== 0) return WRONG_TYPE
    // A single-phase meter answers the block of three phases with one of them.
    if (sent < from + bytes) return NOT_AVAILABLE
    for (let i = 0; i < taken.length; i++) {
      const byte = image.word('item', address + ITEM_HEADER + from + i)
      if (byte < 0) return NOT_AVAILABLE
      taken[i] = byte
    }
    return decode(taken)
  }
}

function decodeOf(item: MeterItem): (bytes: Uint8Array) => Value | BadValue {
  const { format } = item
  if (format === 'text') return (bytes) => textOf(bytes) ?? NOT_AVAILABLE
  if (format === 'digits') return (bytes) => bcdDigits(bytes) ?? NOT_AVAILABLE
  if (format === 'bits8' || format === 'bits16') return integerOf(item)
  return numberOf(item)
}

/** ASCII, the last character first like every other item; undefined when nothing readable is left. */
function textOf(bytes: Uint8Array): string | undefined {
  const text = Buffer.from(bytes)
    .reverse()
    .toString('latin1')
    .replaceAll(/[^\x20-\x7e]/g, '')
    .trim()
  return text === '' ? undefined : text
}

function integerOf({ quantity, bits, states }: MeterItem): (bytes: Uint8Array) => Value | BadValue {
  const { from, width } = bits ?? { from: 0, width: 16 }
  const kind = quantityOf(quantity)?.type
  return (bytes) => {
    const raw = (((bytes[1] ?? 0) << 8) | bytes[0]!) >> from
    const value = raw & ((1 << width) - 1)
    if (states) return states[String(value)] ?? OUT_OF_RANGE
    return kind === 'boolean' ? value !== 0 : value
  }
}

function numberOf(item: MeterItem): (bytes: Uint8Array) => Value | BadValue {
  const { format, signed, states, min = -Infinity, max = Infinity } = item
  const decimals = format.split('.')[1]?.length ?? 0
  const factor = multiply(decimalOf(item.scale ?? 1), decimalOf(UNITS[item.unit].factor))
  const asText = quantityOf(item.quantity)?.type === 'text'
  return (bytes) => {
    const digits = decodeBcd(bytes, { decimals: 0, signed })
    if (digits === undefined) return NOT_AVAILABLE
    if (states) return states[String(digits)] ?? OUT_OF_RANGE
    const value = scaled(digits, factor.digits, factor.places + decimals)
    if (value < min || value > max) return OUT_OF_RANGE
    return asText ? String(value) : value + 0
  }
}

const DAY_S = 86_400

/**
 * How far the meter's clock is ahead of ours, in seconds. Date and time come in two answers, so the time of day decides, and the date
 * only says whether whole days must be added: it is right also when midnight falls between the two.
 */
function clockItem({ timeZone }: Dlt645Profile, item: MeterItem): CompiledRegister {
  const [date, time] = [itemAddress(DATE), itemAddress(TIME)]
  const zoneS = (timeZone.startsWith('-') ? -60 : 60) * (Number(timeZone.slice(1, 3)) * 60 + Number(timeZone.slice(4)))
  return {
    ...placeOf(item, DATE, 4),
    companions: [{ table: 'item', address: time, length: ITEM_HEADER + 3 }],
    decode(image) {
      if (image.word('item', date) < 0 || image.word('item', time) < 0) return NOT_AVAILABLE
      if (image.word('item', date) !== 4 || image.word('item', time) !== 3) return WRONG_TYPE
      const dayMs = dayAt(image, date + ITEM_HEADER)
      const secondS = secondAt(image, time + ITEM_HEADER)
      if (Number.isNaN(dayMs + secondS)) return OUT_OF_RANGE
      const atS = (address: number) => image.word('item', address + 1) * DAY_S + image.word('item', address + 2) + zoneS
      const ahead = ((((secondS - atS(time)) % DAY_S) + 1.5 * DAY_S) % DAY_S) - DAY_S / 2
      const days = dayMs / 1000 / DAY_S - Math.floor((atS(date) + ahead) / DAY_S)
      return ahead + days * DAY_S
    },
  }
}

/** `YYMMDDWW` → Unix ms of the day's beginning as if it were UTC; NaN for a date that does not exist. */
function dayAt(image: RegisterImage, address: number): number {
  const weekday = pairAt(image, address)
  const day = pairAt(image, address + 1)
  const month = pairAt(image, address + 2)
  const year = pairAt(image, address + 3)
  const at = new Date(Date.UTC(2000 + year, month - 1, day))
  return weekday >= 0 && at.getUTCMonth() === month - 1 && at.getUTCDate() === day ? at.getTime() : Number.NaN
}

/** `hhmmss` → second of the day; NaN for a time that does not exist. */
function secondAt(image: RegisterImage, address: number): number {
  const second = pairAt(image, address)
  const minute = pairAt(image, address + 1)
  const hour = pairAt(image, address + 2)
  return hour < 24 && minute < 60 && second < 60 ? hour * 3600 + minute * 60 + second : Number.NaN
}

/** Two digits of one byte; NaN when one is no digit. */
function pairAt(image: RegisterImage, address: number): number {
  const byte = image.word('item', address)
  const [high, low] = [byte >> 4, byte & 0x0f]
  return byte >= 0 && high <= 9 && low <= 9 ? high * 10 + low : Number.NaN
}
