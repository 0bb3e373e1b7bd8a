import { execFileSync } from 'node:child_process'
import { mkdtemp, rm, statfs, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Log, silentLog } from '../ports/log.ts'
import { systemClock } from '../ports/system-clock.ts'
import { openStore } from './sqlite-store.ts'
import type { Store } from './store.ts'

const tables = ['CREATE TABLE IF NOT EXISTS note (id INTEGER PRIMARY KEY, text TEXT NOT NULL)']

/** A disk of a few megabytes that can be filled and emptied again. */
interface SmallDisk {
  readonly kind: 'tmpfs' | 'page limit'
  fill(store: Store): Promise<void>
  free(store: Store): Promise<void>
}

let directory: string
let disk: SmallDisk
const lines: Record<string, unknown>[] = []
const keep = (fields: object) => lines.push({ ...fields })
const log: Log = { ...silentLog, error: keep, info: keep }

beforeEach(async () => {
  lines.length = 0
  directory = await mkdtemp(path.join(os.tmpdir(), 'hallwatt-full-'))
  disk = mountTmpfs() ? tmpfs() : pageLimit()
})
afterEach(async () => {
  if (disk.kind === 'tmpfs') execFileSync('umount', [directory])
  await rm(directory, { recursive: true, force: true })
})

function mountTmpfs(): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=6m', 'tmpfs', directory], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

const tmpfs = (): SmallDisk => ({
  kind: 'tmpfs',
  async fill() {
    const { bavail, bsize } = await statfs(directory)
    await writeFile(path.join(directory, 'ballast'), Buffer.alloc(bavail * bsize))
  },
  free: () => rm(path.join(directory, 'ballast')),
})

// Where mounting is not allowed, SQLite's own page limit gives the same error from the same place.
const pageLimit = (): SmallDisk => {
  const limit = (store: Store, pages: number) => store.commit([{ sql: `PRAGMA max_page_count = ${pages}`, rows: [[]] }])
  return { kind: 'page limit', fill: (store) => limit(store, 1), free: (store) => limit(store, 1_000_000) }
}

const note = (id: number) => [{ sql: 'INSERT INTO note VALUES (?, ?)', rows: [[id, 'n'.repeat(20_000)]] }]

test('a full disk refuses, loses nothing acknowledged, and the store goes on by itself when there is space', async () => {
  const store = await openStore({ directory, clock: systemClock, log, tables })
  const acknowledged: number[] = []
  const refusals = new Set<string>()
  const tryNotes = async (from: number, to: number) => {
    for (let id = from; id < to; id++) {
      await store.commit(note(id)).then(
        () => acknowledged.push(id),
        (error: { code: string }) => refusals.add(error.code),
      )
    }
  }
  await tryNotes(0, 5)
  expect(acknowledged).toHaveLength(5)

  await disk.fill(store)
  await tryNotes(5, 300)
  expect([...refusals]).toEqual(['HW_STORE_FULL'])
  expect(store.stats().full).toBe(1)
  const acknowledgedWhileFull = acknowledged.length

  await disk.free(store)
  await tryNotes(300, 305)
  expect(acknowledged).toHaveLength(acknowledgedWhileFull + 5)
  expect(store.stats().full).toBe(0)
  expect(lines).toMatchObject([{ code: 'HW_STORE_FULL' }, { was: 'HW_STORE_FULL' }])

  await store.close()
  const again = await openStore({ directory, clock: systemClock, log: silentLog, tables })
  const rows = await again.read<{ id: number }>('SELECT id FROM note ORDER BY id')
  expect(rows.map((row) => row.id)).toEqual(acknowledged)
  await again.close()
})

test('reading goes on while the disk is full', async () => {
  const store = await openStore({ directory, clock: systemClock, log, tables })
  await store.commit(note(1))
  await disk.fill(store)
  await Promise.allSettled(Array.from({ length: 300 }, (_, index) => store.commit(note(index + 2))))
  expect(store.stats().full).toBe(1)
  expect(await store.read('SELECT id FROM note WHERE id = 1')).toEqual([{ id: 1 }])
  await disk.free(store)
  await store.close()
})
