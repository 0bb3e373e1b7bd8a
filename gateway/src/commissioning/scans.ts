import type { ActResult } from '../domain/act-result.ts'
import type { ScanAnswer, ScanRequest } from '../http/setup-views.ts'
import { type CommissioningParts, refusal } from './commissioning-parts.ts'
import type { SerialSettings } from './line.ts'
import { type Found, runScan, type ScanEnd, type ScanProgress } from './scan.ts'

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

/** Scans of lines, one at a time, and what became of the last ten. */
export function createScans(parts: CommissioningParts) {
  const { clock, log } = parts
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

  return {
    scan,
    /** A line is being scanned now. */
    isRunning: () => running !== undefined,
    scanState(id: string): ScanAnswer | undefined {
      const one = scans.get(id)
      return one && answerOf(one)
    },
    cancel(id: string): ScanAnswer | undefined {
      const one = scans.get(id)
      one?.stop.abort()
      return one && answerOf(one)
    },
    onScan(listener: (scan: ScanAnswer) => void): () => void {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    stats: () => ({ scans: total, scanRunning: running ? 1 : 0 }),
    async close(): Promise<void> {
      for (const { stop } of scans.values()) stop.abort()
      await running
    },
  }
}

function settingsOf({ target, bauds, parities }: ScanRequest): (SerialSettings | undefined)[] {
  if (!('type' in target) || target.type !== 'modbus-rtu') return [undefined]
  return (bauds ?? [target.baud]).flatMap((baud) => (parities ?? [target.parity]).map((parity) => ({ baud, parity })))
}

const wordsOf = (settings: SerialSettings | undefined): string | null =>
  settings ? `${settings.baud} 8${settings.parity.charAt(0).toUpperCase()}1` : null
