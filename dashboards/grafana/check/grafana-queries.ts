import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard'

/** Values of a board's variables; a list stands for several chosen values, `all` for a fixed "All" pattern. */
export type Chosen = Readonly<Record<string, readonly string[] | string | { readonly all: string }>>

export interface Moment {
  /** Unix ms, both ends included, as Grafana asks. */
  readonly from: number
  readonly to: number
  readonly intervalMs: number
}

/** One query of one panel, as it stands in the JSON. */
export interface PanelQuery {
  readonly key: string
  readonly board: string
  readonly panel: number
  readonly title: string
  readonly query: string
  readonly width: number
  readonly minInterval: string
}

interface JsonPanel {
  readonly id: number
  readonly title: string
  readonly interval: string
  readonly gridPos: { readonly w: number }
  readonly targets: readonly { readonly refId: string; readonly query: string }[]
}

export function queriesOf(board: Dashboard): PanelQuery[] {
  return ((board.panels ?? []) as unknown as JsonPanel[]).flatMap(({ id, title, interval, gridPos, targets }) =>
    targets.map(({ refId, query }) => ({
      key: `${board.uid}/${id}/${refId}`,
      board: board.uid ?? '',
      panel: id,
      title,
      query,
      width: gridPos.w,
      minInterval: interval,
    })),
  )
}

/**
 * What Grafana sends: variables in `:regex` form are escaped and, where several are chosen, joined as (a|b); a fixed "All" goes in
 * as it stands; `$timeFilter` and `$__interval` come from the time range.
 * @throws when something to fill in is left
 */
export function interpolate(query: string, chosen: Chosen, { from, to, intervalMs }: Moment): string {
  const text = query
    .replaceAll('$timeFilter', `time >= ${from}ms and time <= ${to}ms`)
    .replaceAll('$__interval', durationText(intervalMs))
    .replace(/\$\{(\w+)(:regex)?\}/g, (_, name: string, regex?: string) => {
      const value = chosen[name]
      if (value === undefined) throw new Error(`The board has no variable "${name}" for: ${query}`)
      if (typeof value === 'object' && 'all' in value) return value.all
      const values = (typeof value === 'string' ? [value] : value).map((one) => (regex ? escaped(one) : one))
      return values.length === 1 ? values[0]! : values.length === 0 ? '' : `(${values.join('|')})`
    })
  const left = /\$(?![/'"]|$)[\w{]+/.exec(text)
  if (left) throw new Error(`Nobody fills in ${left[0]} in: ${query}`)
  return text
}

const escaped = (value: string) => value.replace(/[\\^$*+?.()|[\]{}/]/g, '\\$&')

const STEPS_MS = [1, 10, 20, 50, 100, 200, 500].concat(
  [1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1200, 1800, 3600, 7200, 10800, 21600, 43200, 86400].map(
    (s) => s * 1000,
  ),
)

/** Grafana's bucket for a panel: the range spread over its pixels, rounded to a readable step, never below the panel's own. */
export function intervalMs(rangeMs: number, width: number, minInterval: string): number {
  const pixels = Math.round((width / 24) * 1340)
  const wanted = Math.max(rangeMs / pixels, durationMs(minInterval))
  // The nearest step, the larger one from halfway on.
  return STEPS_MS.find((step, index) => wanted < (step + (STEPS_MS[index + 1] ?? step)) / 2) ?? STEPS_MS.at(-1)!
}

const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

export function durationMs(text: string): number {
  const match = /^(\d+)(ms|s|m|h|d)$/.exec(text)
  if (!match) throw new Error(`"${text}" is no duration.`)
  return Number(match[1]) * UNITS_MS[match[2]!]!
}

const durationText = (ms: number) =>
  ms % 86_400_000 === 0
    ? `${ms / 86_400_000}d`
    : ms % 3_600_000 === 0
      ? `${ms / 3_600_000}h`
      : ms % 60_000 === 0
        ? `${ms / 60_000}m`
        : ms % 1000 === 0
          ? `${ms / 1000}s`
          : `${ms}ms`
