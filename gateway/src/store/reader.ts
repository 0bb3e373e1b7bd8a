import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { storeFailure } from './sqlite-failure.ts'
import { StatementCache } from './statement-cache.ts'
import type { SqlValue } from './store.ts'
import type { ReadResult } from './worker-messages.ts'

/** The reading side: one query at a time on a read-only connection, each seeing the newest commit. */
export class Reader {
  readonly #database: DatabaseSync
  readonly #statements: StatementCache
  readonly #directory: string

  constructor(database: DatabaseSync, directory: string) {
    this.#database = database
    this.#statements = new StatementCache(database)
    this.#directory = directory
  }

  read(sql: string, parameters: readonly SqlValue[]): ReadResult {
    try {
      const statement = this.#statements.get(sql)
      return { rows: allRows(statement, parameters) }
    } catch (error) {
      return { failure: storeFailure(error, this.#directory) }
    }
  }

  close(): void {
    this.#database.close()
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
