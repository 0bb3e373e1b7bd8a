import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { silentLog } from '../ports/log.ts'
import { systemClock } from '../ports/system-clock.ts'
import { openStore } from '../store/sqlite-store.ts'
import type { Store } from '../store/store.ts'
import { ocppTables, openTransactions } from './transactions.ts'

let folder: string
let store: Store
const open = () => openStore({ directory: folder, clock: systemClock, log: silentLog, tables: ocppTables })
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hallwatt-transactions-'))
  store = await open()
})
afterEach(async () => {
  await store.close()
  await rm(folder, { recursive: true, force: true })
})

const NOW = Date.UTC(2026, 10, 22, 8)
const begun = (connector: number, stamp: string, meterStartWh: number) => ({
  ...{ chargePoint: 'CP-01', connector, stamp, startedAt: NOW, meterStartWh, isDated: true },
})
const STOP = { stoppedAt: NOW + 1000, meterStopWh: 400, reason: 'Local' }
async function restarted() {
  await store.close()
  store = await open()
  return openTransactions(store, () => NOW)
}

test('numbers only grow, also in one second, and go on after a restart', async () => {
  let transactions = await openTransactions(store, () => NOW)
  const first = await transactions.begin(begun(1, 'a', 1))
  const second = await transactions.begin(begun(2, 'b', 1))
  expect(second.transaction.id).toBe(first.transaction.id + 1)
  await store.close()
  store = await open()
  transactions = await openTransactions(store, () => NOW - 3_600_000)
  const third = await transactions.begin(begun(1, 'c', 2))
  expect(third.transaction.id).toBe(second.transaction.id + 1)
})

test('a store that was lost gives no number a second time', async () => {
  const before = await openTransactions(store, () => NOW)
  const { transaction } = await before.begin(begun(1, 'a', 1))
  await store.close()
  await rm(folder, { recursive: true, force: true })
  store = await open()
  const after = await openTransactions(store, () => NOW + 60_000)
  expect((await after.begin(begun(1, 'b', 2))).transaction.id).toBeGreaterThan(transaction.id)
})

test('the same start told twice at once, and again after a restart, is one transaction', async () => {
  const transactions = await openTransactions(store, () => NOW)
  const [one, two] = await Promise.all([transactions.begin(begun(1, 'a', 1)), transactions.begin(begun(1, 'a', 1))])
  expect([one.isNew, two.isNew, two.transaction.id]).toEqual([true, false, one.transaction.id])
  await store.close()
  store = await open()
  const again = await (await openTransactions(store, () => NOW)).begin(begun(1, 'a', 1))
  expect([again.isNew, again.transaction.id]).toEqual([false, one.transaction.id])
})

test('an end is the charge point’s own affair: another one’s number is unknown, and a second end changes nothing', async () => {
  const transactions = await openTransactions(store, () => NOW)
  const { transaction } = await transactions.begin(begun(1, 'a', 100))
  expect(await transactions.end('CP-02', transaction.id, STOP)).toEqual({ outcome: 'unknown' })
  expect(transactions.openAt('CP-01', 1)?.id).toBe(transaction.id)
  expect((await transactions.end('CP-01', transaction.id, STOP)).outcome).toBe('ended')
  expect((await transactions.end('CP-01', transaction.id, { ...STOP, meterStopWh: 999 })).outcome).toBe('repeated')
  expect(transactions.openAt('CP-01', 1)).toBeUndefined()
  expect(await store.read('SELECT meter_stop_wh FROM ocpp_transaction')).toEqual([{ meter_stop_wh: 400 }])
})

test('a start that could not be stored is none, and its repetition is stored', async () => {
  let refuses = true
  const commit: Store['commit'] = async (writes) => {
    if (refuses) throw new Error('full')
    await store.commit(writes)
  }
  const read: Store['read'] = (sql, parameters) => store.read(sql, parameters)
  const transactions = await openTransactions({ commit, read }, () => NOW)
  await expect(transactions.begin(begun(1, 'a', 1))).rejects.toThrow('full')
  expect(transactions.openAt('CP-01', 1)).toBeUndefined()
  refuses = false
  expect((await transactions.begin(begun(1, 'a', 1))).isNew).toBe(true)
})

test('one that was never ended is over with the next at its connector, also after a restart; its late end is still taken', async () => {
  const before = await openTransactions(store, () => NOW)
  const cut = await before.begin(begun(1, 'a', 1))
  const next = await before.begin(begun(1, 'b', 1))
  await before.end('CP-01', next.transaction.id, STOP)
  expect(before.openAt('CP-01', 1)).toBeUndefined()
  const after = await restarted()
  expect(after.openAt('CP-01', 1)).toBeUndefined()
  expect(after.stats()).toEqual({ transactionsOpen: 0 })
  expect((await after.end('CP-01', cut.transaction.id, STOP)).outcome).toBe('ended')
})

test('a connector that says it has none has none; one that charges after all has it again', async () => {
  const transactions = await openTransactions(store, () => NOW)
  const { transaction } = await transactions.begin(begun(1, 'a', 1))
  const running = () => transactions.openAt('CP-01', 1)?.id
  // It was said before the start, and came later.
  transactions.connectorSaid('CP-01', 1, false, NOW - 1000)
  expect(running()).toBe(transaction.id)
  transactions.connectorSaid('CP-01', 1, false, NOW + 1000)
  expect(running()).toBeUndefined()
  expect(transactions.stats()).toEqual({ transactionsOpen: 0 })
  transactions.connectorSaid('CP-01', 1, true, NOW + 2000)
  expect(running()).toBe(transaction.id)
  transactions.connectorSaid('CP-01', 1, false, NOW + 3000)
  expect((await transactions.end('CP-01', transaction.id, STOP)).outcome).toBe('ended')
  const next = await transactions.begin(begun(1, 'b', 1))
  expect(running()).toBe(next.transaction.id)
})

test('without a clock the same stamp is the same transaction only while that one is under way', async () => {
  const undated = { ...begun(1, '1970-01-01T00:00:00Z', 0), isDated: false }
  let transactions = await openTransactions(store, () => NOW)
  const [first, told] = await Promise.all([transactions.begin(undated), transactions.begin(undated)])
  expect([first.isNew, told.isNew, told.transaction.id]).toEqual([true, false, first.transaction.id])
  transactions = await restarted()
  expect((await transactions.begin(undated)).transaction.id).toBe(first.transaction.id)
  await transactions.end('CP-01', first.transaction.id, STOP)
  const second = await transactions.begin(undated)
  expect([second.isNew, second.transaction.id > first.transaction.id]).toEqual([true, true])
})

test('a start told again, and its end, are known behind twenty thousand newer ones', async () => {
  const { transaction } = await (await openTransactions(store, () => NOW)).begin(begun(1, 'a', 1))
  const newer = Array.from({ length: 20_000 }, (_, i) => [transaction.id + 1 + i, `${i}`])
  await store.commit([
    { sql: `INSERT INTO ocpp_transaction VALUES (?, 'CP-02', 1, ?, 0, 0, 0, 0, 'Local')`, rows: newer },
  ])
  const transactions = await restarted()
  expect(await transactions.begin(begun(1, 'a', 1))).toMatchObject({
    isNew: false,
    transaction: { id: transaction.id },
  })
  expect((await transactions.end('CP-01', transaction.id, STOP)).outcome).toBe('ended')
  expect((await transactions.end('CP-01', transaction.id, STOP)).outcome).toBe('repeated')
})
