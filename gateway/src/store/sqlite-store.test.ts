import { execFileSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Log, silentLog } from '../ports/log.ts'
import { systemClock } from '../ports/system-clock.ts'
import { openStore, type StoreOptions } from './sqlite-store.ts'
import type { Store } from './store.ts'

const tables = ['CREATE TABLE IF NOT EXISTS note (id INTEGER PRIMARY KEY, text TEXT UNIQUE)']
const INSERT = 'INSERT INTO note (id, text) VALUES (?, ?)'
const crashing = new URL('./test-programs/crashing-worker.ts', import.meta.url)

let directory: string
const opened: Store[] = []

const open = async (options: Partial<StoreOptions> = {}): Promise<Store> => {
  const store = await openStore({ directory, clock: systemClock, log: silentLog, tables, ...options })
  opened.push(store)
  return store
}
const note = (id: number, text: string) => [{ sql: INSERT, rows: [[id, text]] }]

beforeEach(async () => {
  directory = await mkdtemp(path.join(os.tmpdir(), 'hallwatt-store-'))
})
afterEach(async () => {
  await Promise.all(opened.splice(0).map((store) => store.close()))
  await rm(directory, { recursive: true, force: true })
})

test('what a commit has resolved is seen by the next read, and after a restart', async () => {
  const store = await open()
  await store.commit(note(1, 'one'))
  expect(await store.read('SELECT * FROM note')).toEqual([{ id: 1, text: 'one' }])
  await store.close()
  expect(await (await open()).read('SELECT * FROM note WHERE id = ?', [1])).toEqual([{ id: 1, text: 'one' }])
})

test('a folder that is missing is made, with those above it', async () => {
  const deep = path.join(directory, 'a', 'b')
  const store = await open({ directory: deep })
  await store.commit(note(1, 'one'))
  expect(store.stats().commits).toBe(1)
})

test('the store runs in WAL with synchronous FULL', async () => {
  const store = await open()
  await store.commit([
    {
      sql: 'CREATE TABLE seen AS SELECT journal_mode, synchronous FROM pragma_journal_mode, pragma_synchronous',
      rows: [[]],
    },
  ])
  expect(await store.read('SELECT * FROM seen')).toEqual([{ journal_mode: 'wal', synchronous: 2 }])
})

test('calls made while a commit is under way share the next one', async () => {
  const store = await open()
  await Promise.all(Array.from({ length: 200 }, (_, index) => store.commit(note(index, `n${index}`))))
  expect(store.stats().commitCalls).toBe(200)
  expect(store.stats().commits).toBe(2)
})

test('a call that breaks a constraint fails alone, as a whole', async () => {
  const store = await open()
  await store.commit(note(1, 'taken'))
  const results = await Promise.allSettled([
    store.commit(note(2, 'before')),
    store.commit([
      {
        sql: INSERT,
        rows: [
          [3, 'half'],
          [4, 'taken'],
        ],
      },
    ]),
    store.commit(note(5, 'after')),
  ])
  expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  expect(results[1]).toMatchObject({ reason: { code: 'HW_STORE_REJECTED' } })
  expect(await store.read('SELECT id FROM note')).toEqual([{ id: 1 }, { id: 2 }, { id: 5 }])
})

test('a statement with a mistake rejects and the store goes on', async () => {
  const store = await open()
  await expect(store.commit([{ sql: 'INSERT INTO nowhere VALUES (1)', rows: [[]] }])).rejects.toMatchObject({
    code: 'HW_STORE_REJECTED',
  })
  await expect(store.read('SELECT * FROM nowhere')).rejects.toMatchObject({ code: 'HW_STORE_REJECTED' })
  await store.commit(note(1, 'one'))
  expect(await store.read('SELECT id FROM note')).toEqual([{ id: 1 }])
})

test('integers beyond 2^53 come back exactly, small ones as numbers', async () => {
  const store = await open()
  await store.commit([
    {
      sql: INSERT,
      rows: [
        [9007199254740995n, 'big'],
        [7, 'small'],
      ],
    },
  ])
  expect(await store.read('SELECT id FROM note ORDER BY id')).toEqual([{ id: 7 }, { id: 9007199254740995n }])
})

test('a second owner of the folder is refused at once, with folder and process named', async () => {
  await open()
  await expect(open()).rejects.toMatchObject({
    code: 'HW_STORE_LOCKED',
    message: expect.stringMatching(new RegExp(`${directory}.*process ${process.pid}`)),
  })
})

test('after close the folder is free and the store refuses', async () => {
  const store = await open()
  await store.close()
  await expect(store.commit(note(1, 'late'))).rejects.toMatchObject({ code: 'HW_STORE_CLOSED' })
  await (await open()).commit(note(1, 'again'))
})

test('close writes what still waits', async () => {
  const store = await open()
  const commits = Array.from({ length: 500 }, (_, index) => store.commit(note(index, `n${index}`)))
  await store.close()
  await Promise.all(commits)
  expect(await (await open()).read('SELECT count(*) AS n FROM note')).toEqual([{ n: 500 }])
})

test('the sqlite3 tool reads the store while it runs', async () => {
  const store = await open()
  await store.commit(note(1, 'visible'))
  const output = execFileSync('sqlite3', [path.join(directory, 'store.sqlite'), 'SELECT text FROM note'], {
    encoding: 'utf8',
  })
  expect(output.trim()).toBe('visible')
  await store.commit(note(2, 'still writing'))
})

test('the queue ends with HW_STORE_BUSY: by bytes', async () => {
  const store = await open({ maxQueuedBytes: 1000 })
  const first = store.commit(note(1, 'x'.repeat(800)))
  await expect(store.commit(note(2, 'y'.repeat(800)))).rejects.toMatchObject({ code: 'HW_STORE_BUSY' })
  await first
  await store.commit(note(2, 'y'.repeat(800)))
  expect(store.stats()).toMatchObject({ refusedBusy: 1, queuedBytes: 0, queuedWrites: 0 })
})

test('the queue ends with HW_STORE_BUSY: by calls', async () => {
  const store = await open({ maxQueuedCalls: 3 })
  const commits = [1, 2, 3, 4].map((id) => store.commit(note(id, `n${id}`)))
  const results = await Promise.allSettled(commits)
  expect(results.map((result) => result.status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected'])
})

test('queries end with HW_STORE_BUSY', async () => {
  const store = await open({ maxQueuedReads: 2 })
  const results = await Promise.allSettled([1, 2, 3].map(() => store.read('SELECT 1 AS one')))
  expect(results.map((result) => result.status)).toEqual(['fulfilled', 'fulfilled', 'rejected'])
})

test('the log of a busy store stays short', async () => {
  const store = await open()
  let longest = 0
  for (let round = 0; round < 60; round++) {
    await store.commit([
      {
        sql: INSERT,
        rows: Array.from({ length: 100 }, (_, n) => [round * 100 + n, `${round}.${n}${'z'.repeat(4000)}`]),
      },
    ])
    longest = Math.max(longest, store.stats().walBytes)
  }
  expect(store.stats().bytes).toBeGreaterThan(24 * 1024 * 1024)
  expect(longest).toBeLessThan(20 * 1024 * 1024)
})

test('a writing thread that dies fails what waited, says so once, and comes back', async () => {
  const lines: object[] = []
  const log: Log = { ...silentLog, error: (fields) => lines.push(fields), info: (fields) => lines.push(fields) }
  const store = await open({ workerProgram: crashing, log })
  await store.commit(note(1, 'before'))
  const results = await Promise.allSettled([
    store.commit([{ sql: 'CRASH', rows: [[]] }]),
    store.commit(note(2, 'waiting')),
  ])
  expect(results).toMatchObject([{ reason: { code: 'HW_STORE_IO' } }, { reason: { code: 'HW_STORE_IO' } }])
  expect(store.stats().ioTrouble).toBe(1)
  await store.commit(note(3, 'after'))
  expect(store.stats()).toMatchObject({ workerRestarts: 1, ioTrouble: 0 })
  expect(await store.read('SELECT id FROM note')).toEqual([{ id: 1 }, { id: 3 }])
  expect(lines).toMatchObject([{ code: 'HW_STORE_IO' }, { was: 'HW_STORE_IO' }])
})

test('a reading thread that dies fails its queries and comes back with the next', async () => {
  const store = await open({ workerProgram: crashing })
  await expect(store.read('SELECT 1 -- CRASH')).rejects.toMatchObject({ code: 'HW_STORE_IO' })
  expect(await store.read('SELECT 1 AS one')).toEqual([{ one: 1 }])
  expect(store.stats().workerRestarts).toBe(1)
})
