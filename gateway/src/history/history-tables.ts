/**
 * The history's tables, for openStore. It reads `series` and `frame` of the spool by name.
 * `rollup_minute.minute` counts minutes since 1970; numbers and booleans (1 and 0) have sum, min and max, words only count and last.
 */
export const historyTables: readonly string[] = [
  'CREATE TABLE IF NOT EXISTS rollup_quantity (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)',
  // The series before the minute: a pass writes all quantities of a device into neighbouring rows, often into one page.
  `CREATE TABLE IF NOT EXISTS rollup_minute (
     series INTEGER NOT NULL, minute INTEGER NOT NULL, quantity INTEGER NOT NULL,
     count INTEGER NOT NULL, sum REAL, min REAL, max REAL, last, last_at INTEGER NOT NULL,
     PRIMARY KEY (series, minute, quantity)) WITHOUT ROWID`,
  // Frames up to `seq` are rolled up: for every series, and further for one of them while a pass is under way.
  'CREATE TABLE IF NOT EXISTS rollup_state (id INTEGER PRIMARY KEY CHECK (id = 1), seq INTEGER NOT NULL)',
  'INSERT OR IGNORE INTO rollup_state VALUES (1, 0)',
  'CREATE TABLE IF NOT EXISTS rollup_cursor (series INTEGER PRIMARY KEY, seq INTEGER NOT NULL)',
]
