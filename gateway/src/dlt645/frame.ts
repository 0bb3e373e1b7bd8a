/** Frames of DL/T 645-2007, §5: what goes over the line between a collector and a meter. Pure; bytes in, bytes out. */

const START = 0x68
const END = 0x16
/** Sent before every frame; some converters eat one, so all four are sent, and any number is accepted. */
const WAKE_UP = Buffer.from([0xfe, 0xfe, 0xfe, 0xfe])
/** Every byte of data travels with this added, so that it is rarely taken for a delimiter (§5.2.6). */
const SHIFT = 0x33
/** Start, address, start, control code, length; then data, checksum, end. */
const HEADER_BYTES = 10
const FRAME_BYTES = HEADER_BYTES + 2
/** Longest data of an answer (§5.2.5). */
const LONGEST_DATA = 200
/** Of a data identifier, at the beginning of the data. */
export const IDENTIFIER_BYTES = 4

/** Functions of the control code that this product uses: it reads, and writes nothing (§7). */
export const FUNCTION = { read: 0x11, readMore: 0x12 } as const

const FROM_METER = 0x80
const ABNORMAL = 0x40
const MORE_FOLLOWS = 0x20
const FUNCTION_BITS = 0x1f

/** One frame as it was understood. */
export interface MeterFrame {
  /** 12 digits, the highest pair first; a pair `AA` is a wildcard. */
  readonly address: string
  /** As on the line: the function with its flags. */
  readonly control: number
  /** Function without the flags: 0x11 read. */
  readonly functionCode: number
  readonly fromMeter: boolean
  /** The meter refused; `data` is its error word. */
  readonly abnormal: boolean
  /** More of this answer is fetched with `readMore`. */
  readonly moreFollows: boolean
  /** Without the shift, in wire order. */
  readonly data: Buffer
}

/** 12 digits, or wildcards AA for pairs of them. What a meter sends may be anything. */
export const isAddress = (text: string): boolean => /^(?:[0-9]{2}|AA){6}$/.test(text)

/** A request, ready for the line. `data` in wire order, without the shift. */
export function requestBytes(address: string, functionCode: number, data: Uint8Array = new Uint8Array()): Buffer {
  if (!isAddress(address)) throw new RangeError(`"${address}" is no address of 12 digits`)
  const body = Buffer.alloc(FRAME_BYTES + data.length)
  body[0] = START
  Buffer.from(address, 'hex').reverse().copy(body, 1)
  body[7] = START
  body[8] = functionCode
  body[9] = data.length
  for (const [i, byte] of data.entries()) body[HEADER_BYTES + i] = (byte + SHIFT) & 0xff
  body[body.length - 2] = checksumOf(body, 0, body.length - 2)
  body[body.length - 1] = END
  return Buffer.concat([WAKE_UP, body])
}

/** A data item as it travels: `02010100` (highest byte first, as printed) lowest byte first. */
export function dataIdentifierBytes(identifier: string): Buffer {
  if (!/^[0-9A-F]{8}$/i.test(identifier)) throw new RangeError(`"${identifier}" is no data identifier of 8 hex digits`)
  return Buffer.from(identifier, 'hex').reverse()
}

/** What was found in received bytes. `needMore`: a frame began and is not complete. `at`: its first byte. `rest`: where to go on looking. */
export type Found =
  | { readonly found: 'frame'; readonly frame: MeterFrame; readonly at: number; readonly rest: number }
  | { readonly found: 'needMore'; readonly rest: number }
  | { readonly found: 'nothing'; readonly rest: number }

/**
 * Looks for the first whole frame. Wake-up bytes, noise and frames with a wrong checksum are passed over: a start byte inside
 * noise never hides the frame behind it.
 */
export function findFrame(bytes: Buffer): Found {
  let needMoreAt = -1
  for (let at = bytes.indexOf(START); at >= 0; at = bytes.indexOf(START, at + 1)) {
    const left = bytes.length - at
    if (left < HEADER_BYTES) {
      if (left < 8 || bytes[at + 7] === START) needMoreAt = needMoreAt < 0 ? at : needMoreAt
      continue
    }
    const dataBytes = bytes[at + 9]!
    if (bytes[at + 7] !== START || dataBytes > LONGEST_DATA) continue
    const length = FRAME_BYTES + dataBytes
    if (left < length) {
      needMoreAt = needMoreAt < 0 ? at : needMoreAt
      continue
    }
    if (bytes[at + length - 1] !== END || checksumOf(bytes, at, at + length - 2) !== bytes[at + length - 2]) continue
    return { found: 'frame', frame: frameOf(bytes.subarray(at, at + length)), at, rest: at + length }
  }
  return needMoreAt < 0 ? { found: 'nothing', rest: bytes.length } : { found: 'needMore', rest: needMoreAt }
}

function frameOf(bytes: Buffer): MeterFrame {
  const control = bytes[8]!
  return {
    address: Buffer.from(bytes.subarray(1, 7)).reverse().toString('hex').toUpperCase(),
    control,
    functionCode: control & FUNCTION_BITS,
    fromMeter: (control & FROM_METER) !== 0,
    abnormal: (control & ABNORMAL) !== 0,
    moreFollows: (control & MORE_FOLLOWS) !== 0,
    data: Buffer.from(bytes.subarray(HEADER_BYTES, bytes.length - 2).map((byte) => (byte - SHIFT) & 0xff)),
  }
}

/** True when the frame answers the question: the meter that was asked, with the same item or a refusal. */
export const isAnswerTo = (
  { address, functionCode, data }: Pick<MeterFrame, 'address' | 'functionCode' | 'data'>,
  frame: MeterFrame,
): boolean =>
  frame.fromMeter &&
  frame.functionCode === functionCode &&
  addressFits(frame.address, address) &&
  (frame.abnormal ? frame.data.length > 0 : beginsAlike(frame.data, data.subarray(0, IDENTIFIER_BYTES)))

const beginsAlike = (data: Buffer, identifier: Buffer) => data.subarray(0, identifier.length).equals(identifier)

/** True when a meter with this address had to answer: pairs of AA stand for any digits. */
const addressFits = (address: string, asked: string): boolean =>
  [...asked].every((digit, i) => digit === 'A' || digit === address[i])

function checksumOf(bytes: Buffer, from: number, to: number): number {
  let sum = 0
  for (let i = from; i < to; i++) sum += bytes[i]!
  return sum & 0xff
}

/** Bits of the error word of an abnormal answer (§7.1.3). */
const REFUSALS = [
  { zh: '其他错误', en: 'other error' },
  { zh: '无请求数据', en: 'no such data' },
  { zh: '密码错或未授权', en: 'wrong password or not authorised' },
  { zh: '通信速率不能更改', en: 'the baud rate cannot be changed' },
  { zh: '年时区数超', en: 'too many year zones' },
  { zh: '日时段数超', en: 'too many day periods' },
  { zh: '费率数超', en: 'too many tariffs' },
] as const

/** Why a meter refused: every reason of its error word. */
export const refusalsOf = (errorWord: number): readonly { readonly zh: string; readonly en: string }[] =>
  REFUSALS.filter((_, bit) => (errorWord >> bit) & 1)

/** The meter does not have this item: it is asked no more. */
export const isUnknownData = (errorWord: number): boolean => (errorWord & 2) !== 0
