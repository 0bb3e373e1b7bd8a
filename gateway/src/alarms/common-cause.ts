import type { Scope, Topology } from './topology.ts'

/** Devices of which nothing is heard. */
export interface Silent {
  /** Unix ms since when. */
  readonly since: number
  /** A feeding device that is down explains it already. */
  readonly explained: boolean
}

/** A common cause that nothing reports: a line, a room or the whole network, known only by who fell silent together. */
export interface CommonCauses {
  readonly begins: readonly { readonly scope: Scope; readonly since: number }[]
  readonly ends: readonly string[]
}

/**
 * @param known    parts (`link:bus-1`, `hall`) whose common alarm is there already
 * @param together ms between the first and the last that may count as one event
 */
export function findCommonCauses(
  topology: Topology,
  silent: ReadonlyMap<string, Silent>,
  known: ReadonlySet<string>,
  together: number,
): CommonCauses {
  const ends = [...known].filter((part) => isOver(topology.scope(part), silent))
  const lasting = [...known].filter((part) => !ends.includes(part))
  const covered = new Set(lasting.flatMap((part) => topology.scope(part)?.devices ?? []))
  const begins: { scope: Scope; since: number }[] = []
  const latest = Math.max(...[...silent.values()].map(({ since }) => since))
  const counts = (id: string) => {
    const one = silent.get(id)
    return one !== undefined && !one.explained && latest - one.since <= together
  }
  for (const scope of topology.scopes) {
    if (known.has(scope.part)) continue
    const fresh = scope.devices.filter((id) => counts(id) && !covered.has(id))
    if (fresh.length < needed(scope) || narrower(topology, scope, fresh)) continue
    begins.push({ scope, since: Math.min(...fresh.map((id) => (silent.get(id) as Silent).since)) })
    for (const id of scope.devices) covered.add(id)
  }
  return { begins, ends }
}

/** Half of the scope, and never a coincidence of two; except that two are all there is on a line. */
function needed({ part, devices }: Scope): number {
  const half = Math.ceil(devices.length / 2)
  if (part === 'hall') return Math.max(5, half)
  if (part.startsWith('link:') && devices.length === 2) return 2
  return Math.max(3, half)
}

/** The hall is not to blame when one line, room or kind holds all that are silent. */
const narrower = (topology: Topology, scope: Scope, fresh: readonly string[]): boolean =>
  scope.part === 'hall' &&
  topology
    .scopesOf(fresh[0] as string)
    .some(
      ({ part, devices }) =>
        part !== 'hall' && devices.length < scope.devices.length && fresh.every((id) => devices.includes(id)),
    )

function isOver(scope: Scope | undefined, silent: ReadonlyMap<string, Silent>): boolean {
  if (!scope) return true
  const still = scope.devices.filter((id) => silent.has(id)).length
  return still < 2 || still * 2 < scope.devices.length
}
