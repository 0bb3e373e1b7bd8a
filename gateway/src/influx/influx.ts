import type { InfluxSettings } from '../config/hall-schema.ts'
import { HallwattError } from '../domain/errors.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import type { Spool } from '../spool/spool.ts'
import { type Cursor, loadCursor } from './cursor.ts'
import type { BodyLimit, RejectedLine } from './deliver.ts'
import { backlogForwarded, framesBehind, liveForwarded, openGap } from './forward-state.ts'
import { createInfluxWriter } from './influx-writer.ts'
import { createLane, type Lane, type LaneOptions } from './lane.ts'
import { createOutage, type LaneName } from './outage.ts'
import type { WriteFailure, WriteRefusal } from './write-result.ts'

/** Sends every frame of the spool to InfluxDB, at least once, live before backlog. The spool is the only queue and the only retry. */
export interface InfluxForwarder {
  /** Loads the cursor and begins. Rejects when the store cannot be read. */
  start(): Promise<void>
  state(): 'stopped' | 'idle' | 'sending' | 'backing-off'
  stats(): InfluxStats
  /** Lets a request under way end (2 s), saves the cursor. What was not sent stays in the spool. */
  close(): Promise<void>
}

export interface InfluxStats {
  /** Frames, values and bytes (of line protocol, before gzip) the server acknowledged since the start. */
  readonly sentFrames: number
  readonly sentPoints: number
  readonly sentBytes: number
  readonly sentBatches: number
  /** Requests that failed since the start, by class. */
  readonly failures: Readonly<Record<WriteFailure, number>>
  /** Lines put into the dead-letter table since the start. */
  readonly deadLetters: number
  readonly cursorSaveFailures: number
  /** Frames not yet forwarded (upper bound: evicted ones count until they are passed), and the backlog's part of them. */
  readonly lagFrames: number
  readonly backlogFrames: number
  readonly gaps: number
  /** Age of the oldest frame not yet forwarded, by its own stamp; 0 when there is none. */
  readonly lagSeconds: number
  /** 1 while the server is not taking anything and the next try waits. */
  readonly backingOff: number
}

export interface ForwarderTuning {
  /** A lag above this becomes backlog, and live goes on from now. 2,000 frames: a minute of a large hall. */
  readonly mostLiveLagFrames: number
  readonly liveBatchFrames: number
  /** Gathering makes one request of what comes within it. */
  readonly liveLingerMs: number
}

const TUNING: ForwarderTuning = { mostLiveLagFrames: 2000, liveBatchFrames: 1000, liveLingerMs: 200 }
const CLOSE_WITHIN_MS = 2000
/** Dead letters are told once an hour, with their number. */
const TELL_DEAD_LETTERS_EVERY_MS = 3_600_000
const DEAD_LETTERS_AT_ONCE = 500

export function createInfluxForwarder(options: {
  readonly settings: InfluxSettings
  /** API token, or `user:password` for InfluxDB 1.x. */
  readonly token?: string
  readonly spool: Pick<Spool, 'read' | 'head' | 'onAppend' | 'forwarding' | 'deadLetter'>
  readonly clock: Clock
  readonly log: Log
  readonly random: () => number
  readonly tuning?: Partial<ForwarderTuning>
}): InfluxForwarder {
  const { settings, token, spool, clock, log } = options
  const tuning = { ...TUNING, ...options.tuning }
  const host = new URL(settings.url).host
  const writer = createInfluxWriter({ settings, clock, ...(token === undefined ? {} : { token }) })
  const bodyLimit: BodyLimit = { bytes: Number.POSITIVE_INFINITY }
  const counts = { frames: 0, points: 0, bytes: 0, batches: 0, deadLetters: 0 }
  const failures = noFailures()
  let cursor: Cursor | undefined
  let running: Promise<unknown> | undefined
  let stopListening = () => {}
  let holdUntilMs = Number.NEGATIVE_INFINITY
  let deadLettersToldAt = Number.NEGATIVE_INFINITY
  let deadLettersUntold = 0
  let storeTroubled = false
  const behind = () => (cursor ? framesBehind(cursor.state(), spool.head()) : 0)
  const outage = createOutage({ log, clock, host, framesBehind: behind })

  async function write(lines: readonly string[]) {
    const result = await writer.write(lines)
    if (result.ok) counts.batches++
    else failures[result.failure]++
    return result
  }

  async function putAside(rejected: readonly RejectedLine[]): Promise<void> {
    // Together they share a commit; all at once might be more than may wait for the disk.
    for (let start = 0; start < rejected.length; start += DEAD_LETTERS_AT_ONCE) {
      const some = rejected.slice(start, start + DEAD_LETTERS_AT_ONCE)
      await Promise.all(some.map(({ seq, line, reason, status }) => spool.deadLetter(seq, line, `${status} ${reason}`)))
    }
    counts.deadLetters += rejected.length
    deadLettersUntold += rejected.length
    if (clock.monotonicMs() - deadLettersToldAt < TELL_DEAD_LETTERS_EVERY_MS) return
    deadLettersToldAt = clock.monotonicMs()
    log.warn(
      { code: 'HW_INFLUX_LINE_REJECTED', host, lines: deadLettersUntold, reason: rejected[0]!.reason.slice(0, 200) },
      'InfluxDB refuses some lines for good; they are kept in the dead-letter table',
    )
    deadLettersUntold = 0
  }

  function lane(name: LaneName, own: Pick<LaneOptions, 'mostFrames' | 'lingerMs' | 'next'>): Lane {
    return createLane({
      ...own,
      name,
      spool,
      clock,
      random: options.random,
      bodyLimit,
      write,
      putAside,
      holdMs: () => holdUntilMs - clock.monotonicMs(),
      forwarded: (range, sent) => {
        storeTroubled = false
        const state = cursor!.state()
        cursor!.change(name === 'live' ? liveForwarded(state, range.to) : backlogForwarded(state, range))
        counts.frames += sent.frames
        counts.points += sent.points
        counts.bytes += sent.bytes
      },
      failed: (refusal) => {
        outage.failed(name, refusal)
        // Who says when to come again says it to both lanes.
        if (refusal.retryAfterMs > 0) holdUntilMs = Math.max(holdUntilMs, clock.monotonicMs() + refusal.retryAfterMs)
      },
      succeeded: (recovered) => {
        outage.succeeded(name)
        if (recovered) for (const other of lanes) if (other.name !== name && isDown(other.refusal())) other.retryNow()
      },
      storeTrouble: (error) => {
        if (storeTroubled) return
        storeTroubled = true
        const code = error instanceof HallwattError ? error.code : 'HW_STORE_IO'
        log.error({ code, error: String(error) }, 'The spool cannot be read for InfluxDB; trying again every second')
      },
    })
  }

  const live = lane('live', {
    mostFrames: Math.min(tuning.liveBatchFrames, settings.batchLines),
    lingerMs: tuning.liveLingerMs,
    next: () => {
      const head = spool.head()
      if (head - cursor!.state().live > tuning.mostLiveLagFrames) {
        cursor!.change(openGap(cursor!.state(), head))
        outage.handOver()
        backlog.wake()
      }
      const from = cursor!.state().live + 1
      return from <= head ? { from, to: head } : undefined
    },
  })
  const backlog = lane('backlog', {
    mostFrames: settings.batchLines,
    lingerMs: 0,
    next: () => cursor!.state().gaps[0],
  })
  const lanes = [live, backlog]

  return {
    start: async () => {
      cursor = await loadCursor(spool.forwarding, spool.head(), log)
      stopListening = spool.onAppend(() => live.wake())
      running = Promise.all(lanes.map((one) => one.run()))
    },
    state: () => {
      if (!running) return 'stopped'
      if (outage.lasts()) return 'backing-off'
      return lanes.some((one) => one.sending()) ? 'sending' : 'idle'
    },
    stats: () => {
      const state = cursor?.state()
      const stamps = lanes.map((one) => one.oldestAt()).filter((at) => at !== undefined)
      const lagFrames = behind()
      return {
        sentFrames: counts.frames,
        sentPoints: counts.points,
        sentBytes: counts.bytes,
        sentBatches: counts.batches,
        failures: { ...failures },
        deadLetters: counts.deadLetters,
        cursorSaveFailures: cursor?.saveFailures() ?? 0,
        lagFrames,
        backlogFrames: state ? framesBehind(state, state.live) : 0,
        gaps: state?.gaps.length ?? 0,
        lagSeconds: lagFrames > 0 && stamps.length > 0 ? Math.max(0, (clock.wallMs() - Math.min(...stamps)) / 1000) : 0,
        backingOff: running && outage.lasts() ? 1 : 0,
      }
    },
    close: async () => {
      stopListening()
      for (const one of lanes) one.stop()
      const ended = new AbortController()
      const cut = clock.sleep(CLOSE_WITHIN_MS, ended.signal).then(writer.close, () => {})
      await running
      ended.abort()
      await cut
      writer.close()
      await cursor?.flush()
      running = undefined
    },
  }
}

const isDown = (refusal: WriteRefusal | undefined) =>
  refusal?.failure === 'unreachable' || refusal?.failure === 'timeout' || refusal?.failure === 'server-error'

const noFailures = (): Record<WriteFailure, number> => ({
  unreachable: 0,
  timeout: 0,
  unauthorized: 0,
  'not-found': 0,
  'too-large': 0,
  rejected: 0,
  busy: 0,
  'server-error': 0,
  unexpected: 0,
})
