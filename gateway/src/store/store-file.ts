import { closeSync, fsyncSync, mkdirSync, openSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { DatabaseSync } from 'node:sqlite'

/** The one database file of a store folder; its log `-wal` and index `-shm` lie beside it. */
export const storeFile = (directory: string) => path.join(directory, 'store.sqlite')

/** Left behind by a process that met a damaged page: the next start checks every page, whatever the size. */
export const suspicionFile = (file: string) => `${file}.suspect`

/** Remembers that a damaged page was met. A disk that cannot take the note will be met again. */
export function noteSuspicion(file: string, message: string): void {
  try {
    writeFileSync(suspicionFile(file), `${message}\n`)
  } catch {}
}

export const tableNames = (database: DatabaseSync): string[] =>
  database
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY rowid")
    .all()
    .map((row) => String(row.name))

export function syncDirectory(directory: string): void {
  const handle = openSync(directory, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

/** Makes the folder and what leads to it, durably. */
export function makeDirectory(directory: string): void {
  const first = mkdirSync(directory, { recursive: true })
  if (first === undefined) return
  for (let at = path.resolve(directory); ; at = path.dirname(at)) {
    syncDirectory(path.dirname(at))
    if (at === path.resolve(first)) return
  }
}
