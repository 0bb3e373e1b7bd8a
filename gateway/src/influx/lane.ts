import type { Clock } from '../ports/clock.ts'
import type { SeqRange, Spool } from '../spool/spool.ts'
import { type BodyLimit, deliver, type QueuedLine, type RejectedLine } from './deliver.ts'
import { lineOf } from './line-protocol.ts'
import type { LaneName } from './outage.ts'
import { retryDelayMs } from './retry-delay.ts'
import type { WriteRefusal, WriteResult } from './write-result.ts'

/** Sends one stream of frames, oldest first, one batch at a time, until stopped. */
export interface Lane {
  readonly name: LaneName
  /** Runs until `stop`; never rejects. */
  run(): Promise<void>
  /** There may be something to send. */
  wake(): void
  /** Ends a back-off early: the server was seen alive. */
  retryNow(): void
  stop(): void
  sending(): boolean
  /** Set while it backs off. */
  refusal(): WriteRefusal | undefined
  /** Stamp of the oldest frame it has not yet forwarded, Unix ms; undefined when there is none. */
  oldestAt(): number | undefined
}

export interface LaneOptions {
  readonly name: LaneName
  readonly spool: Pick<Spool, 'read'>
  readonly clock: Clock
  readonly random: () => number
  readonly bodyLimit: BodyLimit
  readonly mostFrames: number
  /** How long a lane that slept gathers before it sends. */
  readonly lingerMs: number
  write(lines: readonly string[]): Promise<WriteResult>
  /** What to send next; undefined when there is nothing. */
  next(): SeqRange | undefined
  /** Puts refused lines aside for good; the batch is not done before. */
  putAside(rejected: readonly RejectedLine[]): Promise<void>
  /** The server has these frames. */
  forwarded(range: SeqRange, sent: { frames: number; points: number; bytes: number }): void
  /** Milliseconds until the server wants to hear from us again; 0 = now. */
  holdMs(): number
  failed(refusal: WriteRefusal): void
  /** After a delivered batch; `recovered` when the one before had failed. */
  succeeded(recovered: boolean): void
  storeTrouble(error: unknown): void
}

/** Below this a batch that times out is not made smaller: then it is not the size. */
const FEWEST_FRAMES = 100
/** Frames read from the spool at once; larger pages hold up the event loop. */
const PAGE_FRAMES = 500
const STORE_RETRY_MS = 1000

export function createLane(options: LaneOptions): Lane {
  const { clock } = options
  let stopped = false
  let woken = false
  let sending = false
  let attempt = 0
  let refusal: WriteRefusal | undefined
  let oldestAt: number | undefined
  let frames = options.mostFrames
  let pause: { end(): void; reason: 'idle' | 'back-off' } | undefined

  async function run(): Promise<void> {
    while (!stopped) {
      const range = options.next()
      if (!range) {
        oldestAt = undefined
        refusal = undefined
        await idle()
        continue
      }
      try {
        await send(range)
      } catch (error) {
        options.storeTrouble(error)
        await sleep(STORE_RETRY_MS, 'back-off')
      }
    }
  }

  async function send(range: SeqRange): Promise<void> {
    for (let ms = options.holdMs(); ms > 0 && !stopped; ms = options.holdMs()) await sleep(ms, 'back-off')
    const batch = await collect(range)
    if (stopped) return
    sending = true
    const delivery = await deliver(batch.lines, options.bodyLimit, options.write).finally(() => {
      sending = false
    })
    if (!delivery.ok) {
      if (!stopped) await backOff(delivery.refusal)
      return
    }
    if (delivery.rejected.length > 0) await options.putAside(delivery.rejected)
    const refused = new Set(delivery.rejected.map((line) => line.seq))
    const sent = { frames: batch.frames - refused.size, points: 0, bytes: 0 }
    for (const line of batch.lines) {
      if (refused.has(line.seq)) continue
      sent.points += line.points
      sent.bytes += line.bytes + 1
    }
    options.forwarded({ from: range.from, to: batch.to }, sent)
    frames = Math.min(frames * 2, options.mostFrames)
    const recovered = attempt > 0
    attempt = 0
    refusal = undefined
    // No line, no request: nothing was learnt about the server.
    if (batch.lines.length > 0) options.succeeded(recovered)
  }

  /** Reads in pages, so that other work gets its turn in between. `to` is how far the range was read; its end when no more is there. */
  async function collect(range: SeqRange): Promise<{ lines: QueuedLine[]; frames: number; to: number }> {
    const lines: QueuedLine[] = []
    let read = 0
    let to = range.from - 1
    while (read < frames && to < range.to && !stopped) {
      const page = await options.spool.read(to + 1, range.to, Math.min(PAGE_FRAMES, frames - read))
      if (page.length === 0) return { lines, frames: read, to: range.to }
      if (read === 0) oldestAt = page[0]!.frame.at
      for (const { seq, series, frame } of page) {
        const line = lineOf(series, frame)
        const points = Object.keys(frame.values).length
        if (line !== '') lines.push({ seq, line, bytes: Buffer.byteLength(line), points })
      }
      read += page.length
      to = page.at(-1)!.seq
    }
    return { lines, frames: read, to }
  }

  async function backOff(latest: WriteRefusal): Promise<void> {
    refusal = latest
    attempt++
    if (latest.failure === 'timeout') frames = Math.max(frames >> 1, Math.min(FEWEST_FRAMES, options.mostFrames))
    options.failed(latest)
    await sleep(Math.max(latest.retryAfterMs, retryDelayMs(attempt, options.random())), 'back-off')
  }

  async function idle(): Promise<void> {
    if (!woken && !stopped) {
      await new Promise<void>((end) => {
        pause = { end, reason: 'idle' }
      })
      pause = undefined
    }
    woken = false
    if (options.lingerMs > 0 && !stopped) await sleep(options.lingerMs, 'back-off')
  }

  async function sleep(ms: number, reason: 'idle' | 'back-off'): Promise<void> {
    if (stopped) return
    const ended = new AbortController()
    pause = { end: () => ended.abort(), reason }
    await clock.sleep(ms, ended.signal).catch(() => {})
    pause = undefined
  }

  return {
    name: options.name,
    run,
    wake: () => {
      woken = true
      if (pause?.reason === 'idle') pause.end()
    },
    retryNow: () => {
      if (pause?.reason === 'back-off') pause.end()
    },
    stop: () => {
      stopped = true
      pause?.end()
    },
    sending: () => sending,
    refusal: () => refusal,
    oldestAt: () => oldestAt,
  }
}
