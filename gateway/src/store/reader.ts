import path from 'node:path'
import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { openForReading } from './open-database.ts'
import { storeFailure } from './sqlite-failure.ts'
import { StatementCache } from './statement-cache.ts'
import type { SqlValue } from './store.ts'
import { noteSuspicion } from './store-file.ts'
import type { ReadResult } from './worker-messages.ts'

/** The reading side: one query at a time on a read-only connection, each seeing the newest commit. Opens with the first query. */
export class Reader {
  readonly #file: string
  #open: { readonly database: DatabaseSync; readonly statements: StatementCache } | undefined

  constructor(file: string) {
    this.#file = file
  }

  read(sql: string, parameters: readonly SqlValue[]): ReadResult {
    try {
      return { rows: allRows(this.#opened().statements.get(sql), parameters) }
    } catch (error) {
      const failure = storeFailure(error, path.dirname(this.#file))
      if (failure.code === 'HW_STORE_CORRUPT') noteSuspicion(this.#file, failure.message)
      return { failure }
    }
  }

  /** The next query opens the file anew. */
  close(): void {
    this.#open?.database.close()
    this.#open = undefined
  }

  #opened() {
    if (!this.#open) {
      const database = openForReading(this.#file)
      this.#open = { database, statements: new StatementCache(database) }
    }
    return this.#open
  }
}

function allRows(statement: StatementSync, parameters: readonly SqlValue[]): unknown[] {
  try {
    return statement.all(...parameters)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    // An integer beyond 2^53: node:sqlite refuses to round it. Read all as bigint and turn the small ones back.
    statement.setReadBigInts(true)
    try {
      return statement.all(...parameters).map(withSmallIntegersAsNumbers)
    } finally {
      statement.setReadBigInts(false)
    }
  }
}

function withSmallIntegersAsNumbers(row: Record<string, unknown>): Record<string, unknown> {
  for (const [name, value] of Object.entries(row)) {
    if (typeof value === 'bigint' && Number.isSafeInteger(Number(value))) row[name] = Number(value)
  }
  return row
}
