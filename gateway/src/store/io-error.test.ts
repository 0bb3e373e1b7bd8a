import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { silentLog } from '../ports/log.ts'
import { systemClock } from '../ports/system-clock.ts'
import { openStore } from './sqlite-store.ts'
import { startAcknowledgingChild } from './test-programs/acknowledging-child.ts'

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(path.join(os.tmpdir(), 'hallwatt-io-'))
})
afterEach(() => rm(directory, { recursive: true, force: true }))

const COUNT = 60

/** A writer of 60 rows, one at a time, whose kernel refuses some calls with EIO. */
async function writeWithErrors(calls: string, when: string) {
  const inject = [
    '-f',
    '-qq',
    '-o',
    '/dev/null',
    '-e',
    `trace=${calls}`,
    '-e',
    `inject=${calls}:error=EIO:when=${when}`,
  ]
  const writer = await startAcknowledgingChild((program, port) =>
    spawn('strace', [...inject, process.execPath, program, directory, port, '1', '1', String(COUNT)], {
      stdio: 'inherit',
    }),
  )
  await writer.gone
  const store = await openStore({ directory, clock: systemClock, log: silentLog })
  const rows = await store.read<{ n: number }>('SELECT n FROM numbered ORDER BY n')
  await store.close()
  return { ...writer, onDisk: rows.map((row) => row.n) }
}

test('a sync that the disk refuses is not acknowledged; the store opens its file anew and goes on', async () => {
  const { acknowledged, refused, onDisk } = await writeWithErrors('fsync,fdatasync', '20..22')
  expect(refused.length).toBeGreaterThan(0)
  expect(new Set(refused)).toEqual(new Set(['HW_STORE_IO']))
  expect(acknowledged.length + refused.length).toBe(COUNT)
  expect(acknowledged.at(-1)).toBe(COUNT)
  expect(acknowledged.filter((number) => !onDisk.includes(number))).toEqual([])
})

test('a write that the disk refuses is not acknowledged, and the store goes on', async () => {
  const { acknowledged, refused, onDisk } = await writeWithErrors('pwrite64', '90..94')
  expect(refused.length).toBeGreaterThan(0)
  expect(new Set(refused)).toEqual(new Set(['HW_STORE_IO']))
  expect(acknowledged.at(-1)).toBe(COUNT)
  expect(acknowledged.filter((number) => !onDisk.includes(number))).toEqual([])
})
