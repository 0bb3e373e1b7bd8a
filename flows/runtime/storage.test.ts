import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createStorage } from './storage.ts'

async function freshStorage() {
  const folder = await mkdtemp(join(tmpdir(), 'hallwatt-flow-storage-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const storage = createStorage(folder)
  await storage.init()
  return { folder, storage, names: () => readdir(join(folder, 'flows')) }
}

const lights = [
  { id: 't1', type: 'tab', label: 'lights' },
  { id: 'n1', type: 'function', z: 't1' },
]
const doors = [{ id: 't2', type: 'tab', label: 'doors' }]

test('a deploy writes one file per tab, and the next start reads the same flows', async () => {
  const { folder, storage, names } = await freshStorage()
  await storage.saveFlows([...lights, ...doors])
  expect(await names()).toEqual(['doors.json', 'lights.json', 'shared.json'])
  const again = createStorage(folder)
  expect((await again.getFlows()).map(({ id }) => id)).toEqual(['t1', 't2', 'n1'])
  expect(again.label('t2')).toBe('doors')
})

test('the file of a tab that was deleted is put aside, not lost', async () => {
  const { folder, storage, names } = await freshStorage()
  await storage.saveFlows([...lights, ...doors])
  await storage.saveFlows(doors)
  expect(await names()).toEqual(['doors.json', 'shared.json'])
  expect(await readFile(join(folder, 'removed', 'lights.json'), 'utf8')).toContain('n1')
})

test('a file that a person broke is named, and a deploy does not write over it', async () => {
  const { folder, storage } = await freshStorage()
  await storage.saveFlows(lights)
  await writeFile(join(folder, 'flows', 'lights.json'), '[{')
  await expect(storage.getFlows()).rejects.toThrow('lights.json')
  await expect(storage.saveFlows(doors)).rejects.toThrow('lights.json')
  expect(await readFile(join(folder, 'flows', 'lights.json'), 'utf8')).toBe('[{')
})

test('credentials and settings have files of their own', async () => {
  const { storage, names } = await freshStorage()
  expect(await storage.getCredentials()).toEqual({})
  await storage.saveCredentials({ $: 'encrypted' })
  await storage.saveSettings({ nodes: {} })
  expect(await storage.getCredentials()).toEqual({ $: 'encrypted' })
  expect(await names()).toEqual(['credentials.json'])
})
