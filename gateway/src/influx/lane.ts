import type { Clock } from '../ports/clock.ts'
import type { SeqRange, Spool, SpooledFrame } from '../spool/spool.ts'
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
/** Lines made before other work gets its turn; about 5 ms. */
const LINES_PER_TURN = 500
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
        const batch = await options.spool.read(range.from, range.to, frames)
        if (batch.length === 0) options.forwarded(range, { frames: 0, points: 0, bytes: 0 })
        else await send(range, batch)
      } catch (error) {
        options.storeTrouble(error)
        await sleep(STORE_RETRY_MS, 'back-off')
      }
    }
  }

  async function send(range: SeqRange, batch: readonly SpooledFrame[]): Promise<void> {
    oldestAt = batch[0]!.frame.at
    for (let ms = options.holdMs(); ms > 0 && !stopped; ms = options.holdMs()) await sleep(ms, 'back-off')
    const lines = await queue(batch)
    if (stopped) return
    sending = true
    const delivery = await deliver(lines, options.bodyLimit, options.write).finally(() => {
      sending = false
    })
    if (!delivery.ok) {
      if (!stopped) await backOff(delivery.refusal)
      return
    }
    if (delivery.rejected.length > 0) await options.putAside(delivery.rejected)
    const refused = new Set(delivery.rejected.map((line) => line.seq))
    let points = 0
    let bytes = 0
    for (const line of lines) {
      if (refused.has(line.seq)) continue
      points += line.points
      bytes += line.bytes + 1
    }
    // Up to the last frame that came, not to the end of the range: a reader may give less than was asked for.
    const to = batch.at(-1)!.seq
    options.forwarded({ from: range.from, to }, { frames: batch.length - refused.size, points, bytes })
    frames = Math.min(frames * 2, options.mostFrames)
    const recovered = attempt > 0
    attempt = 0
    refusal = undefined
    // No line, no request: nothing was learnt about the server.
    if (lines.length > 0) options.succeeded(recovered)
  }

  async function queue(batch: readonly SpooledFrame[]): Promise<QueuedLine[]> {
    const lines: QueuedLine[] = []
    for (let index = 0; index < batch.length; index++) {
      if (index > 0 && index % LINES_PER_TURN === 0) await new Promise(setImmediate)
      const { seq, series, frame } = batch[index]!
      const line = lineOf(series, frame)
      if (line !== '')
        lines.push({ seq, line, bytes: Buffer.byteLength(line), points: Object.keys(frame.values).length })
    }
    return lines
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
