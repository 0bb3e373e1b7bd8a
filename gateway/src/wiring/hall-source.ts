import type { HallChanges } from '../config/hall-changes.ts'
import type { ResolvedHall } from '../config/resolved-hall.ts'
import type { Problem } from '../domain/errors.ts'
import type { Profile } from '../profiles/profile-schema.ts'

/** The files a hall was started from, as the gateway may use them; it opens none itself. */
export interface HallSource {
  /** Path of hall.yaml, for people. */
  readonly file: string
  /** @throws HallwattError HW_FILE_UNREADABLE */
  read(): Promise<string>
  /** Why the file cannot be written; undefined when it can. */
  unwritable(): Promise<string | undefined>
  /** The whole file at once: after a power cut it is the old one or the new one. */
  write(text: string): Promise<void>
  /** What `hallwatt check` would say of a text. */
  check(text: string): readonly Problem[] | ResolvedHall
  /** Applies what is on disk now; resolves when it holds. @throws HallwattError when the file has problems */
  reload(): Promise<HallChanges>
  readonly profiles: {
    ids(): readonly string[]
    get(id: string): Profile | undefined
    problems(): readonly { readonly file: string; readonly problems: readonly Problem[] }[]
    /** Recorded answers beside a profile; null when there is no such file. */
    cases(id: string): Promise<number | null>
    /** The files of a profile, by name below the folder of profiles. */
    files(id: string): Promise<readonly { readonly name: string; readonly text: string }[]>
  }
  licences(): Promise<readonly Licence[]>
}

export interface Licence {
  readonly name: string
  readonly version: string
  readonly licence: string
  readonly address?: string
}
