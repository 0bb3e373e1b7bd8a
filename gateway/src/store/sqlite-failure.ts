import { statfsSync } from 'node:fs'

/** What went wrong, in a shape that crosses a thread. */
export interface StoreFailure {
  readonly code: 'HW_STORE_FULL' | 'HW_STORE_IO' | 'HW_STORE_CORRUPT' | 'HW_STORE_REJECTED'
  readonly message: string
}

// Primary result codes: https://sqlite.org/rescode.html
const SQLITE_BUSY = 5
const SQLITE_READONLY = 8
const SQLITE_IOERR = 10
const SQLITE_CORRUPT = 11
const SQLITE_FULL = 13
const SQLITE_CANTOPEN = 14
const SQLITE_NOTADB = 26

/** Below this a failed write is called a full disk, whatever error number the file system chose for it. */
const NO_SPACE_BYTES = 64 * 1024

/** Sorts an error of node:sqlite into the store's codes. `directory` is asked for its free space when the disk failed. */
export function storeFailure(error: unknown, directory: string): StoreFailure {
  const primary = sqliteCode(error) & 0xff
  const message = error instanceof Error ? error.message : String(error)
  switch (primary) {
    case SQLITE_FULL:
      return { code: 'HW_STORE_FULL', message }
    // The shared-memory index and the journal of a checkpoint report a full disk as an I/O error or "cannot open".
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
      return { code: freeBytes(directory) < NO_SPACE_BYTES ? 'HW_STORE_FULL' : 'HW_STORE_IO', message }
    case SQLITE_BUSY:
    case SQLITE_READONLY:
      return { code: 'HW_STORE_IO', message }
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return { code: 'HW_STORE_CORRUPT', message }
    default:
      return { code: 'HW_STORE_REJECTED', message }
  }
}

/** Space a process of ours may still use on the disk that holds `directory`; 0 when nobody can say. */
export function freeBytes(directory: string): number {
  try {
    const disk = statfsSync(directory)
    return disk.bavail * disk.bsize
  } catch {
    return 0
  }
}

function sqliteCode(error: unknown): number {
  return typeof error === 'object' && error !== null && 'errcode' in error && typeof error.errcode === 'number'
    ? error.errcode
    : 0
}
