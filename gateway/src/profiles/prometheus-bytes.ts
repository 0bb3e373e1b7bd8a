import { scaled } from './decimal.ts'

/** A page of figures is read as the bytes it came in: what nobody wants never becomes text. */
const SPACE = 0x20
const TAB = 0x09
const RETURN = 0x0d
const ZERO = 0x30
const PLUS = 0x2b
const MINUS = 0x2d
const DOT = 0x2e
const SMALL_E = 0x65

export const NEWLINE = 0x0a
export const OPEN = 0x7b
export const HASH = 0x23

const isBlank = (byte: number | undefined): boolean => byte === SPACE || byte === TAB || byte === RETURN

/** To the next byte of the line that is no blank, or to its end. */
export function skipBlanks(bytes: Uint8Array, from: number): number {
  const { length } = bytes
  let i = from
  while (i < length && isBlank(bytes[i])) i++
  return i
}

/** Behind the name at the beginning of a line, or behind whatever else stands there up to a brace or a blank. */
export function endOfMetric(bytes: Uint8Array, from: number): number {
  const { length } = bytes
  let i = from
  while (i < length && bytes[i]! > SPACE && bytes[i] !== OPEN) i++
  return i
}

/** To the next blank, or to the end of the line. */
export function endOfWord(bytes: Uint8Array, from: number): number {
  const { length } = bytes
  let i = from
  while (i < length && !isBlank(bytes[i]) && bytes[i] !== NEWLINE) i++
  return i
}

/** Behind the end of the line. */
export function nextLine(bytes: Uint8Array, from: number): number {
  const { length } = bytes
  let at = from
  while (at < length && bytes[at] !== NEWLINE) at++
  return at + 1
}

/** Letters, digits, _ and :, of which names are made. */
const OF_NAMES = Uint8Array.from({ length: 256 }, (_, byte) => Number(/[a-zA-Z0-9_:]/.test(String.fromCharCode(byte))))

export function endOfName(bytes: Uint8Array, from: number): number {
  const { length } = bytes
  let i = from
  while (i < length && OF_NAMES[bytes[i]!] === 1) i++
  return i
}

/** Do these bytes spell the word? */
export function spell(bytes: Uint8Array, from: number, to: number, word: Uint8Array): boolean {
  if (to - from !== word.length) return false
  for (let i = 0; i < word.length; i++) if (bytes[from + i] !== word[i]) return false
  return true
}

/**
 * The decimal that these bytes spell; NaN when they spell none. Up to 15 digits and 22 places both are exact doubles, so that one
 * division rounds as reading the text would (Clinger 1990); longer ones are read as text.
 */
export function numberIn(bytes: Buffer, from: number, to: number): number {
  const negative = bytes[from] === MINUS
  let i = negative || bytes[from] === PLUS ? from + 1 : from
  let digits = 0
  let count = 0
  let places = 0
  for (let beforePoint = true; i < to; i++) {
    const digit = bytes[i]! - ZERO
    if (digit >= 0 && digit <= 9) {
      digits = digits * 10 + digit
      count++
      if (!beforePoint) places++
    } else if (bytes[i] === DOT && beforePoint) beforePoint = false
    else break
  }
  if (count === 0) return Number.NaN
  if (i < to) {
    const exponent = exponentIn(bytes, i, to)
    if (Number.isNaN(exponent)) return exponent
    places -= exponent
  }
  if (count > 15 || places > 22 || places < -22) return Number(bytes.toString('latin1', from, to))
  const value = scaled(digits, 1, places)
  return negative ? -value : value
}

/** `e+09`; NaN when it is something else. */
function exponentIn(bytes: Uint8Array, from: number, to: number): number {
  if ((bytes[from]! | 0x20) !== SMALL_E) return Number.NaN
  const sign = bytes[from + 1]
  const start = sign === MINUS || sign === PLUS ? from + 2 : from + 1
  let exponent = start < to ? 0 : Number.NaN
  for (let i = start; i < to; i++) {
    const digit = bytes[i]! - ZERO
    exponent = digit >= 0 && digit <= 9 ? exponent * 10 + digit : Number.NaN
  }
  return sign === MINUS ? -exponent : exponent
}
