/** Everything in a tar stands in blocks of this size. */
export const BLOCK_BYTES = 512
/** Eleven octal digits. */
const LARGEST_FILE = 8 ** 11 - 1

/** Header of one file (POSIX ustar). `atMs` is Unix milliseconds. @throws RangeError for a name above 100 bytes or a file above 8 GiB */
export function tarHeader(name: string, bytes: number, atMs: number): Buffer {
  if (Buffer.byteLength(name) > 100) throw new RangeError(`${name} is too long for a tar`)
  if (bytes > LARGEST_FILE) throw new RangeError(`${name} is too large for a tar`)
  const header = Buffer.alloc(BLOCK_BYTES)
  const octal = (value: number, digits: number) => `${value.toString(8).padStart(digits, '0')}\0`
  header.write(name, 0)
  header.write(octal(0o600, 7), 100)
  header.write(octal(0, 7), 108)
  header.write(octal(0, 7), 116)
  header.write(octal(bytes, 11), 124)
  header.write(octal(Math.floor(atMs / 1000), 11), 136)
  header.write('        ', 148)
  header.write('0', 156)
  header.write('ustar\x0000', 257)
  header.write(`${checksumOf(header).toString(8).padStart(6, '0')}\0 `, 148)
  return header
}

/** Name and size of the file that follows; undefined for the empty block at the end, a reason for what is no header. */
export function readTarHeader(header: Buffer): { readonly name: string; readonly bytes: number } | string | undefined {
  if (header.every((byte) => byte === 0)) return undefined
  const text = (from: number, to: number) => header.toString('utf8', from, to).replace(/\0.*$/s, '').trim()
  const copy = Buffer.from(header)
  copy.fill(0x20, 148, 156)
  if (checksumOf(copy) !== Number.parseInt(text(148, 156), 8)) return 'a header has the wrong checksum'
  const kind = text(156, 157)
  if (kind !== '' && kind !== '0') return `it holds ${JSON.stringify(text(0, 100))}, which is no plain file`
  return { name: text(0, 100), bytes: Number.parseInt(text(124, 136), 8) || 0 }
}

/** Bytes that fill the last block of a file. */
export const paddingOf = (bytes: number): number => (BLOCK_BYTES - (bytes % BLOCK_BYTES)) % BLOCK_BYTES

const checksumOf = (header: Buffer): number => header.reduce((sum, byte) => sum + byte, 0)
