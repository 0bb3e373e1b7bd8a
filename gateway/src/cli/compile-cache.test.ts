import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, open, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'

const program = `
  const { keepCompiled, loadRooms } = await import(${JSON.stringify(join(import.meta.dirname, 'compile-cache.ts'))})
  await loadRooms()
  process.stderr.write('rooms are loaded\\n')
  keepCompiled()`

/** How often the cache was written and freed before the rooms were all there, and after. */
async function start(cache: string): Promise<readonly [while_: number, after: number]> {
  const env = { ...process.env, NODE_COMPILE_CACHE: cache, NODE_DEBUG_NATIVE: 'COMPILE_CACHE' }
  // Into a file: a full pipe loses what Node.js says of itself.
  const said = join(cache, 'said.txt')
  const file = await open(said, 'w')
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    env,
    stdio: ['ignore', 'ignore', file.fd],
  })
  expect(await once(child, 'exit')).toEqual([0, null])
  await file.close()
  const stderr = await readFile(said, 'utf8')
  const [while_ = '', after = ''] = stderr.split('rooms are loaded')
  const freed = (text: string) => text.split('flushCompileCache() finished').length - 1
  return [freed(while_), freed(after)]
}

test('the first start writes its compile cache whole at its end; the next one gives back what it read while it loads', async () => {
  const cache = await mkdtemp(join(tmpdir(), 'hallwatt-cache-'))
  onTestFinished(() => rm(cache, { recursive: true, force: true }))
  expect(await start(cache)).toEqual([0, 1])
  const [whileLoading, after] = await start(cache)
  expect(whileLoading).toBeGreaterThan(3)
  expect(after).toBe(1)
}, 120_000)
