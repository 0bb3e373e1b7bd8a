// Writes src/api/openapi.d.ts (not kept in git) from the gateway’s description of itself, so that no shape is typed twice.
import { readFile, writeFile } from 'node:fs/promises'
import openapiTypescript, { astToString } from 'openapi-typescript'

const description = new URL('../../gateway/docs/openapi.json', import.meta.url)
const target = new URL('./src/api/openapi.d.ts', import.meta.url)

/** The types of the whole API as text. */
export async function apiTypes(): Promise<string> {
  const document = JSON.parse(await readFile(description, 'utf8'))
  return `// Made by \`npm run console:build\` from gateway/docs/openapi.json.\n${astToString(await openapiTypescript(document))}`
}

if (import.meta.main) await writeFile(target, await apiTypes())
