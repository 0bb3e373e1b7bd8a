import { spawn } from 'node:child_process'
import { appendFile, mkdtemp, rm, stat, truncate } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { silentLog } from '../ports/log.ts'
import { systemClock } from '../ports/system-clock.ts'
import { openStore } from './sqlite-store.ts'
import { startAcknowledgingChild } from './test-programs/acknowledging-child.ts'

/** 8 in every test run; a soak sets more. */
const ROUNDS = Number(process.env.ROUNDS ?? 8)
const READY_MS = 3000

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(path.join(os.tmpdir(), 'hallwatt-kill-'))
})
afterEach(() => rm(directory, { recursive: true, force: true }))

const start = (first: number) =>
  startAcknowledgingChild((program, port) =>
    spawn(process.execPath, [program, directory, port, String(first)], { stdio: 'inherit' }),
  )

/** Lets a writer run until it acknowledged so many, kills it, and gives what it acknowledged. */
async function killAfter(count: number, first = 1): Promise<number[]> {
  const writer = await start(first)
  await writer.acknowledgedAtLeast(count)
  writer.child.kill('SIGKILL')
  await writer.gone
  return writer.acknowledged
}

async function numbersOnDisk(): Promise<{ numbers: number[]; openedInMs: number }> {
  const startedMs = performance.now()
  const store = await openStore({ directory, clock: systemClock, log: silentLog })
  const openedInMs = performance.now() - startedMs
  const rows = await store.read<{ n: number }>('SELECT n FROM numbered ORDER BY n')
  await store.close()
  return { numbers: rows.map((row) => row.n), openedInMs }
}

test(`kill -9 at ${ROUNDS} random moments loses nothing that was acknowledged, and the store is back within 3 s`, {
  timeout: 20_000 + ROUNDS * 5000,
}, async () => {
  const acknowledged = new Set<number>()
  let first = 1
  for (let round = 0; round < ROUNDS; round++) {
    // The moment is random in what the writer is doing, not in a time of ours.
    for (const number of await killAfter(1 + Math.floor(Math.random() * 1500), first)) acknowledged.add(number)
    const { numbers, openedInMs } = await numbersOnDisk()
    const onDisk = new Set(numbers)
    expect([...acknowledged].filter((number) => !onDisk.has(number))).toEqual([])
    expect(openedInMs).toBeLessThan(READY_MS)
    first = Math.max(...numbers) + 1
  }
  expect(acknowledged.size).toBeGreaterThan(ROUNDS)
})

test('a half-written end of the log after kill -9 costs nothing that was acknowledged', async () => {
  const acknowledged = await killAfter(50)
  await appendFile(path.join(directory, 'store.sqlite-wal'), Buffer.alloc(3000, 0xa5))
  const { numbers } = await numbersOnDisk()
  expect(acknowledged.filter((number) => !numbers.includes(number))).toEqual([])
})

test('a log that was cut short opens with what came before the cut, without holes', async () => {
  await killAfter(200)
  const log = path.join(directory, 'store.sqlite-wal')
  await truncate(log, Math.floor((await stat(log)).size / 2) + 77)
  const { numbers } = await numbersOnDisk()
  expect(numbers.length).toBeGreaterThan(0)
  expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, index) => index + 1))
})

test('a second process is refused while the first lives, and admitted after kill -9', async () => {
  const owner = await start(1)
  await owner.ready
  await expect(openStore({ directory, clock: systemClock, log: silentLog })).rejects.toMatchObject({
    code: 'HW_STORE_LOCKED',
    message: expect.stringContaining(`process ${owner.child.pid}`),
  })
  owner.child.kill('SIGKILL')
  await owner.gone
  expect((await numbersOnDisk()).numbers).toBeDefined()
})
