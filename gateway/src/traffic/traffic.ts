import { createWriteStream, type WriteStream } from 'node:fs'
import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { ActResult } from '../domain/act-result.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import { createExchanges, type Exchange, type LineKind } from './exchange.ts'
import type { Overhear } from './item-answers.ts'
import { saidOfItem } from './item-said.ts'
import { saidOf, understand } from './modbus-frames.ts'
import { exchangeLine, headLine, messageLine, type RecordingHead } from './recording.ts'

export type { LineKind } from './exchange.ts'
export type { RecordingHead } from './recording.ts'

/** Exchanges kept per line while somebody looks; the oldest go. */
const KEPT = 200
/** Nobody asked for so long: nothing is kept any more. */
const LOOKED_AT_MS = 30_000
const MAX_RECORDING_BYTES = 64 * 1024 * 1024
/** The disk is slow: what does not fit is not recorded, and counted. */
const MAX_WAITING_BYTES = 1024 * 1024
/** One more, and the oldest on disk goes. */
const MAX_RECORDINGS = 10
const FILE = /^[a-z0-9-]+\.ndjson$/

export interface TrafficView {
  readonly seq: number
  readonly at: number
  readonly ms?: number
  /** Hexadecimal, two digits a byte. */
  readonly sent: string
  readonly received: string
  readonly said: { readonly zh: string; readonly en: string }
}

export interface RecordingState {
  /** Name of the file. */
  readonly file: string
  readonly of: RecordingHead['of']
  readonly name: string
  readonly startedAt: number
  readonly bytes: number
  /** Unix ms at which it ends by itself; absent once it has. */
  readonly until?: number
  readonly dropped?: number
}

export interface TrafficParts {
  /** Where recordings lie. */
  readonly folder: string
  /** What stands in the head of a recording; undefined for a link or device the hall does not have. */
  readonly headOf: (
    target: { link: string } | { device: string },
  ) => Omit<RecordingHead, 'format' | 'startedAt'> | undefined
  readonly overhear: Overhear
  readonly clock: Clock
  readonly log: Log
}

interface Writing {
  readonly file: string
  readonly head: RecordingHead
  readonly stream: WriteStream
  readonly untilMs: number
  readonly until: number
  bytes: number
  dropped: number
}

interface Line {
  readonly exchanges: ReturnType<typeof createExchanges>
  readonly kept: Exchange[]
  lookedAtMs: number
}

/** Raw traffic: looked at live, and recorded for a new profile to be tried on it. Costs nothing while nobody does either. */
export function createTraffic({ folder, headOf, overhear, clock, log }: TrafficParts) {
  const lines = new Map<string, Line>()
  const writings = new Map<string, Writing>()
  const total = { recordedExchanges: 0, droppedExchanges: 0 }
  const isLooked = ({ lookedAtMs }: Line) => clock.monotonicMs() - lookedAtMs < LOOKED_AT_MS
  const keyOf = (target: { link: string } | { device: string }) =>
    'link' in target ? `link ${target.link}` : `device ${target.device}`

  function lineOf(link: string): Line {
    const known = lines.get(link)
    if (known) return known
    const kept: Exchange[] = []
    const exchanges = createExchanges((exchange) => {
      kept.push(exchange)
      if (kept.length > KEPT) kept.shift()
      const writing = writings.get(keyOf({ link }))
      if (writing) write(writing, keyOf({ link }), exchangeLine(exchange))
    })
    const line = { exchanges, kept, lookedAtMs: Number.NEGATIVE_INFINITY }
    lines.set(link, line)
    return line
  }

  /** The line, when somebody wants to know what is on it. */
  const heard = (link: string): Line | undefined => {
    const line = lines.get(link)
    return line && (isLooked(line) || writings.has(keyOf({ link }))) ? line : undefined
  }

  function write(writing: Writing, key: string, text: string): void {
    if (clock.monotonicMs() >= writing.untilMs || writing.bytes + text.length > MAX_RECORDING_BYTES) {
      end(key)
      return
    }
    if (writing.stream.writableLength > MAX_WAITING_BYTES) {
      writing.dropped += 1
      total.droppedExchanges += 1
      return
    }
    writing.bytes += text.length
    total.recordedExchanges += 1
    writing.stream.write(text)
  }

  function end(key: string): void {
    const writing = writings.get(key)
    writings.delete(key)
    writing?.stream.end()
  }

  async function onDisk(): Promise<RecordingState[]> {
    const files = (await readdir(folder).catch(() => [])).filter((file) => FILE.test(file))
    const states = await Promise.all(
      files.map(async (file) => {
        const { size, birthtimeMs } = await stat(join(folder, file))
        const [, of = 'serial', name = '', startedAt = ''] =
          /^(modbus-tcp|serial|mqtt)-(.+)-(\d+)\.ndjson$/.exec(file) ?? []
        return { file, of: of as RecordingHead['of'], name, startedAt: Number(startedAt) || birthtimeMs, bytes: size }
      }),
    )
    return states.sort((a, b) => b.startedAt - a.startedAt)
  }

  return {
    sent(link: string, bytes: Buffer): void {
      heard(link)?.exchanges.sent(bytes, clock.wallMs(), clock.monotonicMs())
    },
    received(link: string, bytes: Buffer): void {
      heard(link)?.exchanges.received(bytes, clock.monotonicMs())
    },
    /** An MQTT message of a device, recorded when that is asked for. */
    message(device: string, topic: string, payload: Buffer): void {
      const key = keyOf({ device })
      const writing = writings.get(key)
      if (writing) write(writing, key, messageLine({ at: clock.wallMs(), topic, payload }))
    },
    /** Asked for every message: nearly always nobody records. */
    recordsMessages: () => writings.size > 0 && [...writings.values()].some(({ head }) => head.of === 'mqtt'),
    isRecording: (target: { link: string } | { device: string }) => writings.has(keyOf(target)),
    /** Exchanges after `after`, oldest first. Listening begins with the first look and ends 30 s after the last. */
    look(link: string, kind: LineKind, after: number): readonly TrafficView[] {
      const line = lineOf(link)
      if (!isLooked(line)) line.kept.length = 0
      line.lookedAtMs = clock.monotonicMs()
      return line.kept.filter(({ seq }) => seq > after).map((exchange) => viewOf(kind, exchange, overhear))
    },
    async record(target: { link: string } | { device: string }, minutes: number): Promise<ActResult<RecordingState>> {
      const about = headOf(target)
      if (!about)
        return {
          ok: false,
          code: 'HW_LINK_UNKNOWN',
          message: `没有可录制的线路或设备 · The hall has no ${keyOf(target)} that can be recorded: lines, and devices that send by MQTT, can.`,
        }
      const key = keyOf(target)
      end(key)
      const startedAt = clock.wallMs()
      const file = `${about.of}-${about.name}-${startedAt}.ndjson`
      try {
        await mkdir(folder, { recursive: true })
        for (const { file: old } of (await onDisk()).slice(MAX_RECORDINGS - 1))
          await rm(join(folder, old), { force: true })
      } catch (error) {
        return { ok: false, code: 'HW_STORE_IO', message: `不能写入录制文件 · ${(error as Error).message}` }
      }
      const head: RecordingHead = { format: 1, startedAt, ...about }
      const stream = createWriteStream(join(folder, file), { mode: 0o600 })
      stream.on('error', (error) => {
        log.warn({ code: 'HW_STORE_IO', file, error: String(error) }, 'a recording of raw traffic could not be written')
        end(key)
      })
      stream.write(headLine(head))
      const ms = minutes * 60_000
      const writing = {
        file,
        head,
        stream,
        untilMs: clock.monotonicMs() + ms,
        until: startedAt + ms,
        bytes: 0,
        dropped: 0,
      }
      writings.set(key, writing)
      if ('link' in target) lineOf(target.link)
      return { ok: true, value: stateOf(writing) }
    },
    stop(target: { link: string } | { device: string }): void {
      if ('link' in target) lines.get(target.link)?.exchanges.end()
      end(keyOf(target))
    },
    /** Those under way and those on disk, newest first. */
    async recordings(): Promise<readonly RecordingState[]> {
      for (const [key, { untilMs }] of writings) if (clock.monotonicMs() >= untilMs) end(key)
      const underWay = [...writings.values()].map(stateOf)
      const files = new Set(underWay.map(({ file }) => file))
      return [...underWay, ...(await onDisk()).filter(({ file }) => !files.has(file))]
    },
    /** Where a recording lies; undefined for a name that is none. */
    async pathOf(file: string): Promise<string | undefined> {
      return FILE.test(file) && (await onDisk()).some((one) => one.file === file) ? join(folder, file) : undefined
    },
    stats: () => ({ ...total, recordingsUnderWay: writings.size }),
    async close(): Promise<void> {
      const streams = [...writings.values()].map(({ stream }) => stream)
      for (const { exchanges } of lines.values()) exchanges.end()
      for (const key of [...writings.keys()]) end(key)
      await Promise.all(streams.map((stream) => new Promise<void>((resolve) => stream.once('close', resolve))))
    },
  }
}
export type Traffic = ReturnType<typeof createTraffic>

const stateOf = ({ file, head, bytes, until, dropped }: Writing): RecordingState => ({
  ...{ file, of: head.of, name: head.name, startedAt: head.startedAt, bytes, until },
  ...(dropped > 0 && { dropped }),
})

const viewOf = (kind: LineKind, exchange: Exchange, overhear: Overhear): TrafficView => ({
  ...{ seq: exchange.seq, at: exchange.at },
  ...(exchange.ms !== undefined && { ms: exchange.ms }),
  ...{ sent: exchange.sent.toString('hex'), received: exchange.received.toString('hex') },
  said: said(kind, exchange, overhear),
})

/** One line a person reads beside the bytes; a serial line has meters of DL/T 645 beside Modbus units. */
function said(kind: LineKind, exchange: Exchange, overhear: Overhear): TrafficView['said'] {
  const item = kind === 'serial' ? overhear(exchange.sent, exchange.received) : undefined
  return item ? saidOfItem(item, exchange.ms) : saidOf(understand(kind, exchange), exchange.ms)
}
