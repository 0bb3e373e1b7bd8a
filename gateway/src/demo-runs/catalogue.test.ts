import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Log } from '../ports/log.ts'
import { readCatalogue } from './catalogue.ts'

const gateway = join(import.meta.dirname, '..', '..')
const folders = { demos: join(gateway, 'demos'), facts: join(gateway, 'facts') }

test('a scenario file is read when somebody asks for the scenarios; a broken one is said then and hides no other', async () => {
  const said: string[] = []
  const log = { error: (fields: { file?: string }) => said.push(fields.file ?? '') } as unknown as Log
  const files = {
    readdir: (path: string) => readdir(path),
    readFile: async (path: string, encoding: 'utf8') =>
      path.endsWith('lamps.yaml') ? 'id: lamps' : await readFile(path, encoding),
  }
  const catalogue = await readCatalogue(folders, files, log)
  expect(said).toEqual([])
  expect(catalogue.scenarios.has('lamps')).toBe(false)
  expect(catalogue.scenarios.size).toBe(21)
  expect(said).toEqual(['lamps.yaml'])
})
