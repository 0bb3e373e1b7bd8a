import { closeSync, existsSync, fstatSync, ftruncateSync, openSync, readSync, renameSync, rmSync } from 'node:fs'
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { suspicionFile, tableNames } from './store-file.ts'

/** What became of a damaged file. */
export interface Salvage {
  /** Where the damaged file lies now. */
  readonly movedTo: string
  readonly reason: string
  readonly rowsSaved: number
  /** Tables of which not every row could be read. */
  readonly tablesWithLoss: readonly string[]
}

/** Copying stops here: a hall that starts without its oldest history is better than one that does not start. */
const SALVAGE_LIMIT_MS = 20_000
const ROWS_PER_TRANSACTION = 5000

/** Renames the database and its log together, so that `sqlite3` still reads them as one. */
export function moveAside(file: string, stamp: string): string {
  let target = `${file}.corrupt-${stamp}`
  for (let again = 2; existsSync(target); again++) target = `${file}.corrupt-${stamp}-${again}`
  renameSync(file, target)
  if (existsSync(`${file}-wal`)) renameSync(`${file}-wal`, `${target}-wal`)
  rmSync(`${file}-shm`, { force: true }) // an index over the log, rebuilt by whoever opens it
  rmSync(suspicionFile(file), { force: true })
  return target
}

/** Copies what can still be read into the new database; small tables first, each from both ends up to the damage. */
export function salvage(into: DatabaseSync, damagedFile: string, reason: string): Salvage {
  const deadline = performance.now() + SALVAGE_LIMIT_MS
  const tablesWithLoss: string[] = []
  let rowsSaved = 0
  let damaged: DatabaseSync | undefined
  try {
    lengthenToStatedSize(damagedFile)
    damaged = new DatabaseSync(damagedFile)
    const there = new Set(tableNames(damaged))
    const from = damaged
    const tables = tableNames(into)
      .filter((table) => there.has(table))
      .sort((a, b) => rootSize(from, a) - rootSize(from, b))
    for (const table of tables) {
      const copied = copyTable(from, into, table, deadline)
      rowsSaved += copied.rows
      if (!copied.whole) tablesWithLoss.push(table)
    }
  } catch {
    tablesWithLoss.push('all') // not even the list of tables can be read
  } finally {
    closeQuietly(damaged)
  }
  return { movedTo: damagedFile, reason, rowsSaved, tablesWithLoss }
}

function copyTable(from: DatabaseSync, into: DatabaseSync, table: string, deadline: number) {
  const names = into
    .prepare('SELECT name FROM pragma_table_info(?)')
    .all(table)
    .map((row) => `"${row.name}"`)
  const columns = names.join(', ')
  // What a room's DDL put in is only a beginning: the old rows win.
  const insert = into.prepare(
    `INSERT OR REPLACE INTO "${table}" (${columns}) VALUES (${names.map(() => '?').join(', ')})`,
  )
  let rows = 0
  const copy = (order: string): boolean => {
    into.exec('BEGIN')
    try {
      const select = from.prepare(`SELECT ${columns} FROM "${table}" ${order}`)
      select.setReturnArrays(true)
      select.setReadBigInts(true)
      for (const row of select.iterate()) {
        rows += Number(insert.run(...(row as unknown as SQLInputValue[])).changes)
        if (rows % ROWS_PER_TRANSACTION === 0) {
          into.exec('COMMIT; BEGIN')
          if (performance.now() > deadline) return false
        }
      }
      return true
    } catch {
      return false
    } finally {
      into.exec('COMMIT')
    }
  }
  if (copy('')) return { rows, whole: true }
  copy('ORDER BY rowid DESC') // fails at once for a table without rowid: then what came before the damage is all
  return { rows, whole: false }
}

// SQLite reads nothing of a file that is shorter than its header says; with zeros in the place of what is gone it reads the rest.
function lengthenToStatedSize(file: string): void {
  const handle = openSync(file, 'r+')
  try {
    const header = Buffer.alloc(32)
    readSync(handle, header, 0, header.length, 0)
    const pageSize = header.readUInt16BE(16) // https://sqlite.org/fileformat2.html#the_database_header
    const statedBytes = (pageSize === 1 ? 65_536 : pageSize) * header.readUInt32BE(28)
    const actualBytes = fstatSync(handle).size
    const believable = header.toString('latin1', 0, 15) === 'SQLite format 3' && statedBytes < 4 * actualBytes
    if (believable && statedBytes > actualBytes) ftruncateSync(handle, statedBytes)
  } finally {
    closeSync(handle)
  }
}

function rootSize(database: DatabaseSync, table: string): number {
  try {
    return Number(database.prepare(`SELECT max(rowid) AS size FROM "${table}"`).get()?.size ?? 0)
  } catch {
    return 0
  }
}

function closeQuietly(database: DatabaseSync | undefined): void {
  try {
    database?.close()
  } catch {}
}
