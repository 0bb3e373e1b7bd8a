import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard'
import { DEVICE_KINDS, type DeviceKind } from '../../../gateway/src/domain/device-kind.ts'
import type { ExpectedRow } from './arithmetic.ts'
import { openedWith } from './board-variables.ts'
import { difference } from './compare.ts'
import { LOOKED_AT, TERMINAL } from './expected/device.ts'
import type { Facts } from './facts.ts'
import { type Chosen, durationMs, interpolate, intervalMs, type PanelQuery, queriesOf } from './grafana-queries.ts'
import { ask, options, type Row } from './influx-answers.ts'
import { type Expectations, Seen } from './situation.ts'

export interface Checked {
  readonly boards: number
  readonly panels: number
  /** Panels that have rows to show. */
  readonly withData: number
  /** Panels of which every number is the one computed from the store. */
  readonly checked: number
  readonly troubles: readonly string[]
}

export interface CheckOptions {
  readonly url: string
  readonly database: string
  readonly facts: Facts
  /** Unix ms; what "now" is for the boards. */
  readonly now: number
  readonly expected: Expectations
  /** What somebody chose at the top of the board; else it stands as it opens. */
  readonly wanted?: Chosen
}

/** Opens every board as a person does, asks InfluxDB what its panels ask, and compares each number. */
export async function checkBoards(boards: readonly Dashboard[], check: CheckOptions): Promise<Checked> {
  const troubles: string[] = []
  let panels = 0
  let withData = 0
  let checked = 0
  for (const board of boards) {
    const byPanel = Map.groupBy(queriesOf(board), ({ panel }) => panel)
    panels += byPanel.size
    for (const queries of byPanel.values()) {
      const results = []
      for (const query of queries) results.push(await checkQuery(board, query, check))
      if (results.some(({ rows }) => rows > 0)) withData++
      else troubles.push(`${queries[0]!.key} ${queries[0]!.title}: no data`)
      const wrong = results.flatMap(({ trouble }) => trouble ?? [])
      if (wrong.length === 0) checked++
      troubles.push(...wrong)
    }
  }
  return { boards: boards.length, panels, withData, checked, troubles }
}

async function checkQuery(
  board: Dashboard,
  query: PanelQuery,
  { url, database, facts, now, expected, wanted = {} }: CheckOptions,
): Promise<{ rows: number; trouble?: string }> {
  const named = (trouble: string) => `${query.key} ${query.title}: ${trouble}`
  let rows: Row[] = []
  try {
    const device = board.uid === 'hallwatt-device' ? { device: LOOKED_AT[query.panel] ?? TERMINAL } : wanted
    const chosen = await openedWith(board, (text) => options(url, database, text), device)
    const rangeMs = durationMs(board.time!.from.replace('now-', ''))
    const moment = {
      from: now - rangeMs,
      to: now,
      intervalMs: intervalMs(rangeMs, query.width, query.minInterval),
    }
    rows = await ask(url, database, interpolate(query.query, chosen, moment))
    const expectation = expected[query.key]
    if (!expectation) return { rows: rows.length, trouble: named('nothing says what it must show') }
    const seen = new Seen({ ...moment, facts, isChosen: chosenDevices(chosen, wanted, facts) })
    const must: readonly ExpectedRow[] = expectation(seen)
    const found = difference(rows, must)
    return { rows: rows.length, ...(found !== undefined && { trouble: named(found) }) }
  } catch (error) {
    return { rows: rows.length, trouble: named((error as Error).message) }
  }
}

/** Devices somebody chose, or all of the chosen kinds: worked out from what the store holds, not from what the variable offered. */
function chosenDevices(chosen: Chosen, wanted: Chosen, facts: Facts): (device: string) => boolean {
  if (typeof chosen.device === 'string') return (device) => device === chosen.device
  if (Array.isArray(wanted.device)) return (device) => (wanted.device as readonly string[]).includes(device)
  const kinds = (chosen.kind ?? []) as readonly string[]
  const devices = new Set(
    kinds
      .filter((kind): kind is DeviceKind => Object.hasOwn(DEVICE_KINDS, kind))
      .flatMap((kind) => (facts.get(kind) ?? []).map(({ device }) => device)),
  )
  return (device) => devices.has(device)
}
