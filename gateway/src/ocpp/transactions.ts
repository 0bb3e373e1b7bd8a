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
  /**
   * Time stamp as the charger wrote it: with the register, what makes it the same transaction when it is told again. One that is not
   * believed is followed by the number, because the next transaction may have the same.
   */
  readonly stamp: string
  /** Unix ms. */
  readonly startedAt: number
  readonly meterStartWh: number
  readonly stoppedAt?: number
  readonly meterStopWh?: number
  readonly reason?: string
}

export interface TransactionStart extends Omit<Transaction, 'id' | 'stoppedAt' | 'meterStopWh' | 'reason'> {
  /** Its stamp is believed; without that only the one under way can be meant again: a charger without a clock writes the same each time. */
  readonly isDated: boolean
}

interface Begun {
  readonly transaction: Transaction
  readonly isNew: boolean
}

export interface Transactions {
  /**
   * The transaction this start means, on disk when it resolves. The same start told again is the same transaction.
   * Rejects like Store.commit; then nobody may be told an id.
   */
  begin(start: TransactionStart): Promise<Begun>
  /** Ends it, on disk when it resolves. `unknown`: this charge point has no such transaction. `repeated`: it had ended already. */
  end(
    chargePoint: string,
    id: number,
    stop: { readonly stoppedAt: number; readonly meterStopWh: number; readonly reason?: string },
  ): Promise<{ readonly outcome: 'ended' | 'repeated' | 'unknown'; readonly transaction?: Transaction }>
  /**
   * The connector said whether a transaction is under way. One that began before it said no is not, after a power cut for instance; its
   * end may still come.
   */
  connectorSaid(chargePoint: string, connector: number, isUnderWay: boolean, at: number): void
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
  /** Of the places in `open`, those whose connector said later that it has none. */
  const idle = new Set<string>()
  const beginning = new Map<string, Promise<Begun>>()
  let lastId = rows[0]?.id ?? 0

  function remember(transaction: Transaction): void {
    byId.set(transaction.id, transaction)
    byStart.set(startKey(transaction), transaction)
    const place = placeKey(transaction.chargePoint, transaction.connector)
    const known = open.get(place)
    // One that was never ended before a later one at the same connector is over, whatever the charger forgot to say.
    if (!known || known.id <= transaction.id) {
      idle.delete(place)
      if (transaction.stoppedAt === undefined) open.set(place, transaction)
      else open.delete(place)
    }
    if (byId.size <= REMEMBERED) return
    const oldest = byId.values().next().value as Transaction
    byId.delete(oldest.id)
    byStart.delete(startKey(oldest))
  }

  for (const row of rows.reverse()) remember(fromRow(row))

  /** One that is too old to be remembered. */
  async function fromStore(where: string, values: readonly (string | number)[]): Promise<Transaction | undefined> {
    const [row] = await store.read<Row>(`SELECT * FROM ocpp_transaction WHERE ${where}`, values)
    return row && fromRow(row)
  }

  const write = (transaction: Transaction): Promise<void> =>
    store.commit([upsert(transaction), ...(transaction.id % TIDY_EVERY === 0 ? [tidy(lastId)] : [])])

  function openAt(chargePoint: string, connector: number): Transaction | undefined {
    const place = placeKey(chargePoint, connector)
    return idle.has(place) ? undefined : open.get(place)
  }

  function remembered({ isDated, ...start }: TransactionStart): Transaction | undefined {
    if (isDated) return byStart.get(startKey(start))
    const running = openAt(start.chargePoint, start.connector)
    const isSame = running?.meterStartWh === start.meterStartWh && asTold(running.stamp) === start.stamp
    return isSame ? running : undefined
  }

  async function register({ isDated, ...start }: TransactionStart): Promise<Begun> {
    const { chargePoint, connector, stamp, meterStartWh } = start
    const known = isDated && (await fromStore(SAME_START, [chargePoint, connector, stamp, meterStartWh]))
    if (known) return { transaction: known, isNew: false }
    lastId = Math.min(MAX_ID, Math.max(lastId + 1, Math.floor((wallMs() - IDS_SINCE_MS) / 1000)))
    const transaction: Transaction = { ...start, id: lastId, stamp: isDated ? stamp : `${stamp} #${lastId}` }
    await write(transaction)
    remember(transaction)
    return { transaction, isNew: true }
  }

  return {
    async begin(start) {
      const known = remembered(start)
      if (known) return { transaction: known, isNew: false }
      const key = startKey(start)
      const underWay = beginning.get(key)
      if (underWay) return { ...(await underWay), isNew: false }
      const begun = register(start).finally(() => beginning.delete(key))
      beginning.set(key, begun)
      return begun
    },

    async end(chargePoint, id, stop) {
      const known = byId.get(id) ?? (await fromStore('id = ?', [id]))
      if (known?.chargePoint !== chargePoint) return { outcome: 'unknown' }
      if (known.stoppedAt !== undefined) return { outcome: 'repeated', transaction: known }
      const ended: Transaction = { ...known, ...stop }
      await write(ended)
      remember(ended)
      return { outcome: 'ended', transaction: ended }
    },

    connectorSaid(chargePoint, connector, isUnderWay, at) {
      const place = placeKey(chargePoint, connector)
      if (isUnderWay) idle.delete(place)
      else if ((open.get(place)?.startedAt ?? at) < at) idle.add(place)
    },

    openAt,
    stats: () => ({ transactionsOpen: open.size - idle.size }),
  }
}

const SAME_START = 'charge_point = ? AND connector = ? AND stamp = ? AND meter_start_wh = ?'
type Start = Omit<TransactionStart, 'isDated'>
const startKey = ({ chargePoint, connector, stamp, meterStartWh }: Start): string =>
  JSON.stringify([chargePoint, connector, stamp, meterStartWh])
/** Without the number behind a stamp that is not believed. */
const asTold = (stamp: string): string => stamp.replace(/ #\d+$/, '')
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
