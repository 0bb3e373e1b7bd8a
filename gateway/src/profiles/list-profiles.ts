import type { Problem } from '../domain/errors.ts'
import { askedLines } from './asked-lines.ts'
import { registersOf } from './decode-registers.ts'
import { itemsOfVariant } from './dlt645-schema.ts'
import { ocppLines } from './ocpp-lines.ts'
import { createProfileLibrary, type ProfileFiles } from './profile-library.ts'
import type { Profile } from './profile-schema.ts'
import { type Protocol, protocolOf } from './protocols.ts'

/** One row of `hallwatt profile list`. */
export interface ProfileRow {
  readonly id: string
  readonly kind: string
  readonly zh: string
  readonly en: string
  readonly level: string
  readonly via: Protocol
  /** Distinct quantities, of the default variant. */
  readonly points: number
  readonly variants: readonly string[]
  /** Figures that only one source carries, that sources disagree on, or that nobody verified. */
  readonly weak: number
}

export async function listProfiles(
  directory: string,
  files: ProfileFiles,
): Promise<{ rows: ProfileRow[]; problems: readonly { file: string; problems: readonly Problem[] }[] }> {
  const library = await createProfileLibrary(directory, files)
  const rows = library.ids().map((id) => rowOf(id, library.get(id)!))
  return { rows, problems: library.problems() }
}

function rowOf(id: string, profile: Profile): ProfileRow {
  const { modbus, dlt645, ocpp } = profile
  const lines = modbus
    ? registersOf(modbus)
    : ((dlt645 && itemsOfVariant(dlt645)) ??
      (ocpp && ocppLines(ocpp)) ??
      profile.mqtt?.messages.flatMap(({ values }) => values) ??
      askedLines(profile))
  return {
    id,
    kind: profile.kind,
    ...profile.title,
    level: profile.level,
    via: protocolOf(profile),
    points: new Set(lines.map(({ quantity }) => quantity)).size,
    variants: Object.keys((modbus ?? dlt645)?.variants ?? {}),
    weak: lines.filter(({ confidence }) => confidence !== undefined).length,
  }
}

/** A table for a terminal; Chinese titles come last, because they are twice as wide as their letters. */
export function renderList(rows: readonly ProfileRow[]): string {
  const width = Math.max(7, ...rows.map(({ id }) => id.length))
  const line = (id: string, kind: string, via: string, level: string, points: string, weak: string, title: string) =>
    `${id.padEnd(width)}  ${kind.padEnd(10)}  ${via.padEnd(9)}  ${level.padEnd(5)}  ${points.padStart(6)}  ${weak.padStart(4)}  ${title}`
  return [
    line('profile', 'kind', 'via', 'level', 'points', 'weak', 'title'),
    ...rows.map(({ id, kind, via, level, points, weak, zh, variants }) =>
      line(id, kind, via, level, `${points}`, `${weak}`, variants.length > 0 ? `${zh} [${variants.join(' | ')}]` : zh),
    ),
  ].join('\n')
}
