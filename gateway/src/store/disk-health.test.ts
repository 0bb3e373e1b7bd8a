import { expect, test } from 'vitest'
import { type Log, silentLog } from '../ports/log.ts'
import { DiskHealth } from './disk-health.ts'

const sizes = { fileBytes: 0, usedBytes: 0, walBytes: 0, diskFreeBytes: 0 }
const MiB = 1024 * 1024

function watched() {
  const lines: unknown[] = []
  const keep = (fields: object) => lines.push('code' in fields ? fields.code : 'well')
  const log: Log = { ...silentLog, error: keep, warn: keep, info: keep }
  return { health: new DiskHealth(log), lines }
}

test('each change of state is one line, however many commits meet it', () => {
  const { health, lines } = watched()
  const full = { code: 'HW_STORE_FULL', message: 'database or disk is full' } as const
  const io = { code: 'HW_STORE_IO', message: 'disk I/O error' } as const
  for (const trouble of [undefined, full, full, io, io, undefined, undefined]) health.after(trouble, sizes)
  expect(lines).toEqual(['HW_STORE_FULL', 'HW_STORE_IO', 'well'])
})

test('a log that cannot start over because somebody reads an old state is told once', () => {
  const { health, lines } = watched()
  for (const walMiB of [10, 70, 80, 90, 1]) health.after(undefined, { ...sizes, walBytes: walMiB * MiB })
  expect(lines).toEqual(['HW_STORE_WAL_PINNED'])
})
