/** Frames of DL/T 645-2007 as a meter reads and writes them. Written from the standard for the simulators alone. */

export interface MeterRequest {
  /** Six pairs as printed, the highest first; `AA` where the asker does not care. */
  readonly pairs: readonly string[]
  readonly control: number
  /** As the sender meant them: the 33H of the line is taken off. */
  readonly data: readonly number[]
}

/** Feeds bytes of the line; gives every whole request in them. */
export interface MeterFraming {
  push(chunk: Uint8Array): MeterRequest[]
  /** The line fell silent: half a frame is forgotten. */
  silence(): void
}

const OPEN = 0x68
const CLOSE = 0x16

export function meterFraming(): MeterFraming {
  let line: number[] = []
  return {
    silence() {
      line = []
    },
    push(chunk) {
      line.push(...chunk)
      const requests: MeterRequest[] = []
      let at = 0
      while (at < line.length) {
        const taken = takeAt(line, at)
        if (taken === 'wait') break
        if (taken === undefined) at++
        else {
          requests.push(taken.request)
          at += taken.bytes
        }
      }
      // Nobody's frame is longer than this.
      line = line.slice(Math.max(at, line.length - 300))
      return requests
    },
  }
}

/** The request that begins at this byte; `wait` while it may still become one. */
function takeAt(line: readonly number[], at: number): { request: MeterRequest; bytes: number } | 'wait' | undefined {
  if (line[at] !== OPEN) return undefined
  if (line.length < at + 10) return line.length >= at + 8 && line[at + 7] !== OPEN ? undefined : 'wait'
  if (line[at + 7] !== OPEN) return undefined
  const length = line[at + 9] ?? 0
  if (length > 200) return undefined
  const bytes = 12 + length
  if (line.length < at + bytes) return 'wait'
  const body = line.slice(at, at + bytes)
  const sum = body.slice(0, -2).reduce((total, byte) => total + byte, 0) % 256
  if (body.at(-1) !== CLOSE || body.at(-2) !== sum) return undefined
  const pairs = body
    .slice(1, 7)
    .reverse()
    .map((byte) => byte.toString(16).toUpperCase().padStart(2, '0'))
  const data = body.slice(10, 10 + length).map((byte) => (byte + 256 - 0x33) % 256)
  return { request: { pairs, control: body[8] ?? 0, data }, bytes }
}

/** An answer, with the four bytes that wake the line before it. */
export function meterFrame(address: string, control: number, data: readonly number[]): Buffer {
  const pairs = address.match(/../g) ?? []
  const body = [
    OPEN,
    ...pairs.reverse().map((pair) => Number.parseInt(pair, 16)),
    OPEN,
    control,
    data.length,
    ...data.map((byte) => (byte + 0x33) % 256),
  ]
  const sum = body.reduce((total, byte) => total + byte, 0) % 256
  return Buffer.from([0xfe, 0xfe, 0xfe, 0xfe, ...body, sum, CLOSE])
}

/** Two decimal digits in a byte, the lowest pair first. A negative number has the highest bit set. */
export function bcd(value: number, bytes: number, decimals: number): number[] {
  const most = 10 ** (bytes * 2) - 1
  const digits = String(Math.min(most, Math.round(Math.abs(value) * 10 ** decimals))).padStart(bytes * 2, '0')
  const pairs = (digits.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16))
  if (value < 0) pairs[0] = (pairs[0] ?? 0) | 0x80
  return pairs.reverse()
}

/** Digits that are no number: an address, a date. */
export const digitPairs = (digits: string): number[] =>
  (digits.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16)).reverse()
