import { HallwattError } from '../domain/errors.ts'
import type { Value } from '../domain/frame.ts'
import { quantityOf } from '../domain/quantity.ts'
import type { Store } from '../store/store.ts'
import type { HistoryAnswer, HistoryPoint, HistoryQuery, HistorySeries, Resolution, RollUp } from './history.ts'
import { MINUTE_MS } from './roll-up.ts'

const RAW_UP_TO_MS = 2 * 3_600_000
const DEFAULT_POINTS = 2000
const MAX_POINTS = 50_000
const MAX_QUANTITIES = 50

/** Answers one query; each quantity in one statement, so that a roll-up finishing meanwhile is neither missed nor counted twice. */
export async function answer(store: Store, query: HistoryQuery): Promise<HistoryAnswer> {
  const maxPoints = Math.min(query.maxPoints ?? DEFAULT_POINTS, MAX_POINTS)
  if (query.quantities.length > MAX_QUANTITIES) {
    throw tooWide(`${query.quantities.length} quantities were asked for; at most ${MAX_QUANTITIES} at once.`)
  }
  const ids = await store.read<{ id: number }>('SELECT id FROM series WHERE device = ?', [query.device])
  if (ids.length === 0) {
    throw new HallwattError('HW_HISTORY_UNKNOWN_DEVICE', `Nothing was ever stored for device "${query.device}".`)
  }
  const ask: Ask = { store, query, maxPoints, ids: JSON.stringify(ids.map((row) => row.id)) }
  if (query.resolution === 'raw') return raw(ask)
  if (query.resolution === 'auto' && query.to - query.from <= RAW_UP_TO_MS) {
    try {
      return await raw(ask)
    } catch (error) {
      if (!(error instanceof HallwattError) || error.code !== 'HW_HISTORY_TOO_WIDE') throw error
    }
  }
  return minutes(ask)
}

interface Ask {
  readonly store: Store
  readonly query: HistoryQuery
  readonly maxPoints: number
  /** Series of the device, as a JSON list: a device that moved to another zone has several. */
  readonly ids: string
}

async function raw({ store, query, maxPoints, ids }: Ask): Promise<HistoryAnswer> {
  const series = await eachQuantity(query, async (quantity) => {
    const rows = await store.read<{ at: number; value: string }>(
      `SELECT at, body -> ?1 AS value FROM frame
       WHERE series IN (SELECT value FROM json_each(?2)) AND at >= ?3 AND at < ?4 AND body -> ?1 IS NOT NULL
       ORDER BY at, seq LIMIT ?5`,
      [`$."${quantity}"`, ids, query.from, query.to, maxPoints + 1],
    )
    if (rows.length > maxPoints) throw tooWide(`${quantity} has more than ${maxPoints} raw points in this time.`)
    return rows.map((row): HistoryPoint => [row.at, JSON.parse(row.value) as Value]) // written by the spool
  })
  return { resolution: 'raw', bucketMs: 0, series }
}

interface Bucket {
  readonly start: number
  readonly count: number
  readonly sum: number | null
  readonly min: number | null
  readonly max: number | null
  readonly last: number | string
}

const NUMBER = "CASE WHEN j.type = 'text' THEN NULL ELSE j.value END"

// Numbers are bound as doubles, hence the casts before each division.
// Rolled-up minutes, and beside them the frames that came since, as if each were a minute of its own.
const BUCKETS = `
  WITH part AS MATERIALIZED (
    SELECT minute / CAST(?5 AS INTEGER) AS bucket, count, sum, min, max, last, last_at FROM rollup_minute
    WHERE series IN (SELECT value FROM json_each(?2)) AND minute >= CAST(?3 AS INTEGER) / ${MINUTE_MS} AND minute * ${MINUTE_MS} < ?4
      AND quantity = (SELECT id FROM rollup_quantity WHERE name = ?1)
    UNION ALL
    SELECT f.at / ${MINUTE_MS} / CAST(?5 AS INTEGER), 1, ${NUMBER}, ${NUMBER}, ${NUMBER}, j.value, f.at
    FROM frame f LEFT JOIN rollup_cursor c ON c.series = f.series, json_each(f.body) j
    WHERE f.series IN (SELECT value FROM json_each(?2)) AND f.at >= CAST(?3 AS INTEGER) / ${MINUTE_MS} * ${MINUTE_MS} AND f.at < ?4
      AND f.seq > max(coalesce(c.seq, 0), (SELECT seq FROM rollup_state)) AND j.key = ?1 AND j.type <> 'null'
  ),
  total AS (SELECT bucket, sum(count) AS count, sum(sum) AS sum, min(min) AS min, max(max) AS max FROM part GROUP BY bucket),
  newest AS (SELECT bucket, last, max(last_at) FROM part GROUP BY bucket)
  SELECT bucket * CAST(?5 AS INTEGER) * ${MINUTE_MS} AS start, count, sum, min, max, last FROM total JOIN newest USING (bucket) ORDER BY bucket`

async function minutes({ store, query, maxPoints, ids }: Ask): Promise<HistoryAnswer> {
  const span = Math.ceil(query.to / MINUTE_MS) - Math.floor(query.from / MINUTE_MS)
  const perBucket = Math.max(1, Math.ceil(span / maxPoints))
  if (perBucket > 1 && query.resolution === 'minute') {
    throw tooWide(`${span} minutes were asked for, at most ${maxPoints} fit.`)
  }
  const series = await eachQuantity(query, async (quantity) => {
    const isBoolean = quantityOf(quantity)?.type === 'boolean'
    const rows = await store.read<Bucket>(BUCKETS, [
      quantity,
      ids,
      Math.floor(query.from),
      Math.ceil(query.to),
      perBucket,
    ])
    return rows.map((row): HistoryPoint => [row.start, rollUpOf(row, isBoolean)])
  })
  const resolution: Resolution = 'minute'
  return { resolution, bucketMs: perBucket * MINUTE_MS, series }
}

function rollUpOf(row: Bucket, isBoolean: boolean): RollUp {
  const last = isBoolean ? row.last === 1 : row.last
  if (row.sum === null || row.min === null || row.max === null) return { count: row.count, last }
  return { count: row.count, last, min: row.min, avg: row.sum / row.count, max: row.max }
}

async function eachQuantity(
  query: HistoryQuery,
  read: (quantity: string) => Promise<HistoryPoint[]>,
): Promise<HistorySeries[]> {
  const series: HistorySeries[] = []
  for (const quantity of query.quantities) {
    // An id with a quote in it names nothing we could have stored, and must not reach into the JSON path.
    const points = /^[A-Za-z0-9_.]+$/.test(quantity) ? await read(quantity) : []
    series.push({ quantity, unit: quantityOf(quantity)?.unit ?? '', points })
  }
  return series
}

const tooWide = (why: string) =>
  new HallwattError('HW_HISTORY_TOO_WIDE', `${why} Ask for a shorter time, resolution "auto", or more maxPoints.`)
