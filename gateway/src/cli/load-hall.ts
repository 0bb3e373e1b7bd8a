import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseHall } from '../config/config.ts'
import type { ResolvedHall } from '../config/resolved-hall.ts'
import { HallwattError } from '../domain/errors.ts'
import { createProfileLibrary, type ProfileLibrary } from '../profiles/profiles.ts'

/** The project's own folder: profiles and example halls are found from here, whatever folder a command is started in. */
export const projectFolder = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))))

export const profilesFolder = join(projectFolder, 'device-profiles')

/** Where `npm run console:build` leaves the web console. */
export const consoleFolder = join(projectFolder, 'dashboards', 'console', 'dist')

export const openProfileLibrary = (folder = profilesFolder): Promise<ProfileLibrary> =>
  createProfileLibrary(folder, { readFile, readdir })

/**
 * Reads a hall file and joins it with the profiles.
 * @throws HallwattError HW_FILE_UNREADABLE, HW_HALL_INVALID
 */
export async function loadHall(file: string, library: ProfileLibrary): Promise<ResolvedHall> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (cause) {
    throw new HallwattError('HW_FILE_UNREADABLE', `${file} cannot be read: ${(cause as Error).message}`, { cause })
  }
  return parseHall(file, text, library)
}
