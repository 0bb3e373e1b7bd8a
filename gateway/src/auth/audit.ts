import { createHash } from 'node:crypto'
import { HallwattError } from '../domain/errors.ts'
import type { Clock } from '../ports/clock.ts'
import type { Store, Write } from '../store/store.ts'

/** What somebody did. `subject` is what it was done to: an order, an alarm, a user. Never a secret. */
export interface AuditFact {
  readonly actor: string
  /** `order.accept`, `user.add` */
  readonly action: string
  readonly subject: string
  readonly detail?: Readonly<Record<string, unknown>>
}

export interface AuditEntry {
  /** 1, 2, 3 … without a gap. */
  readonly seq: number
  readonly at: number
  readonly actor: string
  readonly action: string
  readonly subject: string
  readonly detail: Readonly<Record<string, unknown>>
  /** SHA-256 of the entry before this one, in hex; 64 zeros for the first. */
  readonly previous: string
  readonly hash: string
}

/** Intact up to the last entry, or where the first broken link is. */
export type AuditVerdict =
  | { readonly intact: true; readonly entries: number; readonly head: string }
  | { readonly intact: false; readonly entries: number; readonly brokenAt: number; readonly reason: string }

export interface Audit {
  /**
   * Writes the fact and `writes` in one transaction; resolves when both are on disk.
   * Rejects like Store.commit, and with HW_STORE_BUSY when 1,000 facts wait.
   */
  append(fact: AuditFact, writes?: readonly Write[]): Promise<void>
  /** Newest first; `before` is the `seq` to go on from. */
  list(query: { readonly before?: number; readonly limit: number }): Promise<readonly AuditEntry[]>
  verify(): Promise<AuditVerdict>
  stats(): { readonly auditEntries: number; readonly auditWaiting: number }
}

interface AuditRow extends Omit<AuditEntry, 'detail'> {
  readonly detail: string
}

const FIRST_PREVIOUS = '0'.repeat(64)
const MAX_WAITING = 1000
const MAX_DETAIL_BYTES = 4096
const PAGE = 1000
const INSERT =
  'INSERT INTO audit (seq, at, actor, action, subject, detail, previous, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)'
const SET_HEAD = 'INSERT OR REPLACE INTO audit_head (id, seq, hash) VALUES (1, ?, ?)'

/** The log of who did what, each entry holding the hash of the one before: a changed or missing entry breaks the chain. */
export async function createAudit({ store, clock }: { store: Store; clock: Clock }): Promise<Audit> {
  type Head = { seq: number; hash: string }
  const readHead = async () => (await store.read<Head>('SELECT seq, hash FROM audit_head'))[0]
  /** Where to go on. Without a head (another hand took it) after the last entry: nobody could sign in otherwise. */
  const readEnd = async (): Promise<Head> =>
    (await readHead()) ??
    (await store.read<Head>('SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1'))[0] ?? {
      seq: 0,
      hash: FIRST_PREVIOUS,
    }
  /** Undefined when it has to be read again: after a commit whose outcome is unknown. */
  let head: Head | undefined = await readEnd()
  let waiting = 0
  let queue: Promise<void> = Promise.resolve()

  async function write(fact: AuditFact, writes: readonly Write[]): Promise<void> {
    head ??= await readEnd()
    const row = chained(head, fact, clock.wallMs())
    try {
      await store.commit([
        ...writes,
        {
          sql: INSERT,
          rows: [[row.seq, row.at, row.actor, row.action, row.subject, row.detail, row.previous, row.hash]],
        },
        { sql: SET_HEAD, rows: [[row.seq, row.hash]] },
      ])
      head = { seq: row.seq, hash: row.hash }
    } catch (error) {
      head = undefined
      throw error
    }
  }

  return {
    append(fact, writes = []) {
      if (waiting >= MAX_WAITING)
        return Promise.reject(new HallwattError('HW_STORE_BUSY', `${MAX_WAITING} audit entries wait for the disk.`))
      waiting += 1
      // One after the other: each entry names the hash of the one that is on disk before it.
      const done = queue
        .then(() => write(fact, writes))
        .finally(() => {
          waiting -= 1
        })
      queue = done.catch(() => {})
      return done
    },
    async list({ before = Number.MAX_SAFE_INTEGER, limit }) {
      const rows = await store.read<AuditRow>('SELECT * FROM audit WHERE seq < ? ORDER BY seq DESC LIMIT ?', [
        before,
        limit,
      ])
      return rows.map((row) => ({ ...row, detail: readDetail(row.detail) }))
    },
    async verify() {
      // First the head: what is appended while we read lies beyond it.
      const end = (await readHead()) ?? { seq: 0, hash: FIRST_PREVIOUS }
      let last = { seq: 0, hash: FIRST_PREVIOUS }
      const broken = (brokenAt: number, reason: string): AuditVerdict => ({
        intact: false,
        entries: end.seq,
        brokenAt,
        reason,
      })
      while (last.seq < end.seq) {
        const rows = await store.read<AuditRow>('SELECT * FROM audit WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ?', [
          last.seq,
          end.seq,
          PAGE,
        ])
        if (rows.length === 0) return broken(last.seq + 1, 'The entry is missing.')
        for (const row of rows) {
          if (row.seq !== last.seq + 1) return broken(last.seq + 1, 'The entry is missing.')
          if (row.previous !== last.hash) return broken(row.seq, 'It does not follow the entry before it.')
          if (row.hash !== hashOf(row)) return broken(row.seq, 'Its content is not what was written.')
          last = { seq: row.seq, hash: row.hash }
        }
      }
      if (last.hash !== end.hash) return broken(last.seq, 'It is not the entry that was written last.')
      const [beyond] = await store.read<{ seq: number }>('SELECT max(seq) AS seq FROM audit')
      if (end.seq === 0 && beyond?.seq) return broken(1, 'The head of the log is missing.')
      return { intact: true, entries: end.seq, head: end.hash }
    },
    stats: () => ({ auditEntries: head?.seq ?? 0, auditWaiting: waiting }),
  }
}

function chained(head: { seq: number; hash: string }, fact: AuditFact, at: number): AuditRow {
  const text = JSON.stringify(fact.detail ?? {})
  const detail = Buffer.byteLength(text) <= MAX_DETAIL_BYTES ? text : '{"truncated":true}'
  const { actor, action, subject } = fact
  const row = { seq: head.seq + 1, at: Math.floor(at), actor, action, subject, detail, previous: head.hash }
  return { ...row, hash: hashOf(row) }
}

/** As a JSON array: no two different entries have the same text. */
const hashOf = ({ seq, at, actor, action, subject, detail, previous }: Omit<AuditRow, 'hash'>): string =>
  createHash('sha256')
    .update(JSON.stringify([seq, at, actor, action, subject, detail, previous]))
    .digest('hex')

function readDetail(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>
  } catch {
    // Only another hand writes such a thing; verify() says so.
    return { unreadable: text }
  }
}
