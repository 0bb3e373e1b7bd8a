import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse, stringify } from 'yaml'
import { freePorts } from '../servers/server-process.ts'

/** A hall of its own in a scratch folder, on free ports. */
export interface HallFolder {
  readonly folder: string
  readonly file: string
  readonly http: string
  readonly mqttPort: number
  /** Changes the hall file the way a person would: parsed, changed, written. */
  edit(change: (hall: HallText) => void): Promise<void>
  remove(): Promise<void>
}

// biome-ignore lint/suspicious/noExplicitAny: a hall file as a person edits it, valid or not
type HallText = any

export async function makeHallFolder(parts: {
  devices: readonly object[]
  links?: Record<string, object>
  more?: Record<string, unknown>
}): Promise<HallFolder> {
  const folder = await mkdtemp(join(tmpdir(), 'hallwatt-story-'))
  const file = join(folder, 'hall.yaml')
  const [mqttPort = 0, httpPort = 0] = await freePorts(2)
  const hall = {
    hall: { id: 'donghu', name: '东湖营业厅' },
    zones: [{ id: 'lobby', name: '大厅' }],
    broker: { port: mqttPort },
    http: { port: httpPort },
    store: { path: 'store' },
    links: parts.links ?? {},
    devices: parts.devices,
    ...parts.more,
  }
  await writeFile(file, stringify(hall))
  return {
    folder,
    file,
    http: `http://127.0.0.1:${httpPort}`,
    mqttPort,
    async edit(change) {
      const text: HallText = parse(await readFile(file, 'utf8'))
      change(text)
      await writeFile(file, stringify(text))
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}
