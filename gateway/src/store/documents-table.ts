import type { Store } from './store.ts'

export const documentTables: readonly string[] = [
  'CREATE TABLE IF NOT EXISTS document (name TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT',
]

/** One small JSON document that outlives a restart, for rooms with little to remember. Written whole. */
export function storedDocument<T>(
  store: Store,
  name: string,
  empty: T,
): { load(): Promise<T>; save(value: T): Promise<void> } {
  return {
    async load() {
      const [row] = await store.read<{ body: string }>('SELECT body FROM document WHERE name = ?', [name])
      return row ? (JSON.parse(row.body) as T) : empty // written by save alone
    },
    save: (value) =>
      store.commit([
        { sql: 'INSERT OR REPLACE INTO document (name, body) VALUES (?, ?)', rows: [[name, JSON.stringify(value)]] },
      ]),
  }
}
