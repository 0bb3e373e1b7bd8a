/** The repair chain's tables, for openStore. Current state for a quick start, every change for the record; nothing is ever deleted. */
export const repairTables: readonly string[] = [
  `CREATE TABLE IF NOT EXISTS alarm (
     id TEXT PRIMARY KEY, device TEXT NOT NULL, raised_at INTEGER NOT NULL, open INTEGER NOT NULL, body TEXT NOT NULL) STRICT`,
  'CREATE INDEX IF NOT EXISTS alarm_open ON alarm (open) WHERE open = 1',
  `CREATE TABLE IF NOT EXISTS alarm_transition (
     alarm TEXT NOT NULL, sequence INTEGER NOT NULL, device TEXT NOT NULL, at INTEGER NOT NULL, body TEXT NOT NULL,
     PRIMARY KEY (alarm, sequence)) STRICT`,
  'CREATE INDEX IF NOT EXISTS alarm_transition_time ON alarm_transition (at)',
  `CREATE TABLE IF NOT EXISTS work_order (
     id TEXT PRIMARY KEY, device TEXT NOT NULL, created_at INTEGER NOT NULL, closed_at INTEGER) STRICT`,
  'CREATE INDEX IF NOT EXISTS work_order_time ON work_order (created_at)',
  `CREATE TABLE IF NOT EXISTS work_order_event (
     work_order TEXT NOT NULL, sequence INTEGER NOT NULL, at INTEGER NOT NULL, body TEXT NOT NULL,
     PRIMARY KEY (work_order, sequence)) STRICT`,
]
