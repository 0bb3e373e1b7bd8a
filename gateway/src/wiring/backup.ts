import type { Readable } from 'node:stream'
import { takeBackup } from '../backup/backup.ts'
import type { ResolvedHall } from '../config/resolved-hall.ts'
import { copyStore } from '../store/copy-store.ts'
import type { HallSource } from './hall-source.ts'

/** What must not leave the machine with a backup: who is signed in, and keys that this gateway made for itself. */
const WITHOUT = [
  'DELETE FROM session',
  `DELETE FROM document WHERE name LIKE '%key%' OR name LIKE '%password%' OR name LIKE '%secret%' OR name LIKE '%token%'`,
]

/** A backup of a hall, whether its gateway runs or not. @throws HallwattError HW_BACKUP_FAILED, HW_FILE_UNREADABLE */
export async function backupOf(parts: {
  readonly hall: ResolvedHall
  readonly source: HallSource
  readonly storeFolder: string
  /** Unix ms. */
  readonly now: number
  readonly version: string
}): Promise<{ name: string; stream: Readable }> {
  const { hall, source, storeFolder, now, version } = parts
  const ids = [...new Set([...hall.devices.values()].map(({ profileId }) => profileId))].sort()
  const profiles = (await Promise.all(ids.map((id) => source.profiles.files(id)))).flat()
  const { id, name } = hall.hall.hall
  return takeBackup({
    version,
    now,
    hall: { id, name },
    hallText: await source.read(),
    profiles,
    storeFolder,
    copyStore: (target) => copyStore(storeFolder, target, WITHOUT),
  })
}
