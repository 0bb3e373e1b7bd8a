import type { DeviceKind } from '../domain/device-kind.ts'
import type { AlarmDevice, AlarmHall } from './alarm-book.ts'

/** What feeds a device, directly or through others. */
export interface Ancestor {
  readonly device: string
  readonly kind: 'power' | 'network'
}

/** Devices that can fail together. */
export interface Scope {
  /** `link:<id>`, `zone:<id>`, `kind:<kind>` or `hall`: the part of the alarm that speaks for them. */
  readonly part: string
  readonly devices: readonly string[]
}

/** Who depends on whom in one hall; made anew when the hall changes. */
export interface Topology {
  readonly devices: readonly AlarmDevice[]
  device(id: string): AlarmDevice | undefined
  /** Nearest first. */
  ancestors(device: string): readonly Ancestor[]
  descendants(device: string): ReadonlySet<string>
  /** Scopes with at least two devices, widest first: hall, links, zones, kinds. */
  readonly scopes: readonly Scope[]
  scope(part: string): Scope | undefined
  scopesOf(device: string): readonly Scope[]
  /** Network devices that hall.yaml gives no children: when one is down the whole hall is cut off. */
  readonly uplinks: readonly string[]
}

export function createTopology(hall: Pick<AlarmHall, 'devices' | 'repair'>): Topology {
  const devices = new Map(hall.devices.map((device) => [device.id, device]))
  const scopes = scopesIn(hall.devices)
  const byPart = new Map(scopes.map((scope) => [scope.part, scope]))
  const scopesOf = new Map<string, Scope[]>()
  for (const scope of scopes) for (const id of scope.devices) append(scopesOf, id, scope)

  const parents = new Map<string, Ancestor[]>()
  for (const { parent, children, kind } of hall.repair.topology) {
    // A child may be named as a whole link or zone.
    const members = children.flatMap((child) =>
      devices.has(child)
        ? [child]
        : hall.devices.filter(({ link, zone }) => link === child || zone === child).map(({ id }) => id),
    )
    for (const id of members) if (id !== parent) append(parents, id, { device: parent, kind })
  }
  const ancestors = new Map([...devices.keys()].map((id) => [id, ancestorsOf(id, parents)]))
  const descendants = new Map<string, Set<string>>()
  for (const [id, above] of ancestors) {
    for (const { device } of above) descendants.set(device, (descendants.get(device) ?? new Set()).add(id))
  }
  const kinds = new Map<DeviceKind, AlarmDevice[]>()
  for (const device of hall.devices) append(kinds, device.kind, device)

  return {
    devices: hall.devices,
    device: (id) => devices.get(id),
    ancestors: (id) => ancestors.get(id) ?? [],
    descendants: (id) => descendants.get(id) ?? NOBODY,
    scopes,
    scope: (part) => byPart.get(part),
    scopesOf: (id) => scopesOf.get(id) ?? [],
    uplinks: (kinds.get('network') ?? []).filter(({ id }) => !descendants.has(id)).map(({ id }) => id),
  }
}

const NOBODY: ReadonlySet<string> = new Set()

/** Breadth first, so the nearest parent is first; a circle in hall.yaml ends where it began. */
function ancestorsOf(id: string, parents: ReadonlyMap<string, readonly Ancestor[]>): Ancestor[] {
  const found: Ancestor[] = []
  const seen = new Set([id])
  const queue = [...(parents.get(id) ?? [])]
  for (const ancestor of queue) {
    if (seen.has(ancestor.device)) continue
    seen.add(ancestor.device)
    found.push(ancestor)
    queue.push(...(parents.get(ancestor.device) ?? []))
  }
  return found
}

function scopesIn(devices: readonly AlarmDevice[]): Scope[] {
  const groups = new Map<string, string[]>()
  const by = (name: 'link' | 'zone' | 'kind') => {
    for (const device of devices) append(groups, `${name}:${device[name]}`, device.id)
  }
  for (const { id } of devices) append(groups, 'hall', id)
  by('link')
  by('zone')
  by('kind')
  return [...groups].filter(([, members]) => members.length > 1).map(([part, members]) => ({ part, devices: members }))
}

function append<Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void {
  const list = map.get(key)
  if (list) list.push(value)
  else map.set(key, [value])
}
