import { addressed, type WordsAt } from '../config/addressed.ts'
import type { ReadResult } from '../modbus/modbus.ts'
import type { Clock } from '../ports/clock.ts'
import { ITEM_HEADER, itemAddress } from '../profiles/item-words.ts'
import type { Profile } from '../profiles/profile-schema.ts'
import { type SunSpecMap, walkSunSpec } from '../profiles/sunspec-walk.ts'
import type { Line, SerialSettings } from './line.ts'
import { searchMeters } from './meter-search.ts'
import { type Suggestion, suggestProfiles } from './suggest.ts'

export interface ScanOrder {
  readonly unitIds: { readonly from: number; readonly to: number }
  readonly budgetMs: number
  readonly timeoutMs: number
  readonly identify: boolean
  /** Undefined: as the line is. */
  readonly settings: readonly (SerialSettings | undefined)[]
}

export interface Found {
  readonly unitId: number
  readonly settings: SerialSettings | undefined
  readonly answer: 'words' | 'exception'
  readonly exceptionCode?: number
  readonly latencyMs: number
  readonly device: string | null
  identification: Readonly<Record<string, string>> | null
  sunspec: SunSpecMap | null
  suggestions: readonly Suggestion[]
}

/** A DL/T 645 meter that answered. */
export interface FoundMeter {
  readonly address: string
  readonly settings: SerialSettings | undefined
  readonly latencyMs: number
  readonly device: string | null
  suggestions: readonly Suggestion[]
}

export interface ScanProgress {
  asked: number
  total: number
  settings: SerialSettings | undefined
  readonly found: Found[]
  readonly meters: FoundMeter[]
  readonly skipped: { readonly unitId: number; readonly device: string }[]
  readonly notes: { readonly zh: string; readonly en: string }[]
}

export type ScanEnd = 'done' | 'out-of-time' | 'cancelled' | 'failed'

/** On a line that others are read over, a scan takes at most a quarter of the time. */
const PAUSES_PER_REQUEST = 3
/** Until an answer begins. At 2400 Bd the question takes 90 ms of it; few meters think longer than the rest, though the standard allows 500. */
const METER_TIMEOUT_MS = 500
/** Question and answer at 1200 Bd, of a meter that is known to be there. */
const KNOWN_METER_TIMEOUT_MS = 1200
const METER_PAUSE_MS = 30
/** Imported energy: what every meter has. */
const ENERGY: WordsAt = { table: 'item', address: itemAddress('00010000'), count: ITEM_HEADER + 4 }
/** So many requests without a connection, and there is none. */
const LOST_IN_A_ROW = 3
/** A gateway in between says that nobody is there (V1.1b3 §7). */
const NOBODY = [10, 11]
const OBJECTS = ['vendor', 'productCode', 'revision', 'address', 'productName', 'modelName', 'application']
const MOST_QUESTIONS = 120

class Over extends Error {
  readonly end: ScanEnd
  constructor(end: ScanEnd) {
    super(end)
    this.end = end
  }
}

/**
 * Asks every unit id on a line, one request at a time, until it is through, told to stop or out of time. What was found by then
 * stays in `progress`. A unit id that is a device of the hall on this line is not asked.
 */
export async function runScan(
  order: ScanOrder,
  progress: ScanProgress,
  parts: {
    readonly openLine: (settings: SerialSettings | undefined) => Promise<Line>
    readonly profiles: readonly { readonly id: string; readonly profile: Profile }[]
    readonly clock: Clock
    readonly signal: AbortSignal
    readonly onProgress: () => void
  },
): Promise<ScanEnd> {
  const { clock, signal, onProgress } = parts
  const units = parts.profiles.filter(({ profile }) => profile.modbus)
  const endsAtMs = clock.monotonicMs() + order.budgetMs
  let lost = 0

  /** One request, paid for: neighbours on the line get three times as long before the next. */
  async function paid<Result extends { ok: boolean } | ReadResult>(
    line: Line,
    use: () => Promise<Result>,
  ): Promise<Result> {
    if (signal.aborted) throw new Over('cancelled')
    const start = clock.monotonicMs()
    if (start >= endsAtMs) throw new Over('out-of-time')
    const result = await use()
    const tookMs = clock.monotonicMs() - start
    lost = !result.ok && 'failure' in result && result.failure === 'connection-lost' ? lost + 1 : 0
    if (lost >= LOST_IN_A_ROW) throw new Over('failed')
    if (line.shared) await clock.sleep(Math.max(10, tookMs * PAUSES_PER_REQUEST), signal).catch(() => {})
    return result
  }

  async function askUnit(line: Line, unitId: number, table: 'holding' | 'input', settings: SerialSettings | undefined) {
    const start = clock.monotonicMs()
    const result = await paid(line, () => line.read({ unitId, table, address: 0, count: 1 }, order.timeoutMs))
    progress.asked++
    if (!result.ok && result.failure === 'garbled')
      note(progress, {
        zh: `单元号 ${unitId} 有应答但读不懂：波特率、校验位或重复地址`,
        en: `Unit ${unitId}: bytes that make no sense: speed, parity, or two devices with one id`,
      })
    const exception = !result.ok && result.failure === 'exception' ? result.exceptionCode : undefined
    if (!result.ok && (exception === undefined || NOBODY.includes(exception))) return false
    progress.found.push({
      unitId,
      settings,
      answer: result.ok ? 'words' : 'exception',
      ...(exception !== undefined && { exceptionCode: exception }),
      latencyMs: Math.round((result.ok ? result.elapsedMs : clock.monotonicMs() - start) * 10) / 10,
      device: line.devices.get(unitId) ?? null,
      identification: null,
      sunspec: null,
      suggestions: [],
    })
    return true
  }

  async function identify(line: Line, found: Found): Promise<void> {
    const { unitId } = found
    // A device that answered may take its time for what it is rarely asked.
    const timeoutMs = Math.max(order.timeoutMs, 500)
    const answer = line.identify && (await paid(line, () => line.identify?.(unitId, timeoutMs) ?? nobody()))
    if (answer?.ok && 'objects' in answer)
      found.identification = Object.fromEntries(
        [...answer.objects].map(([id, text]) => [OBJECTS[id] ?? `object${id}`, text.slice(0, 120)]),
      )
    const known = new Map<string, ReadResult>()
    const ask = async (request: WordsAt) => {
      const key = `${request.table} ${request.address} ${request.count}`
      const before = known.get(key)
      if (before) return before
      if (known.size >= MOST_QUESTIONS) return undefined
      const result = await paid(line, () => line.read(addressed({ unitId }, request), timeoutMs))
      known.set(key, result)
      return result
    }
    found.sunspec = await sunspecOf(ask)
    onProgress()
    const says = Object.values(found.identification ?? {}).join(' ')
    found.suggestions = await suggestProfiles(units, says, ask, found.sunspec)
    onProgress()
  }

  /** Meters of DL/T 645 answer a wildcard, so one question tells whether there are any. */
  async function findMeters(line: Line, settings: SerialSettings | undefined): Promise<void> {
    const { meters } = line
    if (!meters) return
    const read = async (meter: string, { address, count }: WordsAt, listenOut = false) => {
      // A slow half-duplex meter is still letting go of the line when its answer is there.
      await clock.sleep(METER_PAUSE_MS, signal).catch(() => {})
      const timeoutMs = Math.max(order.timeoutMs, listenOut ? METER_TIMEOUT_MS : KNOWN_METER_TIMEOUT_MS)
      return paid(line, () => line.read({ meter, table: 'item', address, count, listenOut }, timeoutMs))
    }
    const before = progress.meters.length
    await searchMeters(
      (meter, listenOut) => {
        progress.asked++
        onProgress()
        return read(meter, ENERGY, listenOut)
      },
      ({ address, latencyMs }) =>
        progress.meters.push({
          address,
          settings,
          latencyMs: Math.round(latencyMs * 10) / 10,
          device: meters.get(address) ?? null,
          suggestions: [],
        }),
      (questions) => {
        progress.total += questions
      },
    )
    if (!order.identify) return
    const profiles = parts.profiles.filter(({ profile }) => profile.dlt645)
    for (const meter of progress.meters.slice(before)) {
      meter.suggestions = await suggestProfiles(profiles, '', (request) => read(meter.address, request))
      onProgress()
    }
  }

  const ids = range(order.unitIds)
  progress.total = order.settings.length * (ids.length + 1)
  try {
    for (const settings of order.settings) {
      progress.settings = settings
      const line = await parts.openLine(settings)
      try {
        await findMeters(line, settings)
        const silent: number[] = []
        const before = progress.found.length
        for (const unitId of ids) {
          const device = line.shared ? line.devices.get(unitId) : undefined
          if (device !== undefined) {
            progress.skipped.push({ unitId, device })
            progress.asked++
          } else if (!(await askUnit(line, unitId, 'holding', settings))) silent.push(unitId)
          onProgress()
        }
        if (order.identify) for (const found of progress.found.slice(before)) await identify(line, found)
        // Some devices say nothing at all to a function code they do not know. Only where nobody was found: it costs as long again.
        if (progress.found.length === before && silent.length > 0) {
          progress.total += silent.length
          for (const unitId of silent) {
            await askUnit(line, unitId, 'input', settings)
            onProgress()
          }
          if (order.identify) for (const found of progress.found.slice(before)) await identify(line, found)
        }
      } finally {
        await line.close()
      }
    }
    return 'done'
  } catch (error) {
    if (!(error instanceof Over)) throw error
    if (error.end === 'failed')
      note(progress, {
        zh: '连不上：检查地址、端口、接线和电源',
        en: 'No connection: check address, port, cable and power',
      })
    return error.end
  }
}

const nobody = async () => ({ ok: false, failure: 'timeout' }) as const

const range = ({ from, to }: { from: number; to: number }): number[] =>
  Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i)

const MOST_NOTES = 10

function note(progress: ScanProgress, text: { zh: string; en: string }): void {
  if (progress.notes.length < MOST_NOTES) progress.notes.push(text)
}

/** Where the models of a device are; null when it has none, or does not say. */
async function sunspecOf(
  ask: (request: { table: 'holding'; address: number; count: number }) => Promise<ReadResult | undefined>,
): Promise<SunSpecMap | null> {
  const map = await walkSunSpec(async (request) => {
    const result = await ask(request)
    return result?.ok ? result.words : undefined
  })
  return map === 'silent' ? null : (map ?? null)
}
