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
  ...{ chargePoint: 'CP-01', connector, stamp, startedAt: NOW, meterStartWh },
})

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
  const stop = { stoppedAt: NOW + 1000, meterStopWh: 400, reason: 'Local' }
  expect(await transactions.end('CP-02', transaction.id, stop)).toEqual({ outcome: 'unknown' })
  expect(transactions.openAt('CP-01', 1)?.id).toBe(transaction.id)
  expect((await transactions.end('CP-01', transaction.id, stop)).outcome).toBe('ended')
  expect((await transactions.end('CP-01', transaction.id, { ...stop, meterStopWh: 999 })).outcome).toBe('repeated')
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
