import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { Gateway } from '../gateway.ts'
import type { Log } from '../ports/log.ts'
import { silentLog } from '../ports/log.ts'
import type { ProfileLibrary } from '../profiles/profiles.ts'
import type { OpenedHallSource } from './hall-source.ts'
import { watchHall } from './watch-hall.ts'

test('a change that fails in a way nobody thought of is said, and the hall runs on', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hallwatt-watch-'))
  const file = join(folder, 'hall.yaml')
  await writeFile(file, 'hall: {}\n')
  const said: unknown[] = []
  const log: Log = { ...silentLog, error: (fields) => said.push(fields) }
  const source = { file, read: async () => Promise.reject(new TypeError('surprise')), applyWith: () => {} }
  const library = { reload: async () => ({ changed: [] }) }
  const stop = watchHall({
    source: source as unknown as OpenedHallSource,
    library: library as unknown as ProfileLibrary,
    gateway: {} as Gateway,
    log,
  })
  onTestFinished(async () => {
    stop()
    await rm(folder, { recursive: true, force: true })
  })
  await writeFile(file, 'hall: { id: other }\n')
  await expect
    .poll(() => said, { timeout: 15_000 })
    .toMatchObject([{ code: 'HW_INTERNAL', error: 'TypeError: surprise' }])
})
