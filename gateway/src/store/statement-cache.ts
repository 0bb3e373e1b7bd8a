import type { DatabaseSync, StatementSync } from 'node:sqlite'

/** More texts than this means that someone builds SQL with values in it; the oldest then go. */
const LIMIT = 400

/** Statements are prepared once per text: preparing costs ten times a small insert. */
export class StatementCache {
  readonly #database: DatabaseSync
  readonly #statements = new Map<string, StatementSync>()

  constructor(database: DatabaseSync) {
    this.#database = database
  }

  get(sql: string): StatementSync {
    const known = this.#statements.get(sql)
    if (known) return known
    const statement = this.#database.prepare(sql)
    if (this.#statements.size >= LIMIT) {
      const oldest = this.#statements.keys().next().value
      if (oldest !== undefined) this.#statements.delete(oldest)
    }
    this.#statements.set(sql, statement)
    return statement
  }
}
