import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Frame, Series } from '../domain/frame.ts'
import { silentLog } from '../ports/log.ts'
import { systemClock } from '../ports/system-clock.ts'
import { createSpool } from '../spool/create-spool.ts'
import type { Spool } from '../spool/spool.ts'
import { spoolTables } from '../spool/spool-tables.ts'
import { openStore } from '../store/sqlite-store.ts'
import type { Store } from '../store/store.ts'
import { createHistory } from './create-history.ts'
import type { History, HistoryQuery } from './history.ts'
import { historyTables } from './history-tables.ts'

const MINUTE = 60_000
const DAY = 86_400_000
const NOON = Date.UTC(2026, 5, 1, 12)
const settings = { path: 'data', maxBytes: 2 ** 31, rawHours: 48, rollupDays: 400 }

let directory: string
let store: Store
let spool: Spool
let history: History

async function start(): Promise<void> {
  store = await openStore({ directory, clock: systemClock, log: silentLog, tables: [...spoolTables, ...historyTables] })
  spool = await createSpool({ store, settings, clock: systemClock, log: silentLog, forwards: false })
  history = createHistory({ store, settings, clock: systemClock, log: silentLog })
}

beforeEach(async () => {
  directory = await mkdtemp(path.join(os.tmpdir(), 'hallwatt-history-'))
  await start()
})
afterEach(async () => {
  await store.close()
  await rm(directory, { recursive: true, force: true })
})

const seriesOf = (device: string): Series => ({
  hall: 'h',
  zone: 'z',
  device,
  kind: 'meter',
  profile: 'a/b',
  stream: 'reading',
})
const append = (at: number, values: Frame['values'], device = 'meter-1') =>
  spool.append({ device, stream: 'reading', at, values }, seriesOf(device))

/** Rolls everything up, as time passing would. */
async function rollUp(now = NOON + DAY): Promise<void> {
  do await history.tick(now)
  while (history.stats().lagFrames > 0)
}

const ask = (more: Partial<HistoryQuery> = {}) =>
  history.query({
    device: 'meter-1',
    quantities: ['activePower'],
    from: NOON,
    to: NOON + DAY,
    resolution: 'minute',
    ...more,
  })
const points = async (more: Partial<HistoryQuery> = {}) => (await ask(more)).series[0]?.points

test('a minute holds count, average, smallest, largest and last of its numbers', async () => {
  for (const [second, watts] of [
    [0, 100],
    [20, 400],
    [40, 250],
    [60, 7],
  ] as const)
    await append(NOON + second * 1000, { activePower: watts })
  await rollUp()
  expect(await ask()).toEqual({
    resolution: 'minute',
    bucketMs: MINUTE,
    series: [
      {
        quantity: 'activePower',
        unit: 'W',
        points: [
          [NOON, { count: 3, last: 250, min: 100, avg: 250, max: 400 }],
          [NOON + MINUTE, { count: 1, last: 7, min: 7, avg: 7, max: 7 }],
        ],
      },
    ],
  })
})

test('words keep their last and count, a switch also the share of time it was on', async () => {
  await append(NOON, { evseState: 'A', online: true })
  await append(NOON + 1000, { evseState: 'C', online: true })
  await append(NOON + 2000, { evseState: 'B', online: false })
  await rollUp()
  const { series } = await ask({ quantities: ['evseState', 'online'] })
  expect(series.map((one) => one.points)).toEqual([
    [[NOON, { count: 3, last: 'B' }]],
    [[NOON, { count: 3, last: false, min: 0, avg: 2 / 3, max: 1 }]],
  ])
})

test('the running minute is there before it is rolled up, and half of it after', async () => {
  await append(NOON, { activePower: 10 })
  const minute = [[NOON, { count: 1, last: 10, min: 10, avg: 10, max: 10 }]]
  expect(await points()).toEqual(minute)
  await rollUp()
  expect(await points()).toEqual(minute)
  await append(NOON + 1000, { activePower: 20 })
  expect(await points()).toEqual([[NOON, { count: 2, last: 20, min: 10, avg: 15, max: 20 }]])
})

test('a late frame is added to its old minute and does not become its last', async () => {
  await append(NOON + 30_000, { activePower: 10 })
  await append(NOON + 5 * MINUTE, { activePower: 99 })
  await rollUp()
  await append(NOON + 1000, { activePower: 40 })
  await rollUp(NOON + DAY + MINUTE)
  expect((await points())?.[0]).toEqual([NOON, { count: 2, last: 10, min: 10, avg: 25, max: 40 }])
})

test('a minute stays right when its raw frames are gone and a late one comes', async () => {
  await append(NOON, { activePower: 10 })
  await append(NOON + 1000, { activePower: 30 })
  await rollUp()
  await spool.tick(NOON)
  await spool.tick(NOON + 3 * DAY)
  expect(spool.stats().evictedFrames).toBe(2)
  await append(NOON + 2000, { activePower: 50 })
  await rollUp(NOON + 3 * DAY)
  expect(await points()).toEqual([[NOON, { count: 3, last: 50, min: 10, avg: 30, max: 50 }]])
})

test('an interruption between two commits of a pass neither repeats nor misses a frame', async () => {
  // Four devices with enough frames for several commits, and a store that stops after the first of them.
  const devices = ['meter-1', 'meter-2', 'meter-3', 'meter-4']
  await Promise.all(
    devices.flatMap((device) => Array.from({ length: 300 }, (_, n) => append(NOON + n, { activePower: n }, device))),
  )
  let rollUps = 0
  const breaking: Store = {
    ...store,
    read: (sql, parameters) => store.read(sql, parameters),
    commit: (writes) => {
      if (writes[0]?.sql.includes('rollup_minute') && ++rollUps > 1) return Promise.reject(new Error('power cut'))
      return store.commit(writes)
    },
  }
  const interrupted = createHistory({ store: breaking, settings, clock: systemClock, log: silentLog })
  await interrupted.tick(NOON + DAY)
  expect(interrupted.stats().failures).toBe(1)
  const counts = () => Promise.all(devices.map(async (device) => (await points({ device }))?.[0]?.[1]))
  const whole = { count: 300, last: 299, min: 0, avg: 149.5, max: 299 }
  expect(await counts()).toEqual([whole, whole, whole, whole])

  await store.close()
  await start()
  await rollUp()
  expect(await counts()).toEqual([whole, whole, whole, whole])
  expect(await store.read('SELECT sum(count) AS n FROM rollup_minute')).toEqual([{ n: 1200 }])
})

test('raw gives every value as it was read, with its type', async () => {
  await append(NOON, { activePower: 1.5, online: true, evseState: 'B' })
  await append(NOON + 100, { evseState: 'C' })
  const { series, bucketMs } = await ask({ resolution: 'raw', quantities: ['activePower', 'online', 'evseState'] })
  expect(bucketMs).toBe(0)
  expect(series.map((one) => one.points)).toEqual([
    [[NOON, 1.5]],
    [[NOON, true]],
    [
      [NOON, 'B'],
      [NOON + 100, 'C'],
    ],
  ])
})

test('from is included, to is not', async () => {
  await append(NOON, { activePower: 1 })
  await append(NOON + MINUTE, { activePower: 2 })
  expect(await points({ resolution: 'raw', to: NOON + MINUTE })).toEqual([[NOON, 1]])
  await rollUp()
  expect(await points({ resolution: 'minute', to: NOON + MINUTE })).toHaveLength(1)
})

test('auto gives raw for two hours and minutes beyond', async () => {
  await append(NOON, { activePower: 1 })
  expect((await ask({ resolution: 'auto', to: NOON + 7_200_000 })).resolution).toBe('raw')
  expect((await ask({ resolution: 'auto', to: NOON + 7_200_001 })).resolution).toBe('minute')
})

test('auto merges minutes until they fit', async () => {
  for (let minute = 0; minute < 10; minute++) await append(NOON + minute * MINUTE, { activePower: minute })
  await rollUp()
  const answer = await ask({ resolution: 'auto', to: NOON + 10 * MINUTE, maxPoints: 2 })
  expect(answer).toMatchObject({ resolution: 'minute', bucketMs: 5 * MINUTE })
  expect(answer.series[0]?.points).toEqual([
    [NOON, { count: 5, last: 4, min: 0, avg: 2, max: 4 }],
    [NOON + 5 * MINUTE, { count: 5, last: 9, min: 5, avg: 7, max: 9 }],
  ])
})

test('raw beyond maxPoints is refused with HW_HISTORY_TOO_WIDE', async () => {
  await append(NOON, { activePower: 1 })
  await append(NOON + 1, { activePower: 2 })
  await expect(ask({ resolution: 'raw', maxPoints: 1 })).rejects.toMatchObject({ code: 'HW_HISTORY_TOO_WIDE' })
  expect(await points({ resolution: 'raw', maxPoints: 2 })).toHaveLength(2)
})

test('minutes beyond maxPoints are refused with HW_HISTORY_TOO_WIDE', async () => {
  await append(NOON, { activePower: 1 })
  await expect(ask({ maxPoints: 1439 })).rejects.toMatchObject({ code: 'HW_HISTORY_TOO_WIDE' })
  expect(await points({ maxPoints: 1440 })).toHaveLength(1)
})

test('more than 50 quantities at once are refused', async () => {
  await append(NOON, { activePower: 1 })
  await expect(ask({ quantities: Array.from({ length: 51 }, (_, n) => `temperature.t${n}`) })).rejects.toMatchObject({
    code: 'HW_HISTORY_TOO_WIDE',
  })
})

test('a device nobody ever heard of is an error, a quantity it never had is empty', async () => {
  await append(NOON, { activePower: 1 })
  await expect(ask({ device: 'ghost' })).rejects.toMatchObject({ code: 'HW_HISTORY_UNKNOWN_DEVICE' })
  const { series } = await ask({ quantities: ['frequency', `x"') DROP TABLE frame --`], resolution: 'raw' })
  expect(series.map((one) => one.points)).toEqual([[], []])
})

test('roll-ups older than rollupDays go', async () => {
  await append(NOON, { activePower: 1 })
  await append(NOON + 10 * DAY, { activePower: 2 })
  await rollUp(NOON + 401 * DAY)
  expect(await store.read('SELECT max(last) AS last, count(*) AS n FROM rollup_minute')).toEqual([{ last: 2, n: 1 }])
})

test('asked for space, the oldest roll-ups go first, until there are none', async () => {
  await append(NOON, { activePower: 1 })
  await append(NOON + DAY, { activePower: 2 }, 'meter-2')
  await rollUp(NOON + 2 * DAY)
  expect(await history.giveOldest()).toBeGreaterThan(0)
  expect(await store.read('SELECT last FROM rollup_minute')).toEqual([{ last: 2 }])
  await history.giveOldest()
  expect(await history.giveOldest()).toBe(0)
})

test('a store that refuses makes tick count and go on', async () => {
  await store.close()
  await history.tick(NOON)
  expect(history.stats().failures).toBe(1)
})
