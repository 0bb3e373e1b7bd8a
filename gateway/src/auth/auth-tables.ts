/** Users, sessions and the audit log, for openStore. The audit log is never cut: about 300 bytes an entry. */
export const authTables: readonly string[] = [
  `CREATE TABLE IF NOT EXISTS user (
     name TEXT PRIMARY KEY, hash TEXT NOT NULL,
     roles TEXT NOT NULL, -- JSON array
     must_change INTEGER NOT NULL,
     created_at INTEGER NOT NULL) STRICT`,
  // The id itself is only in the browser: who copies this table can sign in as nobody.
  `CREATE TABLE IF NOT EXISTS session (
     digest TEXT PRIMARY KEY, user TEXT NOT NULL,
     created_at INTEGER NOT NULL, seen_at INTEGER NOT NULL, address TEXT NOT NULL) STRICT`,
  `CREATE TABLE IF NOT EXISTS audit (
     seq INTEGER PRIMARY KEY, at INTEGER NOT NULL,
     actor TEXT NOT NULL, action TEXT NOT NULL, subject TEXT NOT NULL, detail TEXT NOT NULL, -- JSON
     previous TEXT NOT NULL, hash TEXT NOT NULL) STRICT`,
  // Written with every entry: entries cut off at the end are missed as well.
  'CREATE TABLE IF NOT EXISTS audit_head (id INTEGER PRIMARY KEY CHECK (id = 1), seq INTEGER NOT NULL, hash TEXT NOT NULL) STRICT',
]
