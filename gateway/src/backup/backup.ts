import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { HallwattError } from '../domain/errors.ts'
import { type Packed, packFiles } from './pack.ts'

export { unpackBackup } from './unpack.ts'

export interface BackupParts {
  readonly version: string
  /** Unix ms. */
  readonly now: number
  readonly hall: { readonly id: string; readonly name: string }
  /** Text of hall.yaml. */
  readonly hallText: string
  /** Files of the profiles the hall uses, by name below device-profiles. */
  readonly profiles: readonly { readonly name: string; readonly text: string }[]
  /** Folder of the store; the copy lies beside it while it is packed. */
  readonly storeFolder: string
  /** Makes a consistent copy of the store, without sessions and keys, while it is in use. */
  readonly copyStore: (target: string) => Promise<void>
}

/**
 * One consistent copy of everything a hall needs to be itself on another machine, as a tar. No secret of the environment is in it, no
 * session, no key of one-tap links and no MQTT password; the salted hashes of people's passwords are.
 * @throws HallwattError HW_BACKUP_FAILED
 */
export async function takeBackup(parts: BackupParts): Promise<{ name: string; stream: Readable }> {
  const { version, now, hall, hallText, profiles, storeFolder } = parts
  const takenAt = new Date(now).toISOString()
  // One name: what a crash left behind is overwritten by the next backup.
  const copy = join(storeFolder, 'backup-copy.sqlite')
  await rm(copy, { force: true })
  try {
    await parts.copyStore(copy)
  } catch (cause) {
    await rm(copy, { force: true })
    throw new HallwattError('HW_BACKUP_FAILED', `The store could not be copied: ${(cause as Error).message}`, { cause })
  }
  const files: Packed[] = [
    { name: 'hall.yaml', text: hallText },
    ...profiles.map(({ name, text }) => ({ name: `device-profiles/${name}`, text })),
    { name: 'store/store.sqlite', path: copy },
  ]
  const stream = packFiles(files, { version, takenAt, hall }, () => rm(copy, { force: true }))
  return { name: `hallwatt-${hall.id}-${takenAt.slice(0, 16).replaceAll(/[-:]/g, '')}.tar`, stream }
}
