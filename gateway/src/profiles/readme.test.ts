import * as files from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { checkProfiles, hasFailed } from './check-profiles.ts'

const directory = fileURLToPath(new URL('../../../device-profiles', import.meta.url))
const readme = await files.readFile(`${directory}/README.md`, 'utf8')
const blocks = [...readme.matchAll(/```yaml\n(.*?)```/gs)].map(([, text]) => text)

test.each(['example/pm3.yaml', 'example/pm3.cases.yaml'])('the README shows %s as it is', async (file) => {
  expect(blocks).toContain(await files.readFile(`${directory}/${file}`, 'utf8'))
})

test('the example of the README checks without a problem, and its cases speak of every register', async () => {
  const [report] = await checkProfiles(directory, files, ['example/pm3.yaml'])
  expect(hasFailed(report!)).toBe(false)
  expect(report!.cases).toHaveLength(2)
  expect(report!.uncovered).toEqual([])
})

test('every file the README names is there', async () => {
  const names = [...readme.matchAll(/`((?:[a-z0-9]+\/)[a-z0-9-]+\.yaml)`/g)].map(([, name]) => name!)
  expect(names.length).toBeGreaterThan(3)
  for (const name of names) await expect(files.access(`${directory}/${name}`), name).resolves.toBeUndefined()
})
