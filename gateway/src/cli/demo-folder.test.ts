import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { takeStoreLock } from '../store/store-lock.ts'
import { prepareDemoFolder } from './demo-folder.ts'

const TEMPLATE = 'hall: { id: a, name: 演示 }\nhttp: { port: 18080 }\nbroker: { port: 18083 }\n'

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'hallwatt-demo-'))
  onTestFinished(() => rm(made, { recursive: true, force: true }))
  return made
}

test('what a person changed in the hall file of the demo is still there at the next start', async () => {
  const here = await folder()
  const file = await prepareDemoFolder(here, TEMPLATE, 18_000)
  await writeFile(file, (await readFile(file, 'utf8')).replace('演示', '我的厅'))
  await prepareDemoFolder(here, TEMPLATE, 18_000)
  expect(await readFile(file, 'utf8')).toContain('我的厅')
  await expect(prepareDemoFolder(here, TEMPLATE, 19_000)).rejects.toMatchObject({ code: 'HW_USAGE' })
})

test('a hall file that nobody changed follows the shipped one and its ports', async () => {
  const here = await folder()
  await prepareDemoFolder(here, TEMPLATE, 18_000)
  const file = await prepareDemoFolder(here, TEMPLATE.replace('演示', '新的'), 19_000)
  expect(await readFile(file, 'utf8')).toMatch(/新的[\s\S]*19080/)
})

test('a second demo does not touch the hall file of the one that runs', async () => {
  const here = await folder()
  const file = await prepareDemoFolder(here, TEMPLATE, 18_000)
  const before = await readFile(file, 'utf8')
  const running = takeStoreLock(join(here, 'store'))
  onTestFinished(() => running.release())
  await expect(prepareDemoFolder(here, TEMPLATE, 19_000)).rejects.toMatchObject({ code: 'HW_STORE_LOCKED' })
  expect(await readFile(file, 'utf8')).toBe(before)
})

test('a folder that cannot be written is one sentence, not a stack', async () => {
  const here = await folder()
  await writeFile(join(here, 'file'), '')
  const under = prepareDemoFolder(join(here, 'file'), TEMPLATE, 18_000)
  await expect(under).rejects.toMatchObject({ code: 'HW_FILE_UNREADABLE' })
})
