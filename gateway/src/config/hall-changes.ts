import type { ResolvedHall } from './resolved-hall.ts'

/** What is different between two states of a hall, by id. */
export interface HallChanges {
  readonly added: readonly string[]
  readonly changed: readonly string[]
  readonly removed: readonly string[]
  /** Sections of hall.yaml that only take effect at the next start. */
  readonly atNextStart: readonly string[]
}

const FIXED_SECTIONS = ['broker', 'http', 'store', 'influx'] as const

export function hallChanges(before: ResolvedHall, after: ResolvedHall): HallChanges {
  const ids = [...after.devices.keys()]
  const linkOf = (hall: ResolvedHall, id: string) => {
    const connection = hall.devices.get(id)?.connection
    return connection && 'link' in connection ? hall.links.get(connection.link)?.fingerprint : undefined
  }
  const isChanged = (id: string) =>
    before.devices.has(id) &&
    (before.devices.get(id)?.fingerprint !== after.devices.get(id)?.fingerprint ||
      linkOf(before, id) !== linkOf(after, id))
  return {
    added: ids.filter((id) => !before.devices.has(id)),
    changed: ids.filter(isChanged),
    removed: [...before.devices.keys()].filter((id) => !after.devices.has(id)),
    atNextStart: FIXED_SECTIONS.filter(
      (name) => JSON.stringify(before.hall[name]) !== JSON.stringify(after.hall[name]),
    ),
  }
}
