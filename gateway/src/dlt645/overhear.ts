import { FUNCTION, findFrame, IDENTIFIER_BYTES, isAnswerTo, type MeterFrame, refusalsOf } from './frame.ts'

/** One question on a line and what came on it, as a bystander reads the bytes. */
export interface Overheard {
  /** As asked: pairs of AA are wildcards. */
  readonly meter: string
  /** Control word as on the line: 0x11 read, 0x12 read on. */
  readonly control: number
  /** Data identifier as printed; absent for a question that names none. */
  readonly identifier?: string
  /** Which follow-on frame was asked for, from 1; 0 for the first. */
  readonly sequence: number
  /** Absent when nothing came that answers the question. */
  readonly answer?: OverheardAnswer
}

export type OverheardAnswer = {
  /** Who answered. */
  readonly meter: string
  readonly control: number
} & (
  | {
      readonly ok: true
      /** Of the item, in wire order, without identifier and number of the frame. */
      readonly data: Buffer
      readonly moreFollows: boolean
    }
  | { readonly ok: false; readonly errorWord: number; readonly reasons: readonly Words[] }
)

interface Words {
  readonly zh: string
  readonly en: string
}

/** Undefined when what was sent is no question of DL/T 645. Never throws. */
export function overhear(sent: Buffer, received: Buffer): Overheard | undefined {
  const found = findFrame(sent)
  if (found.found !== 'frame' || found.rest !== sent.length || found.frame.fromMeter) return undefined
  const { address, control, functionCode, data } = found.frame
  const sequence = functionCode === FUNCTION.readMore ? (data[IDENTIFIER_BYTES] ?? 0) : 0
  const frame = framesIn(received).find((one) => isAnswerTo(found.frame, one))
  const answer = frame && answerOf(frame, Math.min(data.length, IDENTIFIER_BYTES), sequence)
  return {
    ...{ meter: address, control, sequence },
    ...(data.length >= IDENTIFIER_BYTES && { identifier: printed(data.subarray(0, IDENTIFIER_BYTES)) }),
    ...(answer && { answer }),
  }
}

const printed = (identifier: Buffer) => Buffer.from(identifier).reverse().toString('hex').toUpperCase()

function framesIn(bytes: Buffer): MeterFrame[] {
  const frames: MeterFrame[] = []
  for (let found = findFrame(bytes); found.found === 'frame'; found = findFrame(bytes)) {
    frames.push(found.frame)
    bytes = bytes.subarray(found.rest)
  }
  return frames
}

/** A follow-on frame ends with its number; one that is out of turn is no answer. */
function answerOf(frame: MeterFrame, from: number, sequence: number): OverheardAnswer | undefined {
  const { address, control, abnormal, moreFollows, data } = frame
  const who = { meter: address, control }
  if (abnormal) return { ...who, ok: false, errorWord: data[0]!, reasons: refusalsOf(data[0]!) }
  if (sequence > 0 && data.at(-1) !== sequence) return undefined
  return { ...who, ok: true, data: data.subarray(from, sequence > 0 ? -1 : undefined), moreFollows }
}
