import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { HallwattError } from '../domain/errors.ts'

/** Held until `release()` or the end of the process, however it ends. */
export interface StoreLock {
  release(): void
}

/**
 * Makes this process the only owner of a store folder.
 * The lock is an open exclusive transaction on an empty database beside the store: the kernel drops it with the process, so
 * `kill -9` leaves nothing behind, and store.sqlite itself stays open for the `sqlite3` tool.
 * @throws HW_STORE_LOCKED naming folder and process
 */
export function takeStoreLock(directory: string): StoreLock {
  const pidFile = path.join(directory, 'store.pid')
  const database = new DatabaseSync(path.join(directory, 'store.lock'), { timeout: 0 })
  try {
    database.exec('BEGIN EXCLUSIVE')
  } catch (cause) {
    database.close()
    const owner = ownerOf(pidFile)
    throw new HallwattError(
      'HW_STORE_LOCKED',
      `The store folder ${directory} is in use by ${owner}. Stop it, or give this gateway its own store.path.`,
      { cause },
    )
  }
  // Only a hint for the message above, and a full disk must not keep the gateway from starting.
  try {
    writeFileSync(pidFile, `${process.pid}\n`)
  } catch {}
  return {
    release() {
      rmSync(pidFile, { force: true })
      database.close()
    },
  }
}

function ownerOf(pidFile: string): string {
  try {
    return `process ${Number.parseInt(readFileSync(pidFile, 'utf8'), 10)}`
  } catch {
    return 'another process'
  }
}
