import { existsSync, writeFileSync } from 'node:fs'
import { flushCompileCache, getCompileCacheDir } from 'node:module'
import { join } from 'node:path'

/**
 * Loads the rooms of the gateway a few at a time. What Node.js has read of its compile cache stays in memory until the cache is
 * flushed: in one go that piles up to 10 MB, and malloc cannot give them back from below what was allocated after them.
 */
export async function loadRooms(): Promise<void> {
  const written = existsSync(mark())
  for (const load of PARTS) {
    await load()
    // The first start writes at its end (`keepCompiled`), so that the functions a start needs are in the cache as well.
    if (written) flushCompileCache()
  }
}

/**
 * Writes what was compiled so far, and frees what was read. By itself Node.js writes at a clean end: a gateway that only ever loses
 * power would start cold each time.
 */
export function keepCompiled(): void {
  flushCompileCache()
  if (getCompileCacheDir() === undefined || existsSync(mark())) return
  try {
    writeFileSync(mark(), '')
  } catch {
    // A folder that cannot be written holds no cache either.
  }
}

const mark = () => join(getCompileCacheDir() ?? '', 'hallwatt-started')

const PARTS: readonly (() => Promise<unknown>)[] = [
  () => import('../profiles/profiles.ts'),
  () => import('../config/config.ts'),
  () => import('../demo-runs/catalogue.ts'),
  () => import('../wiring/devices.ts'),
  () => import('../wiring/repair.ts'),
  () => import('../wiring/screens.ts'),
  () => import('../gateway.ts'),
]
