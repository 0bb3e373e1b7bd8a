import type { Store, Write } from '../store/store.ts'

/** Tables of the OCPP room, for openStore. Who charged is not kept: no idTag is in here. */
export const ocppTables: readonly string[] = [
  `CREATE TABLE IF NOT EXISTS ocpp_transaction (
     id INTEGER PRIMARY KEY, charge_point TEXT NOT NULL, connector INTEGER NOT NULL, stamp TEXT NOT NULL,
     started_at INTEGER NOT NULL, meter_start_wh INTEGER NOT NULL,
     stopped_at INTEGER, meter_stop_wh INTEGER, reason TEXT) STRICT`,
  `CREATE UNIQUE INDEX IF NOT EXISTS ocpp_transaction_once
     ON ocpp_transaction (charge_point, connector, stamp, meter_start_wh)`,
]

/** The newest are kept; the energy of the older ones is in the readings. */
export const MAX_TRANSACTIONS = 100_000
const TIDY_EVERY = 1000
/** Newest transactions kept in memory, to know a repeated message at once. */
const REMEMBERED = 20_000

/** 2020-01-01: ids are at least the seconds since then, so a store that was lost or put back gives none a second time. */
const IDS_SINCE_MS = Date.UTC(2020, 0, 1)
/** Chargers keep a signed 32 bit number. Reached in 2088. */
const MAX_ID = 2 ** 31 - 1

export interface Transaction {
  readonly id: number
  readonly chargePoint: string
  readonly connector: number
  /** Time stamp as the charger wrote it: with the register, what makes it the same transaction when it is told again. */
  readonly stamp: string
  /** Unix ms. */
  readonly startedAt: number
  readonly meterStartWh: number
  readonly stoppedAt?: number
  readonly meterStopWh?: number
  readonly reason?: string
}

export type TransactionStart = Omit<Transaction, 'id' | 'stoppedAt' | 'meterStopWh' | 'reason'>

export interface Transactions {
  /**
   * The transaction this start means, on disk when it resolves. The same start told again is the same transaction.
   * Rejects like Store.commit; then nobody may be told an id.
   */
  begin(start: TransactionStart): Promise<{ readonly transaction: Transaction; readonly isNew: boolean }>
  /** Ends it, on disk when it resolves. `unknown`: this charge point has no such transaction. `repeated`: it had ended already. */
  end(
    chargePoint: string,
    id: number,
    stop: { readonly stoppedAt: number; readonly meterStopWh: number; readonly reason?: string },
  ): Promise<{ readonly outcome: 'ended' | 'repeated' | 'unknown'; readonly transaction?: Transaction }>
  /** The one under way at a connector. */
  openAt(chargePoint: string, connector: number): Transaction | undefined
  stats(): { readonly transactionsOpen: number }
}

interface Row {
  readonly id: number
  readonly charge_point: string
  readonly connector: number
  readonly stamp: string
  readonly started_at: number
  readonly meter_start_wh: number
  readonly stopped_at: number | null
  readonly meter_stop_wh: number | null
  readonly reason: string | null
}

export async function openTransactions(
  store: Pick<Store, 'commit' | 'read'>,
  wallMs: () => number,
): Promise<Transactions> {
  const rows = await store.read<Row>('SELECT * FROM ocpp_transaction ORDER BY id DESC LIMIT ?', [REMEMBERED])
  const byId = new Map<number, Transaction>()
  const byStart = new Map<string, Transaction>()
  const open = new Map<string, Transaction>()
  const beginning = new Map<string, Promise<Transaction>>()
  let lastId = rows[0]?.id ?? 0

  function remember(transaction: Transaction): void {
    byId.set(transaction.id, transaction)
    byStart.set(startKey(transaction), transaction)
    const place = placeKey(transaction.chargePoint, transaction.connector)
    const known = open.get(place)
    if (transaction.stoppedAt === undefined) {
      if (!known || known.id <= transaction.id) open.set(place, transaction)
    } else if (known?.id === transaction.id) open.delete(place)
    if (byId.size <= REMEMBERED) return
    const oldest = byId.values().next().value as Transaction
    byId.delete(oldest.id)
    byStart.delete(startKey(oldest))
  }

  for (const row of rows.reverse()) remember(fromRow(row))
  // A start that was never ended before a later one at the same connector is over, whatever the charger forgot to say.
  const write = (transaction: Transaction): Promise<void> =>
    store.commit([upsert(transaction), ...(transaction.id % TIDY_EVERY === 0 ? [tidy(lastId)] : [])])

  async function register(start: TransactionStart): Promise<Transaction> {
    lastId = Math.min(MAX_ID, Math.max(lastId + 1, Math.floor((wallMs() - IDS_SINCE_MS) / 1000)))
    const transaction: Transaction = { id: lastId, ...start }
    await write(transaction)
    remember(transaction)
    return transaction
  }

  return {
    async begin(start) {
      const key = startKey(start)
      const known = byStart.get(key)
      if (known) return { transaction: known, isNew: false }
      const underWay = beginning.get(key)
      if (underWay) return { transaction: await underWay, isNew: false }
      const stored = register(start).finally(() => beginning.delete(key))
      beginning.set(key, stored)
      return { transaction: await stored, isNew: true }
    },

    async end(chargePoint, id, stop) {
      const known = byId.get(id)
      if (known?.chargePoint !== chargePoint) return { outcome: 'unknown' }
      if (known.stoppedAt !== undefined) return { outcome: 'repeated', transaction: known }
      const ended: Transaction = { ...known, ...stop }
      await write(ended)
      remember(ended)
      return { outcome: 'ended', transaction: ended }
    },

    openAt: (chargePoint, connector) => open.get(placeKey(chargePoint, connector)),
    stats: () => ({ transactionsOpen: open.size }),
  }
}

const startKey = ({ chargePoint, connector, stamp, meterStartWh }: TransactionStart): string =>
  JSON.stringify([chargePoint, connector, stamp, meterStartWh])
const placeKey = (chargePoint: string, connector: number): string => JSON.stringify([chargePoint, connector])

const fromRow = (row: Row): Transaction => ({
  id: row.id,
  chargePoint: row.charge_point,
  connector: row.connector,
  stamp: row.stamp,
  startedAt: row.started_at,
  meterStartWh: row.meter_start_wh,
  ...(row.stopped_at !== null && { stoppedAt: row.stopped_at }),
  ...(row.meter_stop_wh !== null && { meterStopWh: row.meter_stop_wh }),
  ...(row.reason !== null && { reason: row.reason }),
})

const upsert = (one: Transaction): Write => ({
  sql: `INSERT INTO ocpp_transaction (id, charge_point, connector, stamp, started_at, meter_start_wh, stopped_at, meter_stop_wh, reason)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET stopped_at = excluded.stopped_at, meter_stop_wh = excluded.meter_stop_wh, reason = excluded.reason`,
  rows: [
    [
      one.id,
      one.chargePoint,
      one.connector,
      one.stamp,
      Math.floor(one.startedAt),
      one.meterStartWh,
      one.stoppedAt === undefined ? null : Math.floor(one.stoppedAt),
      one.meterStopWh ?? null,
      one.reason ?? null,
    ],
  ],
})

const tidy = (lastId: number): Write => ({
  sql: 'DELETE FROM ocpp_transaction WHERE id < ? AND id NOT IN (SELECT id FROM ocpp_transaction ORDER BY id DESC LIMIT ?)',
  rows: [[lastId, MAX_TRANSACTIONS]],
})
