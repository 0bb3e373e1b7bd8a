import type { Clock } from '../ports/clock.ts'
import {
  dataIdentifierBytes,
  FUNCTION,
  findFrame,
  IDENTIFIER_BYTES,
  isAddress,
  isAnswerTo,
  type MeterFrame,
  requestBytes,
} from './frame.ts'

/** A line that bytes go over, whatever else speaks on it. One exchange at a time: the caller sees to that. */
export interface ByteLine {
  write(bytes: Uint8Array): void
  /** From now on everything that comes goes to `listener`; undefined: nobody listens. */
  listen(listener: ((bytes: Buffer) => void) | undefined): void
}

export interface ItemQuestion {
  /** 12 digits, the highest pair first; pairs of AA from the high end are wildcards. */
  readonly meter: string
  /** Data identifier as printed: `02010100`. */
  readonly identifier: string
  /** False while an earlier refusal of this meter may still be on its way: refusals do not say what they refuse. */
  readonly trustRefusal?: boolean
  /**
   * For a wildcard that may mean several meters. Listens until the time is over, also when there is an answer, and to what began
   * before its end: more than one answer is `garbled`.
   */
  readonly listenOut?: boolean
}

/** What a meter or the line made of a question. Happens every day, so it is a value and never a throw. */
export type ItemAnswer =
  /** `meter`: who answered. `data`: the item without its identifier, in wire order, all follow-on frames together. */
  | { readonly ok: true; readonly meter: string; readonly data: Buffer }
  /** `garbled`: bytes came that make no sense. Whole frames that answer something else are nothing. */
  | { readonly ok: false; readonly failure: 'timeout' | 'garbled' }
  /** `errorWord` as the meter sent it (§7.1.3). */
  | { readonly ok: false; readonly failure: 'refused'; readonly errorWord: number }

export interface ItemTiming {
  readonly clock: Clock
  /** For every frame of the answer. */
  readonly timeoutMs: number
  /** Aborted when the line is gone: the question then ends as timed out. */
  readonly signal: AbortSignal
}

/** 8 × 200 bytes: no item of a meter is longer. */
const MOST_FRAMES = 8
/** So much came beside whole frames, and then nothing for a while: the rest of a broken frame is not waited for. Meters hardly ever pause. */
const SHORTEST_FRAME = 12
const BROKEN_AFTER_MS = 250
/** Noise without end is not kept. */
const MOST_BYTES = 2048

/** Reads one data item: the question, its answer, and what follows on it (§7.1). Never writes to a meter. */
export async function askItem(line: ByteLine, question: ItemQuestion, timing: ItemTiming): Promise<ItemAnswer> {
  const { meter, identifier, trustRefusal = true, listenOut = false } = question
  const di = dataIdentifierBytes(identifier)
  const ask = (address: string, functionCode: number, data: Buffer, untilOver = false) =>
    exchange(
      line,
      requestBytes(address, functionCode, data),
      (frame) => isAnswerTo({ address, functionCode, data }, frame) && (trustRefusal || !frame.abnormal),
      timing,
      untilOver,
    )
  const parts: Buffer[] = []
  let frame = await ask(meter, FUNCTION.read, di, listenOut)
  for (let sequence = 1; ; sequence++) {
    if (typeof frame === 'string') return { ok: false, failure: frame }
    // A wildcard is answered by any address, also by one under which nobody can be asked.
    if (!isAddress(frame.address)) return { ok: false, failure: 'garbled' }
    if (frame.abnormal) return { ok: false, failure: 'refused', errorWord: frame.data[0]! }
    const more = sequence > 1
    // A follow-on frame ends with its number; one that is out of turn leaves a hole nobody may fill.
    if (more && frame.data.at(-1) !== sequence - 1) return { ok: false, failure: 'garbled' }
    parts.push(frame.data.subarray(IDENTIFIER_BYTES, more ? -1 : undefined))
    const { address } = frame
    if (!frame.moreFollows) return { ok: true, meter: address, data: Buffer.concat(parts) }
    if (sequence === MOST_FRAMES) return { ok: false, failure: 'garbled' }
    frame = await ask(address, FUNCTION.readMore, Buffer.concat([di, Buffer.from([sequence])]))
  }
}

/**
 * Sends a request and waits for the frame that answers it; other frames and noise are passed over.
 * @param listenOut as of the question
 */
export function exchange(
  line: ByteLine,
  request: Uint8Array,
  isAnswer: (frame: MeterFrame) => boolean,
  { clock, timeoutMs, signal }: ItemTiming,
  listenOut = false,
): Promise<MeterFrame | 'timeout' | 'garbled'> {
  return new Promise((resolve) => {
    let bytes: Buffer = Buffer.alloc(0)
    /** Bytes that came beside whole frames. */
    let came = 0
    let answer: MeterFrame | undefined
    let quiet = new AbortController()
    const over = new AbortController()
    const end = (outcome: MeterFrame | 'timeout' | 'garbled') => {
      line.listen(undefined)
      quiet.abort()
      over.abort()
      signal.removeEventListener('abort', giveUp)
      resolve(outcome)
    }
    const giveUp = () => end(answer && came < SHORTEST_FRAME ? answer : came > 0 ? 'garbled' : 'timeout')
    const after = (ms: number, stop: AbortSignal, act = giveUp) =>
      void clock.sleep(ms, stop).then(
        () => !stop.aborted && act(),
        () => {},
      )
    line.listen((chunk) => {
      came += chunk.length
      bytes = Buffer.concat([bytes, chunk])
      for (;;) {
        const found = findFrame(bytes)
        const before = found.found === 'frame' ? came - bytes.length + found.at : 0
        bytes = bytes.subarray(found.rest)
        if (found.found !== 'frame') break
        // Before a frame stand the bytes that wake the line, and a little noise; as many as a frame has were one that broke.
        came = bytes.length + (before < SHORTEST_FRAME ? 0 : before)
        if (!isAnswer(found.frame)) continue
        if (answer) return end('garbled')
        if (!listenOut) return end(found.frame)
        answer = found.frame
      }
      if (bytes.length > MOST_BYTES) bytes = bytes.subarray(-MOST_BYTES)
      quiet.abort()
      quiet = new AbortController()
      if (came >= SHORTEST_FRAME) after(BROKEN_AFTER_MS, quiet.signal)
    })
    if (signal.aborted) return end('timeout')
    signal.addEventListener('abort', giveUp, { once: true })
    after(timeoutMs, over.signal, () => (listenOut && came > 0 ? after(BROKEN_AFTER_MS, over.signal) : giveUp()))
    line.write(request)
  })
}
