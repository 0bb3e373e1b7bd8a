import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { StoreSettings } from '../config/hall-schema.ts'
import type { Frame, Series } from '../domain/frame.ts'
import { type Log, silentLog } from '../ports/log.ts'
import { systemClock } from '../ports/system-clock.ts'
import { openStore } from '../store/sqlite-store.ts'
import type { Store } from '../store/store.ts'
import { createSpool, type SpoolOptions } from './create-spool.ts'
import type { Spool } from './spool.ts'
import { spoolTables } from './spool-tables.ts'

const HOUR = 3_600_000
const NOON = Date.UTC(2026, 5, 1, 12)
const settings: StoreSettings = { path: 'data', maxBytes: 2 ** 31, rawHours: 48, rollupDays: 400 }
/** The smallest cap there is: about 1,200 of the frames below. */
const oneMiB: StoreSettings = { ...settings, maxBytes: 1024 * 1024 }

let directory: string
let store: Store
const codes: unknown[] = []
const keepCode = (fields: object) => codes.push('code' in fields ? fields.code : 'well again')
const log: Log = { ...silentLog, error: keepCode, warn: keepCode, info: keepCode }

beforeEach(async () => {
  codes.length = 0
  directory = await mkdtemp(path.join(os.tmpdir(), 'hallwatt-spool-'))
  store = await openStore({ directory, clock: systemClock, log: silentLog, tables: spoolTables })
})
afterEach(async () => {
  await store.close()
  await rm(directory, { recursive: true, force: true })
})

const start = (options: Partial<SpoolOptions> = {}): Promise<Spool> =>
  createSpool({ store, settings, clock: systemClock, log, forwards: true, ...options })

async function restart(options: Partial<SpoolOptions> = {}): Promise<Spool> {
  await store.close()
  store = await openStore({ directory, clock: systemClock, log: silentLog, tables: spoolTables })
  return start(options)
}

const series: Series = { hall: 'h', zone: 'lobby', device: 'meter-1', kind: 'meter', profile: 'a/b', stream: 'reading' }
const frame = (at: number, values: Frame['values'] = { activePower: at % 1000 }): Frame => ({
  device: 'meter-1',
  stream: 'reading',
  at,
  values,
})
const appendMany = async (spool: Spool, count: number, padding = 0) => {
  const values = { activePower: 1, note: 'x'.repeat(padding) }
  await Promise.all(Array.from({ length: count }, (_, index) => spool.append(frame(NOON + index, values), series)))
}
const seqsOf = async (spool: Spool) => (await spool.read(0, 1e9, 1e9)).map((stored) => stored.seq)

test('a frame comes back as it was appended, also after a restart', async () => {
  const full: Frame = {
    device: 'meter-1',
    stream: 'reading',
    at: NOON,
    values: { activePower: 1234.5, evseState: 'B', online: true },
    bad: { voltageL1: 'timeout' },
  }
  await (await start()).append(full, series)
  const spool = await restart()
  expect(await spool.read(1, 1, 10)).toEqual([{ seq: 1, series, frame: full }])
  expect(spool.head()).toBe(1)
})

test('what is appended in one turn of the event loop is one commit', async () => {
  const spool = await start()
  await appendMany(spool, 300)
  expect(store.stats().commits).toBe(1)
  expect(spool.stats()).toMatchObject({ committedFrames: 300, pendingFrames: 0, pendingBytes: 0, head: 300, tail: 1 })
})

test('frames come in order, within the range, up to the limit', async () => {
  const spool = await start()
  await appendMany(spool, 10)
  expect((await spool.read(3, 8, 4)).map((stored) => stored.seq)).toEqual([3, 4, 5, 6])
})

test('a listener hears the new head once the frames are durable, until it stops', async () => {
  const spool = await start()
  const heads: number[] = []
  const stop = spool.onAppend((head) => heads.push(head))
  await appendMany(spool, 5)
  stop()
  await appendMany(spool, 5)
  expect(heads).toEqual([5])
})

test('a device that moved keeps its history under its old zone', async () => {
  const spool = await start()
  await spool.append(frame(NOON), series)
  await spool.append(frame(NOON + 1), { ...series, zone: 'kitchen' })
  const again = await restart()
  await again.append(frame(NOON + 2), { ...series })
  expect((await again.read(1, 9, 9)).map((stored) => stored.series.zone)).toEqual(['lobby', 'kitchen', 'lobby'])
  expect(await store.read('SELECT count(*) AS n FROM series')).toEqual([{ n: 2 }])
})

test('more frames than may wait for the disk are refused with HW_SPOOL_FULL, told once, and taken again later', async () => {
  const spool = await start({ maxPendingBytes: 1000 })
  const results = await Promise.allSettled(
    Array.from({ length: 50 }, (_, index) => spool.append(frame(NOON + index), series)),
  )
  const refused = results.filter((result) => result.status === 'rejected')
  expect(refused[0]).toMatchObject({ reason: { code: 'HW_SPOOL_FULL' } })
  expect(spool.stats()).toMatchObject({
    refusedFrames: refused.length,
    committedFrames: 50 - refused.length,
    pendingBytes: 0,
  })
  expect(codes).toEqual(['HW_SPOOL_FULL'])
  await spool.append(frame(NOON), series)
})

test('a store that refuses makes append reject with its code, and nothing stays pending', async () => {
  const spool = await start()
  await store.close()
  await expect(spool.append(frame(NOON), series)).rejects.toMatchObject({ code: 'HW_STORE_CLOSED' })
  expect(spool.stats()).toMatchObject({ pendingFrames: 0, pendingBytes: 0, head: 0 })
})

test('retention on a store that refuses says so once and does not throw', async () => {
  const spool = await start()
  await store.close()
  await spool.tick(NOON)
  await spool.tick(NOON + 1000)
  expect(codes).toEqual(['HW_STORE_CLOSED'])
})

test('the forwarding state survives a restart', async () => {
  const spool = await start()
  expect(await spool.forwarding.load()).toEqual({ live: 0, gaps: [] })
  await appendMany(spool, 20)
  await spool.forwarding.save({ live: 15, gaps: [{ from: 3, to: 7 }] })
  const again = await restart()
  expect(await again.forwarding.load()).toEqual({ live: 15, gaps: [{ from: 3, to: 7 }] })
  expect(again.stats().backlogFrames).toBe(10)
})

test('age takes forwarded frames and leaves those InfluxDB has not seen', async () => {
  const spool = await start()
  await appendMany(spool, 100)
  await spool.forwarding.save({ live: 60, gaps: [{ from: 11, to: 20 }] })
  await spool.tick(NOON)
  await spool.tick(NOON + 47 * HOUR)
  expect(spool.stats().evictedFrames).toBe(0)
  await spool.tick(NOON + 49 * HOUR)
  expect(await seqsOf(spool)).toEqual([...range(11, 20), ...range(61, 100)])
  expect(spool.stats()).toMatchObject({ evictedFrames: 50, droppedFrames: 0, tail: 11, backlogFrames: 50 })
})

test('without InfluxDB age takes every frame, and nothing counts as dropped', async () => {
  const spool = await start({ forwards: false })
  await appendMany(spool, 100)
  await spool.tick(NOON)
  await spool.tick(NOON + 49 * HOUR)
  expect(await seqsOf(spool)).toEqual([])
  expect(spool.stats()).toMatchObject({ evictedFrames: 100, droppedFrames: 0, backlogFrames: 0 })
})

test('a number is never given twice, even when all frames are gone', async () => {
  const spool = await start({ forwards: false })
  await appendMany(spool, 10)
  await spool.tick(NOON)
  await spool.tick(NOON + 49 * HOUR)
  const again = await restart()
  expect(again.head()).toBe(10)
  await again.append(frame(NOON), series)
  expect(again.head()).toBe(11)
})

test('at the byte cap forwarded frames go first, whatever their age, and none counts as dropped', async () => {
  const spool = await start({ settings: oneMiB })
  await appendMany(spool, 2000, 500)
  await spool.forwarding.save({ live: 1900, gaps: [{ from: 1, to: 300 }] })
  await spool.tick(NOON)
  const kept = await seqsOf(spool)
  expect(kept.slice(0, 300)).toEqual(range(1, 300))
  expect(kept[300]).toBeGreaterThan(301)
  expect(kept.at(-1)).toBe(2000)
  expect(spool.stats().droppedFrames).toBe(0)
  expect(spool.stats().usedBytes - store.stats().walBytes).toBeLessThanOrEqual(oneMiB.maxBytes * 0.75)
  expect(codes).toEqual([])
})

test('at the byte cap with nothing forwarded the oldest frames go, counted, told once; the gap shrinks', async () => {
  const spool = await start({ settings: oneMiB })
  await appendMany(spool, 2000, 500)
  await spool.forwarding.save({ live: 1500, gaps: [{ from: 1, to: 1500 }] })
  await spool.tick(NOON)
  const { droppedFrames, tail } = spool.stats()
  expect(droppedFrames).toBeGreaterThan(0)
  expect(tail).toBe(droppedFrames + 1)
  expect(await spool.forwarding.load()).toEqual({ live: 1500, gaps: [{ from: tail, to: 1500 }] })
  // The forwarder does not know yet and saves what it believes: the evicted part stays out.
  await spool.forwarding.save({ live: 1800, gaps: [{ from: 1, to: 1500 }] })
  expect(await spool.forwarding.load()).toEqual({ live: 1800, gaps: [{ from: tail, to: 1500 }] })
  expect(codes).toEqual(['HW_SPOOL_DROPPING'])
  await spool.tick(NOON + 120_000)
  expect(codes).toEqual(['HW_SPOOL_DROPPING', 'well again'])
  const again = await restart({ settings: oneMiB })
  expect(again.stats().droppedFrames).toBe(droppedFrames)
  expect((await again.forwarding.load()).gaps).toEqual([{ from: tail, to: 1500 }])
})

test('the file shrinks after the cap was lowered', async () => {
  const spool = await start({ forwards: false })
  await appendMany(spool, 8000, 500)
  expect(store.stats().bytes - store.stats().walBytes).toBeLessThan(8 * 1024 * 1024)
  const lowered = await restart({ forwards: false, settings: oneMiB })
  for (let second = 0; second < 30 && store.stats().bytes > oneMiB.maxBytes; second++) {
    await lowered.tick(NOON + second * 1000)
  }
  await restart({ forwards: false })
  expect(store.stats().bytes).toBeLessThan(oneMiB.maxBytes * 1.5)
})

test('when roll-ups fill the cap they give way before the last frames do', async () => {
  let asked = 0
  await store.commit([
    { sql: 'CREATE TABLE ballast (bytes BLOB)', rows: [[]] },
    { sql: 'INSERT INTO ballast VALUES (?)', rows: Array.from({ length: 10 }, () => [new Uint8Array(100_000)]) },
  ])
  const giveHistory = async () => {
    asked += 1
    await store.commit([{ sql: 'DELETE FROM ballast WHERE rowid = (SELECT min(rowid) FROM ballast)', rows: [[]] }])
    return 1
  }
  const spool = await start({ settings: oneMiB, giveHistory })
  await appendMany(spool, 10)
  await spool.tick(NOON)
  expect(asked).toBeGreaterThan(0)
  expect(spool.stats()).toMatchObject({ evictedFrames: 0, droppedFrames: 0 })
})

test('a cap that holds nothing that may go refuses new frames, until there is room again', async () => {
  await store.commit([
    { sql: 'CREATE TABLE alarm (bytes BLOB)', rows: [[]] },
    { sql: 'INSERT INTO alarm VALUES (?)', rows: [[new Uint8Array(1_200_000)]] },
  ])
  const spool = await start({ settings: oneMiB })
  await spool.tick(NOON)
  await expect(spool.append(frame(NOON), series)).rejects.toMatchObject({ code: 'HW_SPOOL_FULL' })
  expect(await store.read('SELECT count(*) AS n FROM alarm')).toEqual([{ n: 1 }])
  await store.commit([{ sql: 'DELETE FROM alarm', rows: [[]] }])
  await spool.tick(NOON + 1000)
  await spool.append(frame(NOON), series)
})

test('dead letters are kept with their reason, at most 10,000, the oldest go first', async () => {
  const spool = await start()
  await store.commit([
    {
      sql: `INSERT INTO dead_letter (at, seq, line, reason)
            WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000) SELECT 0, i, 'old', 'old' FROM n`,
      rows: [[]],
    },
  ])
  await spool.deadLetter(77, 'meter active_power_w="x"', 'field type conflict')
  expect(await spool.deadLetters()).toBe(10_000)
  expect(await store.read('SELECT min(seq) AS seq FROM dead_letter')).toEqual([{ seq: 2 }])
  expect(await store.read('SELECT line, reason FROM dead_letter WHERE seq = 77 AND at > 0')).toEqual([
    { line: 'meter active_power_w="x"', reason: 'field type conflict' },
  ])
})

test('close waits for what was appended', async () => {
  const spool = await start()
  const appended = spool.append(frame(NOON), series)
  await spool.close()
  expect(spool.head()).toBe(1)
  await appended
})

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index)
