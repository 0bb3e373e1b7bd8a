/** Numbers as meters of DL/T 645-2007 send them (§6 and annex A): two digits in a byte, the lowest pair first. */

/** How the bytes of one item are read. */
export interface BcdFormat {
  readonly bytes: number
  /** Digits behind the point: 2 for `XXXXXX.XX`. */
  readonly decimals: number
  /** The highest bit of the highest byte is a sign. */
  readonly signed: boolean
}

const SIGN = 0x80

/**
 * One number; undefined when a nibble is no digit. Meters fill what they do not measure with FF, which is no number either.
 */
export function decodeBcd(
  bytes: Uint8Array,
  { decimals, signed }: Pick<BcdFormat, 'decimals' | 'signed'>,
): number | undefined {
  let number = 0
  let negative = false
  for (let i = bytes.length - 1; i >= 0; i--) {
    let byte = bytes[i]!
    if (i === bytes.length - 1 && signed && byte !== 0xff) {
      negative = (byte & SIGN) !== 0
      byte &= ~SIGN
    }
    const [high, low] = [byte >> 4, byte & 0x0f]
    if (high > 9 || low > 9) return undefined
    number = number * 100 + high * 10 + low
  }
  // Divided once, so that 22057 with two decimals is 220.57 and not the nearest sum of tenths. Never a negative zero.
  const value = number / 10 ** decimals
  return negative && value !== 0 ? -value : value
}

/** The digits of an item that is no number (an address, a date), the highest pair first; undefined when one is no digit. */
export function bcdDigits(bytes: Uint8Array): string | undefined {
  const digits = Buffer.from(bytes).reverse().toString('hex')
  return /^\d*$/.test(digits) ? digits : undefined
}

/** Several numbers of one format behind one another, as a block item (`0201FF00`) sends them. A broken one is undefined. */
export function decodeBlock(bytes: Uint8Array, format: BcdFormat): (number | undefined)[] {
  const values: (number | undefined)[] = []
  for (let at = 0; at + format.bytes <= bytes.length; at += format.bytes)
    values.push(decodeBcd(bytes.subarray(at, at + format.bytes), format))
  return values
}
