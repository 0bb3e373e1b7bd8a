import type { SqlValue, Write } from '../store/store.ts'
import type { Notice } from './notice.ts'

/** The outbox's tables, for openStore. `notice_told` remembers who was told of what, so that the end of it is told to the same people. */
export const notifyTables: readonly string[] = [
  `CREATE TABLE IF NOT EXISTS notice (
     seq INTEGER PRIMARY KEY AUTOINCREMENT,
     key TEXT NOT NULL UNIQUE,
     body TEXT NOT NULL,
     priority TEXT NOT NULL,
     recipient TEXT NOT NULL,
     thread TEXT NOT NULL,
     created_at INTEGER NOT NULL, -- Unix ms, like all times here
     state TEXT NOT NULL, -- queued, sending, accepted, dead
     channel TEXT, -- of the newest attempt
     message TEXT, -- id of the message that carried or carries it
     progress TEXT NOT NULL DEFAULT '{}', -- tries and refusals by channel
     code TEXT, reason TEXT, -- of the newest failure
     sent_at INTEGER, done_at INTEGER)`,
  "CREATE INDEX IF NOT EXISTS notice_waiting ON notice (priority, seq) WHERE state IN ('queued', 'sending')",
  "CREATE INDEX IF NOT EXISTS notice_dead ON notice (done_at) WHERE state = 'dead'",
  'CREATE INDEX IF NOT EXISTS notice_thread ON notice (thread, recipient)',
  'CREATE INDEX IF NOT EXISTS notice_sent ON notice (sent_at)',
  `CREATE TABLE IF NOT EXISTS notice_told (
     thread TEXT NOT NULL, recipient TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (thread, recipient))`,
]

const INSERT = `INSERT OR IGNORE INTO notice (key, body, priority, recipient, thread, created_at, state)`
const QUEUE = `${INSERT} VALUES (?, ?, ?, ?, ?, ?, 'queued')`
const TOLD = 'INSERT OR IGNORE INTO notice_told VALUES (?, ?, ?)'
const QUEUE_RECOVERY = `${INSERT} SELECT ?, ?, ?, ?, ?, ?, 'queued'
  WHERE EXISTS (SELECT 1 FROM notice_told WHERE thread = ? AND recipient = ?)`
const FORGET_TOLD = 'DELETE FROM notice_told WHERE thread = ? AND recipient = ?'

/**
 * Notices as writes for the transaction of the step that asked for them. A key that is already there is not queued again, and a
 * recovery only for a person who was told of what recovered, once: composing it for everybody is right.
 */
export function noticeWrites(notices: readonly Notice[]): Write[] {
  return notices.flatMap((notice): Write[] => {
    const { key, priority, to, thread, createdAt, kind } = notice
    const row: SqlValue[] = [key, JSON.stringify(notice), priority, to, thread, createdAt]
    if (kind === 'recovery')
      return [
        { sql: QUEUE_RECOVERY, rows: [[...row, thread, to]] },
        { sql: FORGET_TOLD, rows: [[thread, to]] },
      ]
    const queued = { sql: QUEUE, rows: [row] }
    return kind === 'canary' || kind === 'dead-letter'
      ? [queued]
      : [queued, { sql: TOLD, rows: [[thread, to, createdAt]] }]
  })
}

export interface NoticeRow {
  readonly seq: number
  readonly key: string
  readonly body: string
  readonly state: 'queued' | 'sending' | 'accepted' | 'dead'
  readonly channel: string | null
  readonly message: string | null
  readonly progress: string
  readonly code: string | null
  readonly reason: string | null
  readonly sent_at: number | null
  readonly done_at: number | null
}

/** Everything that is not at its end and came after `seq`. */
export const WAITING_SQL =
  "SELECT * FROM notice WHERE state IN ('queued', 'sending') AND seq > ? ORDER BY seq LIMIT 5000"
export const DEAD_SQL = "SELECT * FROM notice WHERE state = 'dead' ORDER BY done_at DESC LIMIT ?"
/** What a channel was sent lately: its limit outlives our restart. */
export const RECENT_SQL =
  'SELECT channel, recipient, message, MAX(sent_at) AS sent_at FROM notice WHERE sent_at > ? GROUP BY channel, message'
/** The message that opened a thread at a person: later mails answer it. */
export const FIRST_SQL =
  "SELECT message FROM notice WHERE thread = ? AND recipient = ? AND channel = ? AND state = 'accepted' ORDER BY seq LIMIT 1"

/** Taken in hand: from here until the verdict is on disk a crash leaves open whether it was delivered. */
export const SENDING_SQL = "UPDATE notice SET state = 'sending', channel = ?, message = ?, sent_at = ? WHERE seq = ?"
export const ACCEPTED_SQL =
  "UPDATE notice SET state = 'accepted', done_at = ?, code = NULL, reason = NULL WHERE seq = ? AND state <> 'accepted'"
export const FAILED_SQL =
  "UPDATE notice SET state = 'queued', message = ?, progress = ?, code = ?, reason = ? WHERE seq = ?"
export const DEAD_LETTER_SQL =
  "UPDATE notice SET state = 'dead', progress = ?, code = ?, reason = ?, done_at = ? WHERE seq = ?"
export const REVIVE_SQL =
  "UPDATE notice SET state = 'queued', message = NULL, progress = '{}', done_at = NULL WHERE key = ? AND state = 'dead'"

const DAY_MS = 86_400_000

/** Accepted notices stay a month, dead letters a quarter, who was told a year: then nobody asks any more. */
export const pruneWrites = (now: number): Write[] => [
  { sql: "DELETE FROM notice WHERE state = 'accepted' AND done_at < ?", rows: [[now - 30 * DAY_MS]] },
  { sql: "DELETE FROM notice WHERE state = 'dead' AND done_at < ?", rows: [[now - 90 * DAY_MS]] },
  { sql: 'DELETE FROM notice_told WHERE at < ?', rows: [[now - 365 * DAY_MS]] },
]
