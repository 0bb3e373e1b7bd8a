import type { Hall } from '../config/hall-schema.ts'
import { type FactBook, type FactFiles, readFactBook } from '../demos/fact-book.ts'
import { type Playlist, type Presets, playlistsSchema, presetsSchema } from '../demos/playlists.ts'
import { type ReadScenario, readTexts, type ScenarioText, scenarioTexts } from '../demos/read-scenarios.ts'
import { parseDocument, problemList } from '../documents/documents.ts'
import type { Log } from '../ports/log.ts'

/** What can be played at all, as it stands in the files of the program. */
export interface Catalogue {
  /** Read when somebody first asks for them: half a second that a hall without demonstrations need not spend. */
  readonly scenarios: ReadonlyMap<string, ReadScenario>
  readonly playlists: readonly Playlist[]
  readonly presets: Presets
  readonly book: FactBook
}

/** Takes `demos` and `facts` from the disk once. A broken file is logged and left out; the others stay. */
export async function readCatalogue(
  folders: { readonly demos: string; readonly facts: string },
  files: FactFiles,
  log: Log,
): Promise<Catalogue> {
  const book = await readFactBook(folders.facts, files)
  for (const { file, problems } of book.problems) log.error({ file }, problemList(file, problems))
  let texts: readonly ScenarioText[] = await scenarioTexts(`${folders.demos}/scenarios`, files)
  let scenarios: ReadonlyMap<string, ReadScenario> | undefined
  const read = async <T>(name: string, schema: Parameters<typeof parseDocument<T>>[1]): Promise<T | undefined> => {
    const parsed = parseDocument(await files.readFile(`${folders.demos}/${name}`, 'utf8'), schema)
    if (!parsed.ok) log.error({ code: 'HW_SCENARIO_INVALID', file: name }, problemList(name, parsed.problems))
    return parsed.ok ? parsed.value : undefined
  }
  return {
    get scenarios() {
      scenarios ??= readAll(texts, book, log)
      texts = []
      return scenarios
    },
    playlists: (await read('playlists.yaml', playlistsSchema))?.playlists ?? [],
    presets: (await read('presets.yaml', presetsSchema))?.presets ?? {},
    book,
  }
}

function readAll(texts: readonly ScenarioText[], book: FactBook, log: Log): Map<string, ReadScenario> {
  const scenarios = new Map<string, ReadScenario>()
  for (const { file, result } of readTexts(texts, book.knows)) {
    if (result.ok) scenarios.set(result.scenario.id, result)
    else log.error({ code: result.code, file }, problemList(file, result.problems))
  }
  return scenarios
}

/** The scenarios of a hall, in the order of their numbers. */
export function playedIn({ hall, demos }: Hall, { scenarios, presets }: Catalogue): ReadScenario[] {
  const wanted = demos.enabled ?? presets[hall.type]
  return [...scenarios.values()].filter(({ scenario }) => wanted === undefined || wanted.includes(scenario.id))
}

/**
 * The entries of a list that can be played. Nobody leads a list that runs again and again: what is not made for that comes from a
 * record, and falls out while there is none.
 */
export const entriesOf = (
  { loop, scenarios: entries }: Playlist,
  { scenarios }: Catalogue,
  recorded: ReadonlyMap<string, unknown>,
): Playlist['scenarios'] =>
  loop ? entries.filter(({ scenario: id }) => scenarios.get(id)?.scenario.unattended || recorded.has(id)) : entries
