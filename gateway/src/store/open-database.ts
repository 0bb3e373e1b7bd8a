import { existsSync, statSync } from 'node:fs'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { moveAside, type Salvage, salvage } from './salvage.ts'
import { storeFailure } from './sqlite-failure.ts'
import { suspicionFile, syncDirectory, tableNames } from './store-file.ts'

export interface OpenedDatabase {
  readonly database: DatabaseSync
  /** Set when the file found was damaged and a new one was started. */
  readonly salvage?: Salvage
}

/** Up to this size every page is checked at the start; beyond, only the ends of each table, so that a start takes ≤ 3 s. */
const FULL_CHECK_BYTES = 48 * 1024 * 1024

/**
 * Opens the store for writing and runs the rooms' DDL. A damaged file is moved aside, never deleted, and what can be read of it
 * is copied over. A torn tail of the write-ahead log is no damage: SQLite drops it, it was never acknowledged.
 */
export function openForWriting(file: string, tables: readonly string[], stamp: string): OpenedDatabase {
  const isNew = !existsSync(file)
  try {
    const database = connect(file, tables)
    check(database, file)
    // SQLite syncs the folder for the log it makes, not for the database file itself.
    if (isNew) syncDirectory(path.dirname(file))
    return { database }
  } catch (error) {
    if (storeFailure(error, path.dirname(file)).code !== 'HW_STORE_CORRUPT') throw error
    const moved = moveAside(file, stamp)
    const database = connect(file, tables)
    syncDirectory(path.dirname(file))
    const reason = error instanceof Error ? error.message : String(error)
    return { database, salvage: salvage(database, moved, reason) }
  }
}

/** A second connection of the same process, for the reading thread. */
export function openForReading(file: string): DatabaseSync {
  const database = new DatabaseSync(file, { readOnly: true, timeout: BUSY_TIMEOUT_MS })
  database.exec('PRAGMA cache_size = -8000')
  return database
}

/** How long a commit waits for a person's `sqlite3` that is writing; only they can compete with us. */
export const BUSY_TIMEOUT_MS = 5000

/** A connection for writing, with the rooms' DDL run; nothing is checked. */
export function connect(file: string, tables: readonly string[]): DatabaseSync {
  const database = new DatabaseSync(file, { timeout: BUSY_TIMEOUT_MS })
  try {
    database.exec(`
      PRAGMA auto_vacuum = INCREMENTAL;   -- before the first table: lets a lowered byte cap give space back
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;          -- every commit ends with fsync of the WAL; the default of this build, but we rely on it
      PRAGMA wal_autocheckpoint = 0;      -- the worker checkpoints between commits, after it has answered
      PRAGMA journal_size_limit = 16777216;
      PRAGMA cache_size = -16000;
      PRAGMA foreign_keys = ON;
    `)
    for (const ddl of tables) database.exec(ddl)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/** @throws an SQLITE_CORRUPT of SQLite's own, or an error shaped like one */
function check(database: DatabaseSync, file: string): void {
  try {
    const suspect = existsSync(suspicionFile(file))
    if (suspect || statSync(file).size <= FULL_CHECK_BYTES) {
      const [first] = database.prepare('PRAGMA quick_check(1)').all()
      const verdict = String(first?.quick_check)
      if (verdict !== 'ok') throw Object.assign(new Error(verdict), { errcode: 11 })
      return
    }
    for (const table of tableNames(database)) {
      database.prepare(`SELECT * FROM "${table}" LIMIT 1`).all()
      const hasRowId =
        database.prepare("SELECT wr FROM pragma_table_list(?) WHERE schema = 'main'").get(table)?.wr === 0
      if (hasRowId) database.prepare(`SELECT * FROM "${table}" ORDER BY rowid DESC LIMIT 1`).all()
    }
  } catch (error) {
    database.close()
    throw error
  }
}
