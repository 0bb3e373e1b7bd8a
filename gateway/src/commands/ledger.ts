import type { AuditFact } from '../auth/audit.ts'
import type { Log } from '../ports/log.ts'
import type { Store, Write } from '../store/store.ts'
import type { CommandRecord, LedgerQuery } from './command.ts'
import type { KeptCommand } from './kept.ts'
import type { PendingRevert } from './pending-revert.ts'

/** Tables of the commands room, for openStore. */
export const commandTables: readonly string[] = [
  `CREATE TABLE IF NOT EXISTS command_ledger (
     seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, device TEXT NOT NULL, command TEXT NOT NULL, trace TEXT,
     state TEXT NOT NULL, body TEXT NOT NULL) STRICT`,
  'CREATE INDEX IF NOT EXISTS command_ledger_device ON command_ledger (device, seq)',
  `CREATE TABLE IF NOT EXISTS command_revert (
     device TEXT NOT NULL, quantity TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (device, quantity)) STRICT`,
  `CREATE TABLE IF NOT EXISTS command_kept (
     device TEXT NOT NULL, quantity TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (device, quantity)) STRICT`,
]

/** The ledger keeps the newest; what each of them was stays in the audit log for ever. */
export const MAX_RECORDS = 100_000
const TIDY_EVERY = 1000
const MAX_ENDS_WAITING = 1000
export const DAY_MS = 86_400_000

const UPSERT =
  'INSERT OR REPLACE INTO command_ledger (seq, at, device, command, trace, state, body) VALUES (?, ?, ?, ?, ?, ?, ?)'

export interface LedgerParts {
  readonly store: Pick<Store, 'commit' | 'read'>
  /** Writes a fact into the hash-chained audit log, with `writes` in the same transaction. */
  readonly audit: (fact: AuditFact, writes: readonly Write[]) => Promise<void>
  readonly log: Log
}

type Of = Pick<KeptCommand, 'device' | 'quantity'>

/** What is changed together with a record: of what is to be taken back, and of what is written again and again. */
export type Change =
  | { readonly set: PendingRevert }
  | { readonly drop: Of }
  | { readonly keep: KeptCommand }
  | { readonly forget: Of }

/** Every command on disk: who, what, from which value, what came of it. */
export interface Ledger {
  nextId(): string
  /** Record, its changes and the audit entry in one transaction; resolves when they are on disk, rejects like Store.commit. */
  begin(record: CommandRecord, changes: readonly Change[]): Promise<void>
  /** The same without anybody waiting; what cannot be written is logged and counted. */
  note(record: CommandRecord, changes?: readonly Change[]): void
  /** A change without a record, like `note`. */
  change(change: Change): void
  recent(query: LedgerQuery): Promise<readonly CommandRecord[]>
  /** What was given since, refused ones left out; oldest first. */
  since(at: number): Promise<readonly CommandRecord[]>
  /** Records that had no end when the gateway stopped. */
  interrupted(): Promise<readonly CommandRecord[]>
  reverts(): Promise<readonly PendingRevert[]>
  /** What devices forget and are told again. */
  kept(): Promise<readonly KeptCommand[]>
  waiting(): number
  /** Resolves when what was noted is on disk or given up. */
  settled(): Promise<void>
}

export async function openLedger({ store, audit, log }: LedgerParts): Promise<Ledger> {
  const [last] = await store.read<{ seq: number | null }>('SELECT max(seq) AS seq FROM command_ledger')
  let seq = last?.seq ?? 0
  const underWay = new Set<Promise<void>>()
  let failing = false

  const bodies = async <Body>(sql: string, parameters?: readonly (string | number | null)[]) =>
    (await store.read<{ body: string }>(sql, parameters)).map(({ body }) => JSON.parse(body) as Body)
  const rows = (where: string, parameters: readonly (string | number | null)[]) =>
    bodies<CommandRecord>(`SELECT body FROM command_ledger ${where}`, parameters)

  /** Beginning and end of one command go different ways to the disk; the end must not be overtaken by the beginning. */
  const newest = new Map<string, Promise<void>>()

  function write(record: CommandRecord, changes: readonly Change[]): Promise<void> {
    const before = newest.get(record.id) ?? Promise.resolve()
    const written: Promise<void> = before
      .catch(() => {})
      .then(() => commit(record, changes))
      .finally(() => {
        if (newest.get(record.id) === written) newest.delete(record.id)
      })
    newest.set(record.id, written)
    return written
  }

  function commit(record: CommandRecord, changes: readonly Change[]): Promise<void> {
    const writes = [
      recordWrite(record),
      ...changes.map(changeWrite),
      ...(seq % TIDY_EVERY === 0 ? [tidyWrite(seq)] : []),
    ]
    // A refusal changed nothing, and a confirmed one has its entry from its beginning.
    if (record.state === 'refused' || record.state === 'confirmed') return store.commit(writes)
    return audit(factOf(record), writes)
  }

  function unattended(write: () => Promise<void>): void {
    if (underWay.size >= MAX_ENDS_WAITING) {
      complain(new Error(`${MAX_ENDS_WAITING} records wait`))
      return
    }
    const written: Promise<void> = write()
      .then(() => {
        if (failing) log.info({ was: 'HW_COMMAND_NOT_RECORDED' }, 'commands are recorded again')
        failing = false
      }, complain)
      .finally(() => underWay.delete(written))
    underWay.add(written)
  }

  function complain(error: Error): void {
    if (!failing) log.error({ code: 'HW_COMMAND_NOT_RECORDED', error: error.message }, 'a command is not in the ledger')
    failing = true
  }

  return {
    nextId: () => `C${++seq}`,
    begin: write,
    note: (record, changes = []) => unattended(() => write(record, changes)),
    change: (change) => unattended(() => store.commit([changeWrite(change)])),
    recent: ({ device, trace, before, limit }) =>
      rows(`WHERE (? IS NULL OR device = ?) AND (? IS NULL OR trace = ?) AND at < ? ORDER BY seq DESC LIMIT ?`, [
        device ?? null,
        device ?? null,
        trace ?? null,
        trace ?? null,
        before ?? Number.MAX_SAFE_INTEGER,
        limit,
      ]),
    since: (at) =>
      rows(`WHERE at >= ? AND state <> 'refused' ORDER BY seq DESC LIMIT 10000`, [at]).then((all) => all.reverse()),
    interrupted: () => rows(`WHERE state = 'sending' ORDER BY seq`, []),
    reverts: () => bodies<PendingRevert>('SELECT body FROM command_revert'),
    kept: () => bodies<KeptCommand>('SELECT body FROM command_kept'),
    waiting: () => underWay.size,
    async settled() {
      await Promise.all(underWay)
    },
  }
}

const seqOf = ({ id }: CommandRecord) => Number(id.slice(1))

const recordWrite = (record: CommandRecord): Write => ({
  sql: UPSERT,
  rows: [
    [
      seqOf(record),
      Math.floor(record.at),
      record.device,
      record.command,
      record.trace ?? null,
      record.state,
      JSON.stringify(record),
    ],
  ],
})

function changeWrite(change: Change): Write {
  if ('set' in change) return setWrite('command_revert', change.set)
  if ('drop' in change) return dropWrite('command_revert', change.drop)
  return 'keep' in change ? setWrite('command_kept', change.keep) : dropWrite('command_kept', change.forget)
}

const setWrite = (table: string, body: Of): Write => ({
  sql: `INSERT OR REPLACE INTO ${table} (device, quantity, body) VALUES (?, ?, ?)`,
  rows: [[body.device, body.quantity, JSON.stringify(body)]],
})
const dropWrite = (table: string, { device, quantity }: Of): Write => ({
  sql: `DELETE FROM ${table} WHERE device = ? AND quantity = ?`,
  rows: [[device, quantity]],
})

const tidyWrite = (seq: number): Write => ({
  sql: 'DELETE FROM command_ledger WHERE seq <= ?',
  rows: [[seq - MAX_RECORDS]],
})

function factOf({
  id,
  by,
  device,
  command,
  value,
  state,
  via,
  reason,
  trace,
  code,
  revertAt,
  revertOf,
}: CommandRecord): AuditFact {
  const detail = { id, state, via, value, reason, trace, code, revertAt, revertOf }
  return { actor: by, action: `command.${command}`, subject: device, detail }
}
