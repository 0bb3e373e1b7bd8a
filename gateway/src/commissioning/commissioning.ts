import { addressed, type WordsAt } from '../config/addressed.ts'
import type { ResolvedHall } from '../config/resolved-hall.ts'
import type { ActResult, Refusal } from '../domain/act-result.ts'
import type {
  AlternativesAnswer,
  AlternativesRequest,
  ScanAnswer,
  ScanRequest,
  SetupViews,
  StrangersAnswer,
  TryAnswer,
  TryRequest,
} from '../http/setup-views.ts'
import type { ReadResult } from '../modbus/modbus.ts'
import type { ReadRow } from '../polling/read-once.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import { type PointTable, registersOf } from '../profiles/decode-registers.ts'
import { findModels } from '../profiles/locate-models.ts'
import { type PolledProfile, polledPart, variantsOf, type WrittenLine, writtenLines } from '../profiles/polled.ts'
import type { Profile } from '../profiles/profile-schema.ts'
import { alternativesOf, companionsOf, lengthOf } from './alternatives.ts'
import type { Line, SerialSettings } from './line.ts'
import { plausibilityOf, rangeOf } from './plausible.ts'
import { type Found, runScan, type ScanEnd, type ScanProgress } from './scan.ts'
import type { Strangers } from './strangers.ts'
import { shapesOf } from './topic-shapes.ts'

export interface CommissioningParts {
  readonly hall: () => ResolvedHall
  readonly profiles: { ids(): readonly string[]; get(id: string): Profile | undefined }
  /** Opens nothing yet; refuses what is no link of the hall and no address of a hall. */
  readonly lineOf: (target: ScanRequest['target'], settings: SerialSettings | undefined) => Promise<ActResult<Line>>
  /** Every register of a profile read once, in its order. */
  readonly readRows: (
    profile: PolledProfile,
    variant: string | undefined,
    read: (request: WordsAt) => Promise<ReadResult>,
  ) => Promise<readonly ReadRow[]>
  readonly names: (quantity: string) => { quantity: string; zh: string; en: string; unit: string }
  readonly reference: (table: PointTable, address: number) => string
  readonly functionCodes: Readonly<Record<PointTable, number>>
  readonly strangers: Pick<Strangers, 'list'>
  readonly clock: Clock
  readonly log: Log
}

interface Scan {
  readonly id: string
  readonly target: string
  readonly by: string
  readonly startedAt: number
  readonly startedMs: number
  readonly budgetMs: number
  readonly progress: ScanProgress
  readonly stop: AbortController
  end: ScanEnd | undefined
  endedAt: number | undefined
  elapsedMs: number
}

const REMEMBERED_SCANS = 10
const TELL_EVERY_MS = 500
const DEFAULT_TIMEOUT_MS = 1000
/** What a DL/T 645 meter may take for its longest answer at 1200 Bd. */
const METER_TIMEOUT_MS = 1200
/** The only meter of a line answers to it. */
const ANY_METER = 'AAAAAAAAAAAA'

/** Brings devices into a hall: looks who is on a line, tries profiles, hears who knocks at the broker. One scan at a time. */
export function createCommissioning(parts: CommissioningParts): SetupViews['commissioning'] & {
  stats(): { readonly scans: number; readonly scanRunning: number }
  close(): Promise<void>
} {
  const { clock, log } = parts
  const since = clock.wallMs()
  const scans = new Map<string, Scan>()
  const listeners = new Set<(scan: ScanAnswer) => void>()
  let running: Promise<void> | undefined
  let total = 0

  async function scan(request: ScanRequest, by: string): Promise<ActResult<ScanAnswer>> {
    if (running) return refusal('HW_SCAN_RUNNING', 'A line is being scanned already.')
    const { target, unitIds, budgetS, timeoutMs, identify } = request
    if (unitIds.to < unitIds.from) return refusal('HW_TARGET_REFUSED', 'unitIds.to is below unitIds.from.')
    const first = await parts.lineOf(target, undefined)
    if (!first.ok) return first
    const { name, shared } = first.value
    await first.value.close()
    // While the line was looked up somebody else may have begun.
    if (running) return refusal('HW_SCAN_RUNNING', 'A line is being scanned already.')
    const id = `S${++total}-${clock.wallMs().toString(36)}`
    const progress: ScanProgress = {
      asked: 0,
      total: 0,
      settings: undefined,
      found: [],
      meters: [],
      skipped: [],
      notes: [],
    }
    const one: Scan = {
      id,
      target: name,
      by,
      startedAt: clock.wallMs(),
      startedMs: clock.monotonicMs(),
      budgetMs: budgetS * 1000,
      progress,
      stop: new AbortController(),
      end: undefined,
      endedAt: undefined,
      elapsedMs: 0,
    }
    scans.set(id, one)
    if (scans.size > REMEMBERED_SCANS) for (const oldest of scans.keys()) if (scans.delete(oldest)) break
    if (shared && (request.bauds || request.parities))
      progress.notes.push({
        zh: '线路正在使用，只按现有设置扫描',
        en: 'The line is in use: scanned with its own settings only',
      })
    const order = {
      unitIds,
      budgetMs: one.budgetMs,
      timeoutMs,
      identify,
      settings: shared ? [undefined] : settingsOf(request),
    }
    log.info({ scan: id, target: name, by }, `${by} scans ${name} for devices`)
    running = perform(one, order, target)
    return { ok: true, value: answerOf(one) }
  }

  async function perform(
    one: Scan,
    order: Parameters<typeof runScan>[0],
    target: ScanRequest['target'],
  ): Promise<void> {
    let toldMs = Number.NEGATIVE_INFINITY
    try {
      one.end = await runScan(order, one.progress, {
        openLine: async (settings) => {
          const line = await parts.lineOf(target, settings)
          if (!line.ok) throw new Error(line.message)
          return line.value
        },
        profiles: polledProfiles(),
        clock,
        signal: one.stop.signal,
        onProgress() {
          const now = clock.monotonicMs()
          if (now - toldMs < TELL_EVERY_MS) return
          toldMs = now
          tell(one)
        },
      })
    } catch (error) {
      one.end = 'failed'
      log.error({ code: 'HW_INTERNAL', scan: one.id, error: String(error) }, 'a scan failed')
    }
    // Whoever hears of the end may begin the next one.
    running = undefined
    one.endedAt = clock.wallMs()
    one.elapsedMs = clock.monotonicMs() - one.startedMs
    log.info(
      { scan: one.id, end: one.end, found: one.progress.found.length + one.progress.meters.length },
      `the scan of ${one.target} is over`,
    )
    tell(one)
  }

  const polledProfiles = () =>
    parts.profiles.ids().flatMap((id) => {
      const profile = parts.profiles.get(id)
      return profile?.modbus || profile?.dlt645 ? [{ id, profile }] : []
    })

  function tell(one: Scan): void {
    if (listeners.size === 0) return
    const answer = answerOf(one)
    for (const listener of listeners) listener(answer)
  }

  function answerOf(one: Scan): ScanAnswer {
    const { progress } = one
    const elapsedMs = one.end ? one.elapsedMs : clock.monotonicMs() - one.startedMs
    const percent =
      one.end === 'done' ? 100 : progress.total === 0 ? 0 : Math.floor((100 * progress.asked) / progress.total)
    return {
      id: one.id,
      state: one.end ?? 'running',
      target: one.target,
      by: one.by,
      startedAt: one.startedAt,
      endedAt: one.endedAt ?? null,
      progress: {
        asked: progress.asked,
        total: progress.total,
        percent,
        settings: wordsOf(progress.settings),
        elapsedMs: Math.round(elapsedMs),
        budgetMs: one.budgetMs,
      },
      found: progress.found.map(foundAnswer),
      meters: progress.meters.map(({ settings, suggestions, ...meter }) => ({
        ...meter,
        settings: wordsOf(settings),
        baud: settings?.baud ?? null,
        parity: settings?.parity ?? null,
        suggestions: suggestionAnswers(suggestions),
      })),
      skipped: [...progress.skipped],
      notes: [...progress.notes],
    }
  }

  function foundAnswer(found: Found): ScanAnswer['found'][number] {
    const { settings, suggestions, identification, sunspec, ...rest } = found
    return {
      ...rest,
      settings: wordsOf(settings),
      baud: settings?.baud ?? null,
      parity: settings?.parity ?? null,
      identification: identification && { ...identification },
      sunspec: sunspec && { base: sunspec.base, models: sunspec.models.map(({ id: model }) => model) },
      suggestions: suggestionAnswers(suggestions),
    }
  }

  const suggestionAnswers = (suggestions: Found['suggestions']): ScanAnswer['found'][number]['suggestions'] =>
    suggestions.flatMap(({ profile, variant, score, reasons }) => {
      const known = parts.profiles.get(profile)
      if (!known) return []
      const { title, kind, level } = known
      return [{ profile, variant, title, kind, level, score: Math.round(score * 100) / 100, reasons: [...reasons] }]
    })

  function profileOf({ profile: id, variant }: TryRequest): ActResult<PolledProfile> {
    const polled = polledPart(parts.profiles.get(id) ?? {})
    if (!polled) return refusal('HW_PROFILE_UNKNOWN', `There is no profile "${id}" for Modbus or DL/T 645.`)
    const variants = variantsOf(polled)
    if (variant !== undefined && !variants.includes(variant))
      return refusal(
        'HW_PROFILE_UNKNOWN',
        `${id} has no variant "${variant}". Variants: ${variants.join(', ') || 'none'}.`,
      )
    return { ok: true, value: polled }
  }

  /** A line of its own would meet the scan on the same port. */
  async function freeLine(request: TryRequest): Promise<ActResult<Line>> {
    const line = await parts.lineOf(request.target, undefined)
    if (!line.ok || !running || line.value.shared) return line
    await line.value.close()
    return refusal('HW_SCAN_RUNNING', 'A line is being scanned: wait for its end, or cancel it.')
  }

  /** The profile with wire addresses: of a SunSpec device its models are found first. */
  async function placedOn(
    line: Line,
    profile: PolledProfile,
    unitId: number,
    timeoutMs: number,
  ): Promise<ActResult<PolledProfile>> {
    const located = await findModels(profile, async (request) => {
      const result = await line.read({ ...request, unitId }, timeoutMs)
      return result.ok ? result.words : result.failure === 'exception' ? undefined : 'silent'
    })
    if (!located) return refusal('HW_TARGET_UNREACHABLE', `Unit ${unitId} on ${line.name} does not answer.`)
    return located.ok
      ? { ok: true, value: located.profile }
      : refusal(
          'HW_PROFILE_UNKNOWN',
          `Unit ${unitId} on ${line.name} has no ${located.missing}: another profile fits it.`,
        )
  }

  async function tryProfile(request: TryRequest): Promise<ActResult<TryAnswer>> {
    const modbus = profileOf(request)
    if (!modbus.ok) return modbus
    const line = await freeLine(request)
    if (!line.ok) return line
    const { profile, variant, unitId, meter } = request
    const isMeter = modbus.value.items !== undefined
    const device = isMeter ? { meter: meter ?? ANY_METER } : { unitId }
    const timeoutMs = isMeter ? METER_TIMEOUT_MS : Math.min(DEFAULT_TIMEOUT_MS, modbus.value.timeoutMs)
    const start = clock.monotonicMs()
    try {
      const placed = await placedOn(line.value, modbus.value, unitId, timeoutMs)
      if (!placed.ok) return placed
      const rows = await parts.readRows(placed.value, variant, (read) =>
        line.value.read(addressed(device, read), timeoutMs),
      )
      const lines = writtenLines(placed.value, variant)
      const points = rows.map((row, i) => pointOf(row, lines[i]))
      const count = (is: (point: (typeof points)[number]) => boolean) => points.filter(is).length
      const summary = {
        points: points.length,
        answered: count(({ words }) => words.length > 0),
        plausible: count(({ plausible }) => plausible === 'yes'),
        implausible: count(({ plausible }) => plausible === 'no'),
      }
      const elapsedMs = Math.round(clock.monotonicMs() - start)
      const chosen = variant ?? variantsOf(modbus.value)[0] ?? null
      return {
        ok: true,
        value: {
          at: clock.wallMs(),
          profile,
          variant: chosen,
          elapsedMs,
          points,
          summary,
          verdict: verdictOf(summary),
        },
      }
    } finally {
      await line.value.close()
    }
  }

  function pointOf(row: ReadRow, register: WrittenLine | undefined): TryAnswer['points'][number] {
    const { quantity, table, address, value, words, bad, exceptionCode } = row
    const range = rangeOf(quantity, register ?? {})
    const answered = words !== ''
    return {
      ...parts.names(quantity),
      value: value ?? null,
      words: answered ? words.split(' ') : [],
      functionCode: parts.functionCodes[table],
      table,
      address,
      reference: row.reference ?? parts.reference(table, address),
      type: register?.type ?? '',
      ...(bad !== undefined && { bad }),
      ...(exceptionCode !== undefined && { exceptionCode }),
      // Words that came and mean nothing are as telling as a wrong value; "not available" is the device's own word.
      plausible:
        bad === undefined ? plausibilityOf(value, range) : answered && bad !== 'not-available' ? 'no' : 'unknown',
      range,
    }
  }

  async function alternatives(request: AlternativesRequest): Promise<ActResult<AlternativesAnswer>> {
    const modbus = profileOf(request)
    if (!modbus.ok) return modbus
    const { quantity, variant, profile, unitId } = request
    if (!registersOf(modbus.value, variant).some((one) => one.quantity === quantity))
      return refusal('HW_PROFILE_UNKNOWN', `${profile} has no register for "${quantity}".`)
    const line = await freeLine(request)
    if (!line.ok) return line
    try {
      const timeoutMs = Math.min(DEFAULT_TIMEOUT_MS, modbus.value.timeoutMs)
      const placed = await placedOn(line.value, modbus.value, unitId, timeoutMs)
      if (!placed.ok) return placed
      const register = registersOf(placed.value, variant).find((one) => one.quantity === quantity)
      if (!register) return refusal('HW_PROFILE_UNKNOWN', `Unit ${unitId} has no model that holds "${quantity}".`)
      const words = new Map<string, number>()
      const table = register.table ?? modbus.value.table
      const read = async (of: PointTable, address: number, count: number): Promise<boolean> => {
        const result = await line.value.read(addressed({ unitId }, { table: of, address, count }), timeoutMs)
        if (result.ok) for (const [i, word] of result.words.entries()) words.set(`${of} ${address + i}`, word)
        return result.ok || result.failure === 'exception'
      }
      const length = lengthOf(modbus.value, register)
      const shifts = [0, -1, 1]
        .map((shift) => register.address + shift)
        .filter((at) => at >= 0 && at + length <= 65_536)
      let answers = true
      // One by one: a device that refuses odd addresses, or has nothing beside, still answers the others.
      for (const address of shifts) answers = answers && (await read(table, address, length))
      for (const companion of companionsOf(modbus.value, register))
        answers = answers && (await read(companion.table, companion.address, 1))
      if (!answers && words.size === 0)
        return refusal('HW_TARGET_UNREACHABLE', `Unit ${unitId} on ${line.value.name} does not answer.`)
      const range = rangeOf(quantity, register)
      const options = alternativesOf(modbus.value, register, range, (of, at) => words.get(`${of} ${at}`) ?? -1)
      const { unit } = parts.names(quantity)
      const value: AlternativesAnswer = {
        at: clock.wallMs(),
        quantity,
        type: register.type,
        unit,
        range,
        options: options.map(({ words: raw, ...option }) => ({
          ...option,
          table,
          reference: parts.reference(table, option.address),
          words: raw.map((word) => word.toString(16).padStart(4, '0')),
        })),
      }
      return { ok: true, value }
    } finally {
      await line.value.close()
    }
  }

  function listen(): StrangersAnswer {
    const { hall } = parts.hall()
    const profiles = parts.profiles.ids().flatMap((id) => {
      const profile = parts.profiles.get(id)
      return profile?.mqtt ? [{ id, mqtt: profile.mqtt, profile }] : []
    })
    return {
      at: clock.wallMs(),
      since,
      credentials: hall.broker.credentialsFile !== undefined,
      strangers: parts.strangers.list().map(({ user, topics, ...stranger }) => ({
        ...stranger,
        user: user ?? null,
        topics: [...topics],
        suggestions: topics
          .flatMap((topic) => shapesOf(topic, hall.hall.id, profiles))
          .filter((shape, i, all) => all.findIndex((other) => other.profile === shape.profile) === i)
          .slice(0, 5)
          .flatMap(({ profile, topic, parameters }) => {
            const known = parts.profiles.get(profile)
            return known
              ? [{ profile, title: known.title, kind: known.kind, topic, parameters: { ...parameters } }]
              : []
          }),
      })),
    }
  }

  return {
    scan,
    scanState(id) {
      const one = scans.get(id)
      return one && answerOf(one)
    },
    cancel(id) {
      const one = scans.get(id)
      one?.stop.abort()
      return one && answerOf(one)
    },
    onScan(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    tryProfile,
    alternatives,
    listen,
    stats: () => ({ scans: total, scanRunning: running ? 1 : 0 }),
    async close() {
      for (const { stop } of scans.values()) stop.abort()
      await running
    },
  }
}

const refusal = (code: Refusal['code'], message: string): Refusal => ({ ok: false, code, message })

function settingsOf({ target, bauds, parities }: ScanRequest): (SerialSettings | undefined)[] {
  if (!('type' in target) || target.type !== 'modbus-rtu') return [undefined]
  return (bauds ?? [target.baud]).flatMap((baud) => (parities ?? [target.parity]).map((parity) => ({ baud, parity })))
}

const wordsOf = (settings: SerialSettings | undefined): string | null =>
  settings ? `${settings.baud} 8${settings.parity.charAt(0).toUpperCase()}1` : null

function verdictOf({ points, answered, plausible, implausible }: TryAnswer['summary']): TryAnswer['verdict'] {
  if (answered === 0)
    return { fits: 'silent', zh: '没有读到任何值：检查单元号和接线', en: 'Nothing was read: check unit id and cable' }
  if (implausible > plausible)
    return {
      fits: 'no',
      zh: '多数值不合理：换档案、变体或字序',
      en: 'Most values cannot be right: try another profile, variant or word order',
    }
  if (implausible > 0 || answered < points)
    return { fits: 'partly', zh: '大部分合适，有几点要看', en: 'Mostly right; a few points need a look' }
  return { fits: 'yes', zh: '合适', en: 'It fits' }
}
