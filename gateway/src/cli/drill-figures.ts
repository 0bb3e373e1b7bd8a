import { faultFacts } from '../domain/fault-facts.ts'
import type { DrillResult, StageTimes } from './drill-one.ts'
import { drillRow } from './drill-rows.ts'

type Passed = Extract<DrillResult, { passed: true }>

interface Spread {
  readonly p50: number
  readonly p95: number
  readonly max: number
}

/** What `npm run drill -- --json` says in its last line. Times in milliseconds. */
export interface DrillSummary {
  readonly rows: number
  readonly passed: number
  readonly failed: readonly {
    readonly code: string
    readonly device: string
    readonly stage: string
    readonly reason: string
  }[]
  readonly stagesMs: Readonly<Record<keyof StageTimes, Spread>> | null
  /** Set at the device → accepted by the channel: every row, those that wait for nothing, and of these the P1 of the taxonomy. */
  readonly alertMs: { readonly all: Spread | null; readonly atOnce: Spread | null; readonly atOnceP1: Spread | null }
  /** Device falls silent → its silence is found. Its alarm waits for a parent five seconds longer. */
  readonly heartbeatLossMs: Spread | null
  readonly messages: number
  /** Messages that are no recovery, for each row: 1 is one call for one fault. */
  readonly callsPerRow: number
  readonly repeatedMessages: number
  readonly refusedMessages: number
}

export function summarise(
  results: readonly DrillResult[],
  channel: { messages: number; recoveries: number; repeated: number; unsigned: number; unreadable: number },
): DrillSummary {
  const passed = results.filter((result): result is Passed => result.passed)
  const alerts = (fits: (result: Passed) => boolean) => spread(passed.filter(fits).map(({ times }) => times.alert))
  const atOnce = ({ code }: Passed) => drillRow(code).waits === undefined
  return {
    rows: results.length,
    passed: passed.length,
    failed: results.flatMap((result) => {
      if (result.passed) return []
      const { code, device, stage, reason } = result
      return [{ code, device, stage, reason }]
    }),
    stagesMs: stagesOf(passed),
    alertMs: {
      all: alerts(() => true),
      atOnce: alerts(atOnce),
      atOnceP1: alerts((result) => atOnce(result) && faultFacts(result.code).priority === 'P1'),
    },
    heartbeatLossMs: spread(
      passed.filter(({ code }) => drillRow(code).waits === 'silence').map(({ times }) => times.find),
    ),
    messages: channel.messages,
    callsPerRow: Math.round((100 * (channel.messages - channel.recoveries)) / Math.max(1, results.length)) / 100,
    repeatedMessages: channel.repeated,
    refusedMessages: channel.unsigned + channel.unreadable,
  }
}

const STAGE_NAMES = ['find', 'detect', 'alert', 'acknowledge', 'arrive', 'finish', 'verify', 'close'] as const

function stagesOf(passed: readonly Passed[]): DrillSummary['stagesMs'] {
  if (passed.length === 0) return null
  return Object.fromEntries(
    STAGE_NAMES.map((stage) => [stage, spread(passed.map(({ times }) => times[stage]))]),
  ) as Record<keyof StageTimes, Spread>
}

/** Nearest rank: a figure that was measured, not one between two. */
export function spread(values: readonly number[]): Spread | null {
  const sorted = values.toSorted((a, b) => a - b)
  const rank = (share: number) => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0
  return sorted.length === 0 ? null : { p50: rank(0.5), p95: rank(0.95), max: rank(1) }
}

/** One line of the table. */
export function drillLine(result: DrillResult): string {
  const head = `${result.code.padEnd(20)} ${result.device.padEnd(14)}`
  if (!result.passed) return `✗ ${head} ${result.stage}: ${result.reason}`
  const { detect, alert, acknowledge, arrive, finish, verify, close } = result.times
  const cells = [detect, alert, acknowledge, arrive, finish, verify, close].map((ms) => seconds(ms).padStart(8))
  return `✓ ${head} ${result.priority} ${cells.join('')}`
}

export const drillHeading = `  ${'code'.padEnd(20)} ${'device'.padEnd(14)} ${'P '} ${['detect', 'alert', 'ack', 'arrive', 'finish', 'verify', 'close'].map((word) => word.padStart(8)).join('')}`

const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)}s`
