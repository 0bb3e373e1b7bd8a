/**
 * The spool's tables, for openStore. `series` and `frame` are also read by the history room, by name.
 * `frame.body` is the JSON of the good values by quantity id; `bad` that of the reasons, where there are any.
 */
export const spoolTables: readonly string[] = [
  `CREATE TABLE IF NOT EXISTS series (
     id INTEGER PRIMARY KEY,
     hall TEXT NOT NULL, zone TEXT NOT NULL, device TEXT NOT NULL, kind TEXT NOT NULL, profile TEXT NOT NULL, stream TEXT NOT NULL,
     code TEXT NOT NULL,
     UNIQUE (hall, zone, device, kind, profile, stream, code))`,
  'CREATE INDEX IF NOT EXISTS series_by_device ON series (device)',
  `CREATE TABLE IF NOT EXISTS frame (
     seq INTEGER PRIMARY KEY,
     series INTEGER NOT NULL,
     at INTEGER NOT NULL, -- Unix ms
     body TEXT NOT NULL,
     bad TEXT)`,
  'CREATE INDEX IF NOT EXISTS frame_by_time ON frame (series, at)',
  // Once a minute: up to which frame the hall had come by which wall clock. Age is measured here, not by the devices' stamps.
  'CREATE TABLE IF NOT EXISTS spool_mark (seq INTEGER PRIMARY KEY, wall INTEGER NOT NULL)',
  // evicted_to: highest seq ever evicted, so that no number is given twice; floor: nothing at or below it is left to forward.
  `CREATE TABLE IF NOT EXISTS spool_state (
     id INTEGER PRIMARY KEY CHECK (id = 1),
     evicted_to INTEGER NOT NULL, floor INTEGER NOT NULL, dropped INTEGER NOT NULL)`,
  'INSERT OR IGNORE INTO spool_state VALUES (1, 0, 0, 0)',
  'CREATE TABLE IF NOT EXISTS forward (id INTEGER PRIMARY KEY CHECK (id = 1), live INTEGER NOT NULL, gaps TEXT NOT NULL)',
  `CREATE TABLE IF NOT EXISTS dead_letter (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     at INTEGER NOT NULL, seq INTEGER NOT NULL, line TEXT NOT NULL, reason TEXT NOT NULL)`,
]
