import { constants } from 'node:fs'
import { mkdir, open, readdir, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { type FlowNode, filesOf, nodesOf, SHARED, tabsOf } from './tab-files.ts'

/** What Node-RED asks of a storage module, as far as this one gives it. */
export interface FlowStorage {
  /** Label of a tab as it was read or saved last; '' when there is none of this id. */
  label(tab: string): string
  tabs(): number
  /** Resolves when flows were asked for, whatever came of it. */
  readonly read: Promise<void>
  init(): Promise<void>
  getFlows(): Promise<FlowNode[]>
  saveFlows(nodes: FlowNode[]): Promise<void>
  getCredentials(): Promise<object>
  saveCredentials(credentials: object): Promise<void>
  getSettings(): Promise<object>
  saveSettings(settings: object): Promise<void>
  getLibraryEntry(): Promise<unknown>
  saveLibraryEntry(): Promise<void>
}

/**
 * Keeps flows as files with one purpose each, `flows/<purpose>.json` below `folder`, and what belongs to no tab in
 * `flows/shared.json`. Each file is written beside and renamed, so it is whole before and after a power cut; of a deploy that
 * changes several files, a power cut may keep some old ones. The file of a tab that was deleted goes to `removed/`.
 */
export function createStorage(folder: string): FlowStorage {
  const flows = join(folder, 'flows')
  const credentials = join(flows, 'credentials.json')
  const settings = join(folder, 'settings.json')
  let labels = new Map<string, string>()
  const read = Promise.withResolvers<void>()

  function remember(nodes: readonly FlowNode[]): void {
    labels = new Map(nodes.flatMap(({ type, id, label }) => (type === 'tab' ? [[id, label ?? id] as const] : [])))
  }

  async function readFiles(): Promise<Map<string, FlowNode[]>> {
    const names = (await readdir(flows)).filter((name) => name.endsWith('.json') && name !== 'credentials.json').sort()
    const files = new Map<string, FlowNode[]>()
    for (const name of names) {
      const nodes = await readJson(join(flows, name), [])
      if (!Array.isArray(nodes)) throw new Error(`${name} is no list of nodes`)
      files.set(name.slice(0, -'.json'.length), nodes)
    }
    return files
  }

  return {
    label: (tab) => labels.get(tab) ?? '',
    tabs: () => labels.size,
    read: read.promise,
    async init() {
      await mkdir(flows, { recursive: true })
      await mkdir(join(folder, 'removed'), { recursive: true })
      // Node-RED looks into it for nodes a person installed; there are none.
      await write(join(folder, 'package.json'), textOf({ name: 'hallwatt-flows-of-this-hall', private: true }))
    },
    async getFlows() {
      try {
        const nodes = nodesOf(await readFiles())
        remember(nodes)
        return nodes
      } finally {
        read.resolve()
      }
    },
    async saveFlows(nodes) {
      const present = await readFiles()
      const ordered = nodes.map((node, i) => (node.type === 'tab' ? { ...node, position: i } : node))
      const wanted = filesOf(ordered, tabsOf(present))
      if (!wanted.has(SHARED)) wanted.set(SHARED, [])
      for (const [name, own] of wanted) {
        const text = textOf(own)
        if (!present.has(name) || text !== textOf(present.get(name))) await write(join(flows, `${name}.json`), text)
      }
      remember(nodes)
      for (const name of present.keys())
        if (!wanted.has(name)) await rename(join(flows, `${name}.json`), join(folder, 'removed', `${name}.json`))
    },
    getCredentials: () => readJson(credentials, {}),
    saveCredentials: (all) => write(credentials, textOf(all)),
    getSettings: () => readJson(settings, {}),
    saveSettings: (all) => write(settings, textOf(all)),
    // No library: a flow to keep is a tab, and files travel as files.
    getLibraryEntry: async () => [],
    saveLibraryEntry: () => Promise.reject(Object.assign(new Error('there is no library'), { code: 'forbidden' })),
  }
}

const textOf = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`

async function readJson<T>(file: string, missing: T): Promise<T> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as T
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return missing
    throw new Error(`${file} cannot be read: ${(error as Error).message}`)
  }
}

/** O_SYNC: on disk before it is renamed. (The permission model of Node.js has no fsync.) */
async function write(file: string, text: string): Promise<void> {
  const fresh = `${file}.new`
  const handle = await open(fresh, constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_SYNC, 0o600)
  try {
    await handle.writeFile(text)
  } finally {
    await handle.close()
  }
  await rename(fresh, file)
}
