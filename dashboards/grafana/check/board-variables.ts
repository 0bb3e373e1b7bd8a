import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard'
import { type Chosen, interpolate } from './grafana-queries.ts'

interface JsonVariable {
  readonly name: string
  readonly type: string
  readonly query?: string
  readonly multi?: boolean
  readonly includeAll?: boolean
  readonly allValue?: string
  readonly current?: { readonly value?: unknown }
}

const NO_TIME = { from: 0, to: 0, intervalMs: 60_000 }

/**
 * The variables of a board as they stand when somebody opens it: "All" where there is one, else its default where that exists, else
 * the first option. `wanted` replaces single ones, as a person who chooses does.
 */
export async function openedWith(
  board: Dashboard,
  ask: (query: string) => Promise<string[]>,
  wanted: Chosen = {},
): Promise<Chosen> {
  const chosen: Record<string, Chosen[string]> = {}
  for (const variable of (board.templating?.list ?? []) as unknown as JsonVariable[]) {
    const { name, type, query, includeAll, allValue } = variable
    if (name in wanted) chosen[name] = wanted[name]!
    else if (type !== 'query') chosen[name] = query ?? ''
    else {
      const found = await ask(interpolate(query ?? '', chosen, NO_TIME))
      const preset = variable.current?.value
      if (!includeAll) chosen[name] = typeof preset === 'string' && found.includes(preset) ? preset : (found[0] ?? '')
      else chosen[name] = allValue === undefined ? found : { all: allValue }
    }
  }
  return chosen
}
