/** Without letters and digits that look alike on paper. 32 symbols, 5 bits each. */
const SYMBOLS = 'abcdefghjkmnpqrstuvwxyz23456789+'

/** 80 bits that can be read aloud: `k7mq-3tzr-9awd-h2sn`. For one login, after which it has to be changed. */
export function oneTimePassword(randomBytes: (count: number) => Uint8Array): string {
  const symbols = [...randomBytes(16)].map((byte) => SYMBOLS[byte % SYMBOLS.length])
  return [0, 4, 8, 12].map((start) => symbols.slice(start, start + 4).join('')).join('-')
}
