import { isDeepStrictEqual } from 'node:util'
import type { ResolvedDevice, ResolvedHall } from './resolved-hall.ts'

/** What is different between two states of a hall, by id. */
export interface HallChanges {
  readonly added: readonly string[]
  readonly changed: readonly string[]
  readonly removed: readonly string[]
  /** Sections of hall.yaml that only take effect at the next start. */
  readonly atNextStart: readonly string[]
}

const FIXED_SECTIONS = ['broker', 'http', 'store', 'influx'] as const

function linkOf(hall: ResolvedHall, id: string): string | undefined {
  const connection = hall.devices.get(id)?.connection
  return connection && 'link' in connection ? hall.links.get(connection.link)?.fingerprint : undefined
}

/** Devices that are not reached any more as they were, or are no longer switched off by “everything off”. */
export function devicesLetGo(before: ResolvedHall, after: ResolvedHall): ResolvedDevice[] {
  const offs = ({ commands = [], profile }: ResolvedDevice) => commands.filter((name) => profile.commands[name]?.allOff)
  const isLetGo = (was: ResolvedDevice, is: ResolvedDevice | undefined) =>
    is === undefined ||
    was.profileId !== is.profileId ||
    !isDeepStrictEqual(was.connection, is.connection) ||
    linkOf(before, was.id) !== linkOf(after, was.id) ||
    !offs(was).every((name) => offs(is).includes(name))
  return [...before.devices.values()].filter((was) => offs(was).length > 0 && isLetGo(was, after.devices.get(was.id)))
}

export function hallChanges(before: ResolvedHall, after: ResolvedHall): HallChanges {
  const ids = [...after.devices.keys()]
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
