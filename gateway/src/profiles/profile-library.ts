import type { Problem } from '../domain/errors.ts'
import type { Profile } from './profile-schema.ts'
import { readProfile } from './read-profile.ts'

/** What the library needs of the disk; `node:fs/promises` fits. */
export interface ProfileFiles {
  readFile(path: string, encoding: 'utf8'): Promise<string>
  readdir(path: string, options: { recursive: true }): Promise<string[]>
}

/** All profiles below a folder. One broken file never hides the others. */
export interface ProfileLibrary {
  /** By id: the path below the folder without `.yaml`, `eastron/sdm630`. A file that broke later keeps its last valid state. */
  get(id: string): Profile | undefined
  /** Sorted. */
  ids(): string[]
  problems(): readonly { readonly file: string; readonly problems: readonly Problem[] }[]
  /** Reads the folder anew. `changed`: ids that are new, gone or read differently from before. */
  reload(): Promise<{ changed: string[] }>
}

interface Entry {
  readonly text: string
  readonly profile: Profile
}

/** Loads the folder once before it answers. A folder that is not there is a library without profiles and one problem. */
export async function createProfileLibrary(directory: string, files: ProfileFiles): Promise<ProfileLibrary> {
  let entries = new Map<string, Entry>()
  let broken: { file: string; problems: readonly Problem[] }[] = []

  async function reload(): Promise<{ changed: string[] }> {
    const next = new Map<string, Entry>()
    const nextBroken: typeof broken = []
    for (const file of await profileFiles(directory, files, nextBroken)) {
      const id = file.slice(0, -'.yaml'.length)
      const before = entries.get(id)
      const path = `${directory}/${file}`
      const text = await files.readFile(path, 'utf8').catch((error: Error) => error)
      if (typeof text !== 'string') {
        nextBroken.push({ file: path, problems: [unreadable(text)] })
        if (before) next.set(id, before)
        continue
      }
      if (before?.text === text) {
        next.set(id, before)
        continue
      }
      const read = readProfile(text)
      if ('profile' in read) next.set(id, { text, profile: read.profile })
      else {
        nextBroken.push({ file: path, problems: read.problems })
        if (before) next.set(id, before)
      }
    }
    const ids = new Set([...entries.keys(), ...next.keys()])
    const changed = [...ids].filter((id) => entries.get(id) !== next.get(id)).sort()
    entries = next
    broken = nextBroken
    return { changed }
  }

  await reload()
  return {
    get: (id) => entries.get(id)?.profile,
    ids: () => [...entries.keys()].sort(),
    problems: () => broken,
    reload,
  }
}

/** Paths of the profiles below a folder, with `/` on every system; cases files and drafts that begin with a dot are not profiles. */
export async function profileFiles(
  directory: string,
  files: ProfileFiles,
  broken: { file: string; problems: readonly Problem[] }[],
): Promise<string[]> {
  const names = await files.readdir(directory, { recursive: true }).catch((error: Error) => error)
  if (names instanceof Error) {
    broken.push({ file: directory, problems: [unreadable(names)] })
    return []
  }
  return names
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => name.endsWith('.yaml') && !name.endsWith('.cases.yaml') && !/(^|\/)\./.test(name))
    .sort()
}

const unreadable = (error: Error): Problem => ({
  line: 1,
  column: 1,
  path: '',
  message: `Could not be read: ${error.message}`,
})
