import { constants } from 'node:fs'
import { access, open, readdir, readFile, realpath, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { parse } from 'yaml'
import { parseHall } from '../config/config.ts'
import type { HallChanges } from '../config/hall-changes.ts'
import { HallwattError } from '../domain/errors.ts'
import type { ProfileLibrary } from '../profiles/profiles.ts'
import type { HallSource } from '../wiring/hall-source.ts'
import { readLicences } from './licences.ts'
import { profilesFolder, projectFolder } from './load-hall.ts'

/** The files of a hall on disk. What is written is applied by whoever watches the file: hand that in with `applyWith`. */
export interface OpenedHallSource extends HallSource {
  applyWith(reload: () => Promise<HallChanges>): void
}

export function openHallSource(file: string, library: ProfileLibrary, folder = profilesFolder): OpenedHallSource {
  let reload: (() => Promise<HallChanges>) | undefined
  const read = () =>
    readFile(file, 'utf8').catch((cause: Error) => {
      throw new HallwattError('HW_FILE_UNREADABLE', `${file} cannot be read: ${cause.message}`, { cause })
    })
  return {
    file,
    read,
    unwritable: () => unwritable(file),
    write: (text) => writeWhole(file, text),
    check(text) {
      try {
        return parseHall(file, text, library)
      } catch (error) {
        if (error instanceof HallwattError && error.problems.length > 0) return error.problems
        throw error
      }
    },
    async reload() {
      if (!reload) throw new HallwattError('HW_SETTINGS_READ_ONLY', 'The gateway is still starting.')
      return reload()
    },
    applyWith(how) {
      reload = how
    },
    profiles: {
      ids: () => library.ids(),
      get: (id) => library.get(id),
      problems: () => library.problems(),
      cases: (id) => countCases(join(folder, `${id}.cases.yaml`)),
      files: (id) => filesOf(folder, id),
    },
    licences: () => readLicences(projectFolder),
  }
}

/** Root may write what is marked read-only; a mark is meant, so it holds for root too. */
async function unwritable(file: string): Promise<string | undefined> {
  try {
    const real = await realpath(file)
    const { mode } = await stat(real)
    if ((mode & 0o222) === 0) return `${file} is marked read-only.`
    await access(real, constants.W_OK)
    await access(dirname(real), constants.W_OK)
    return undefined
  } catch (error) {
    return `${file} cannot be written: ${(error as Error).message}.`
  }
}

/** Beside the file, on disk, then in its place: a power cut leaves the old file or the new one, never half of one. */
async function writeWhole(file: string, text: string): Promise<void> {
  const real = await realpath(file)
  const { mode } = await stat(real)
  // The watch on the folder looks at the file's own name only.
  const beside = join(dirname(real), `.${basename(real)}.${process.pid}.new`)
  try {
    const handle = await open(beside, 'w', mode & 0o777)
    try {
      await handle.writeFile(text)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(beside, real)
  } catch (cause) {
    await rm(beside, { force: true })
    throw new HallwattError('HW_SETTINGS_READ_ONLY', `${file} cannot be written: ${(cause as Error).message}`, {
      cause,
    })
  }
  const folder = await open(dirname(real), 'r')
  await folder.sync().catch(() => {})
  await folder.close()
}

async function countCases(file: string): Promise<number | null> {
  const text = await readFile(file, 'utf8').catch(() => undefined)
  if (text === undefined) return null
  const { cases } = (parse(text) ?? {}) as { cases?: unknown }
  return Array.isArray(cases) ? cases.length : 0
}

async function filesOf(folder: string, id: string): Promise<{ name: string; text: string }[]> {
  const [vendor = '', model = ''] = id.split('/')
  const names = await readdir(join(folder, vendor)).catch(() => [])
  const own = names.filter((name) => name === `${model}.yaml` || name === `${model}.cases.yaml`).sort()
  return Promise.all(
    own.map(async (name) => ({ name: `${vendor}/${name}`, text: await readFile(join(folder, vendor, name), 'utf8') })),
  )
}
