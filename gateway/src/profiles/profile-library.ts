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

/** One file; it is parsed when somebody first asks for it: a hall names a few of the many models there are. */
interface Entry {
  readonly text: string
  /** Of this text, or else of the last valid one before it. */
  profile(): Profile | undefined
  /** Empty when the text is a profile. */
  problems(): readonly Problem[]
}

/** Loads the folder once before it answers. A folder that is not there is a library without profiles and one problem. */
export async function createProfileLibrary(directory: string, files: ProfileFiles): Promise<ProfileLibrary> {
  let entries = new Map<string, Entry>()
  let unread: { file: string; problems: readonly Problem[] }[] = []
  const pathOf = (id: string) => `${directory}/${id}.yaml`

  async function load(): Promise<Map<string, Entry>> {
    const next = new Map<string, Entry>()
    const nextUnread: typeof unread = []
    for (const file of await profileFiles(directory, files, nextUnread)) {
      const id = file.slice(0, -'.yaml'.length)
      const before = entries.get(id)
      const text = await files.readFile(pathOf(id), 'utf8').catch((error: Error) => error)
      if (typeof text !== 'string') {
        nextUnread.push({ file: pathOf(id), problems: [unreadable(text)] })
        if (before?.profile()) next.set(id, keptOf(before))
      } else next.set(id, before?.text === text ? before : entryOf(text, before?.profile()))
    }
    unread = nextUnread
    return next
  }

  entries = await load()
  return {
    get: (id) => entries.get(id)?.profile(),
    ids: () => [...entries.keys()].filter((id) => entries.get(id)?.profile()).sort(),
    problems: () =>
      [
        ...unread,
        ...[...entries].flatMap(([id, entry]) => {
          const problems = entry.problems()
          return problems.length > 0 ? [{ file: pathOf(id), problems }] : []
        }),
      ].sort((one, other) => (one.file < other.file ? -1 : 1)),
    async reload() {
      const before = entries
      entries = await load()
      const ids = new Set([...before.keys(), ...entries.keys()])
      // The same file is the same profile; only what was written anew is parsed to see.
      const changed = [...ids].filter(
        (id) => before.get(id) !== entries.get(id) && before.get(id)?.profile() !== entries.get(id)?.profile(),
      )
      return { changed: changed.sort() }
    },
  }
}

function entryOf(text: string, before: Profile | undefined): Entry {
  let known: ReturnType<typeof readProfile> | undefined
  const read = () => {
    known ??= readProfile(text)
    return known
  }
  return {
    text,
    profile() {
      const one = read()
      return 'profile' in one ? one.profile : before
    },
    problems() {
      const one = read()
      return 'profile' in one ? [] : one.problems
    },
  }
}

/** A file that cannot be read any more keeps what it was. */
const keptOf = ({ text, profile }: Entry): Entry => ({ text, profile, problems: () => [] })

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
