/** A factor as digits / 10^places, so that 2301 × 0.1 is computed as 2301 / 10 and prints 230.1, not 230.10000000000002. */
export interface Decimal {
  /** Integer, signed. */
  readonly digits: number
  /** How many decimal places; negative for trailing zeros. */
  readonly places: number
}

/** The exact decimal a person wrote, from the shortest text of the number. */
export function decimalOf(factor: number): Decimal {
  const [mantissa = '0', exponent = '0'] = String(factor).split('e')
  const [whole = '0', fraction = ''] = mantissa.split('.')
  return { digits: Number(whole + fraction), places: fraction.length - Number(exponent) }
}

export const multiply = (a: Decimal, b: Decimal): Decimal => ({
  digits: a.digits * b.digits,
  places: a.places + b.places,
})

const POWERS = Array.from({ length: 23 }, (_, i) => Number(`1e${i}`))
const powerOfTen = (n: number): number => POWERS[n] ?? 10 ** n

/** raw × digits / 10^places. One rounding when raw × digits is an exact integer: the nearest double to the true decimal. */
export const scaled = (raw: number, digits: number, places: number): number =>
  places >= 0 ? (raw * digits) / powerOfTen(places) : raw * digits * powerOfTen(-places)

/**
 * The shortest decimal (7 to 9 digits) that the same float32 would carry: 230.1 instead of 230.10000610351562. Nothing is lost,
 * because float32 holds no more than that. `value` = raw × factor; a decimal counts only when it leads back to `raw`.
 */
export function shortenFloat32(value: number, raw: number, digits: number, places: number): number {
  if (value === 0 || digits === 0) return value
  const magnitude = Math.floor(Math.log10(Math.abs(value)))
  for (let keep = 7; keep <= 9; keep++) {
    const decimals = keep - 1 - magnitude
    if (decimals > 22) return value
    const short =
      decimals >= 0
        ? Math.round(value * powerOfTen(decimals)) / powerOfTen(decimals)
        : Math.round(value / powerOfTen(-decimals)) * powerOfTen(-decimals)
    if (Math.fround(scaled(short, 1, -places) / digits) === raw) return short
  }
  return value
}

/** To twelve digits, more than any meter has: 230.1 for 230.10000000000002. */
export const twelveDigits = (value: number): number => toDigits(value, 12)

/** To so many digits: the same as reading back `toPrecision`, without the text in between, which takes ten times as long. */
export function toDigits(value: number, digits: number): number {
  if (value === 0) return 0
  const places = digits - 1 - Math.floor(Math.log10(Math.abs(value)))
  // An integer below 2^53 by an exact power of ten is rounded once.
  if (!(places >= 0 && places <= 22)) return Number(value.toPrecision(digits))
  const power = powerOfTen(places)
  return Math.round(value * power) / power
}
