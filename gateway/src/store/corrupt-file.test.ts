import { mkdtemp, open, readdir, rm, stat, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Log, silentLog } from '../ports/log.ts'
import { systemClock } from '../ports/system-clock.ts'
import { openStore } from './sqlite-store.ts'
import type { Store } from './store.ts'

const tables = [
  'CREATE TABLE IF NOT EXISTS note (id INTEGER PRIMARY KEY, text TEXT NOT NULL)',
  'CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID',
]
const ROWS = 4000

let directory: string
let file: string
const errors: object[] = []
const log: Log = { ...silentLog, error: (fields) => errors.push(fields) }

const start = () => openStore({ directory, clock: systemClock, log, tables })

beforeEach(async () => {
  errors.length = 0
  directory = await mkdtemp(path.join(os.tmpdir(), 'hallwatt-corrupt-'))
  file = path.join(directory, 'store.sqlite')
  const store = await start()
  const rows = Array.from({ length: ROWS }, (_, index) => [index + 1, `note ${index + 1} ${'.'.repeat(200)}`])
  await store.commit([
    { sql: 'INSERT INTO note VALUES (?, ?)', rows },
    { sql: 'INSERT INTO setting VALUES (?, ?)', rows: [['colour', 'green']] },
  ])
  await store.close()
})
afterEach(() => rm(directory, { recursive: true, force: true }))

async function garble(offset: number, length: number): Promise<void> {
  const handle = await open(file, 'r+')
  await handle.write(Buffer.alloc(length, 0xa5), 0, length, offset)
  await handle.close()
}

const movedAside = async () => (await readdir(directory)).filter((name) => name.startsWith('store.sqlite.corrupt-'))
const count = async (store: Store) => (await store.read<{ n: number }>('SELECT count(*) AS n FROM note'))[0]?.n ?? 0

test('a damaged page: the file is moved aside, the readable rows are carried over, the store runs', async () => {
  await garble(Math.floor((await stat(file)).size / 2 / 4096) * 4096, 8192)
  const store = await start()
  expect(await movedAside()).toHaveLength(1)
  expect(errors).toMatchObject([{ code: 'HW_STORE_CORRUPT', tablesWithLoss: ['note'] }])
  expect(await count(store)).toBeGreaterThan(ROWS * 0.9)
  expect(await store.read('SELECT text FROM note WHERE id = ?', [ROWS])).toHaveLength(1)
  expect(await store.read('SELECT value FROM setting')).toEqual([{ value: 'green' }])
  await store.commit([{ sql: 'INSERT INTO note VALUES (?, ?)', rows: [[ROWS + 1, 'new']] }])
  expect(store.stats().corruptFiles).toBe(1)
  await store.close()
})

test('a file that is no database at all: moved aside, a new one started', async () => {
  await writeFile(file, 'this is not a database, it is a letter to nobody'.repeat(100))
  const store = await start()
  expect(await movedAside()).toHaveLength(1)
  expect(await count(store)).toBe(0)
  await store.close()
})

test('a destroyed header: moved aside, a new one started', async () => {
  await garble(0, 100)
  const store = await start()
  expect(errors).toMatchObject([{ code: 'HW_STORE_CORRUPT' }])
  expect(await count(store)).toBe(0)
  await store.close()
})

test('a file cut in the middle: moved aside, the rows before the cut are carried over', async () => {
  const handle = await open(file, 'r+')
  await handle.truncate(Math.floor((await stat(file)).size / 2 / 4096) * 4096)
  await handle.close()
  const store = await start()
  expect(await movedAside()).toHaveLength(1)
  expect(await count(store)).toBeGreaterThan(ROWS * 0.3)
  await store.close()
})

test('damage met while running is reported, and the next start moves the file aside', async () => {
  const store = await start()
  // Behind the back of the running store, in pages the reading thread has not seen yet.
  const { size } = await stat(file)
  await garble(Math.floor(size / 3 / 4096) * 4096, Math.floor(size / 3))
  await expect(store.read('SELECT max(length(text)) FROM note')).rejects.toMatchObject({ code: 'HW_STORE_CORRUPT' })
  expect(await readdir(directory)).toContain('store.sqlite.suspect')
  await store.close()
  const again = await start()
  expect(await movedAside()).toHaveLength(1)
  expect(await count(again)).toBeGreaterThan(0)
  await again.close()
})

test('a sound file is left alone', async () => {
  const store = await start()
  expect(await movedAside()).toEqual([])
  expect(await count(store)).toBe(ROWS)
  await store.close()
})
