import { blamesLines, droppedPoints, type WriteRefusal, type WriteResult } from './write-result.ts'

export interface QueuedLine {
  /** Of the frame it came from. */
  readonly seq: number
  readonly line: string
  readonly bytes: number
  /** Values in it. */
  readonly points: number
}

export interface RejectedLine extends QueuedLine {
  readonly reason: string
  readonly status: number
}

/** What became of a batch: the server has every line that is not `rejected`, or nothing is certain and all must be sent again. */
export type Delivery =
  | { readonly ok: true; readonly rejected: readonly RejectedLine[] }
  | { readonly ok: false; readonly refusal: WriteRefusal }

/** The largest request body the server takes, as far as it has shown. Shared by all batches to one server. */
export interface BodyLimit {
  bytes: number
}

/** So many lines refused one by one, for a reason that names no line, and none accepted: then it is not about lines. */
const GIVE_UP_AFTER = 8

/**
 * Sends a batch; when the server refuses it for its lines, halves it until the bad ones stand alone, and goes on with the rest.
 * Halves of an accepted part may be sent twice: a point that comes again overwrites itself.
 */
export async function deliver(
  batch: readonly QueuedLine[],
  limit: BodyLimit,
  write: (lines: readonly string[]) => Promise<WriteResult>,
): Promise<Delivery> {
  const waiting: (readonly QueuedLine[])[] = cutToSize(batch, limit.bytes).reverse()
  const rejected: RejectedLine[] = []
  const unexplained: RejectedLine[] = []
  let refusal: WriteRefusal | undefined
  let accepted = 0
  for (let part = waiting.pop(); part; part = waiting.pop()) {
    const result = await write(part.map((queued) => queued.line))
    if (result.ok) {
      accepted += part.length
      continue
    }
    const { failure, status = 0, message: reason } = result
    if (failure !== 'rejected' && failure !== 'too-large') return { ok: false, refusal: result }
    const allAreBad = part.length === 1 || (failure === 'rejected' && droppedPoints(reason) === part.length)
    if (!allAreBad) {
      if (failure === 'too-large') limit.bytes = Math.min(limit.bytes, Math.ceil(bytesOf(part) / 2))
      const middle = part.length >> 1
      waiting.push(part.slice(middle), part.slice(0, middle))
      continue
    }
    const explained = failure === 'too-large' || blamesLines(result)
    for (const queued of part) (explained ? rejected : unexplained).push({ ...queued, reason, status })
    if (!explained) {
      refusal = result
      if (accepted === 0 && unexplained.length >= GIVE_UP_AFTER) break
    }
  }
  // A request refused as a whole (a proxy, a wrong parameter) must not fill the dead-letter table with good lines.
  if (refusal && accepted === 0) return { ok: false, refusal }
  return { ok: true, rejected: [...rejected, ...unexplained] }
}

/** Cuts where the next line would pass `most` bytes; a line alone may. */
function cutToSize(batch: readonly QueuedLine[], most: number): (readonly QueuedLine[])[] {
  const parts: (readonly QueuedLine[])[] = []
  let start = 0
  let bytes = 0
  for (let index = 0; index < batch.length; index++) {
    const size = batch[index]!.bytes + 1
    if (bytes + size > most && index > start) {
      parts.push(batch.slice(start, index))
      start = index
      bytes = 0
    }
    bytes += size
  }
  if (start < batch.length) parts.push(start === 0 ? batch : batch.slice(start))
  return parts
}

const bytesOf = (lines: readonly QueuedLine[]) => lines.reduce((sum, queued) => sum + queued.bytes + 1, 0)
