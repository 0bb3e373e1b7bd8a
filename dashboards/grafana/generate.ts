import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { boardOf } from './board.ts'
import { BOARDS } from './boards.ts'

export const jsonFolder = fileURLToPath(new URL('json/', import.meta.url))

/** File name → text of every board as Grafana loads it. */
export const generated = (): Map<string, string> =>
  new Map(BOARDS.map((spec) => [`${spec.uid}.json`, `${JSON.stringify(boardOf(spec), null, 2)}\n`]))

/** Writes what is stale into json/; returns the names it wrote. */
export async function generate(): Promise<string[]> {
  await mkdir(jsonFolder, { recursive: true })
  const written: string[] = []
  for (const [name, text] of generated()) {
    if ((await readFile(jsonFolder + name, 'utf8').catch(() => undefined)) === text) continue
    await writeFile(jsonFolder + name, text)
    written.push(name)
  }
  return written
}

if (import.meta.main) {
  const written = await generate()
  console.log(written.length === 0 ? 'Every board is up to date.' : `Written: ${written.join(', ')}`)
}
