import type { Store, Write } from '../store/store.ts'

export const MINUTE_MS = 60_000

/** Frames one pass looks at: all series are rolled up to the same place before the next pass begins. */
export const FRAMES_PER_PASS = 4000
/** Frames one commit works through: about 10 ms of the writing thread. */
const FRAMES_PER_COMMIT = 300

/**
 * One series, seq in (after, upTo]. Each frame is added exactly once because the cursor moves in the same transaction, so late
 * frames only add to their old minute, and a minute stays right after its raw frames are gone.
 * `first`/`last` are two groupings of the same points: SQLite gives the row of max(at) only to a query with no other min or max.
 */
const ROLL_UP = `
  INSERT INTO rollup_minute (series, minute, quantity, count, sum, min, max, last, last_at)
  WITH point AS MATERIALIZED (
    SELECT f.at / ${MINUTE_MS} AS minute, q.id AS quantity, f.at AS at, j.value AS value,
           CASE WHEN j.type = 'text' THEN NULL ELSE j.value END AS number
    FROM frame f, json_each(f.body) j JOIN rollup_quantity q ON q.name = j.key
    WHERE f.series = ?1 AND f.at BETWEEN ?2 AND ?3 AND f.seq > ?4 AND f.seq <= ?5 AND j.type <> 'null'
  ),
  total AS (SELECT minute, quantity, count(*) AS count, sum(number) AS sum, min(number) AS min, max(number) AS max FROM point GROUP BY minute, quantity),
  newest AS (SELECT minute, quantity, value AS last, max(at) AS last_at FROM point GROUP BY minute, quantity)
  SELECT ?1, t.minute, t.quantity, t.count, t.sum, t.min, t.max, n.last, n.last_at
  FROM total t JOIN newest n USING (minute, quantity) WHERE true
  ON CONFLICT (series, minute, quantity) DO UPDATE SET
    count = count + excluded.count,
    sum = coalesce(sum + excluded.sum, sum, excluded.sum),
    min = min(coalesce(min, excluded.min), coalesce(excluded.min, min)),
    max = max(coalesce(max, excluded.max), coalesce(excluded.max, max)),
    last = CASE WHEN excluded.last_at >= last_at THEN excluded.last ELSE last END,
    last_at = max(last_at, excluded.last_at)`

const SET_CURSOR =
  'INSERT INTO rollup_cursor VALUES (?, ?) ON CONFLICT (series) DO UPDATE SET seq = max(seq, excluded.seq)'

interface Share {
  readonly series: number
  readonly after: number
  readonly oldest: number
  readonly newest: number
  readonly frames: number
}

export interface PassResult {
  readonly frames: number
  /** Frames still to roll up after this pass. */
  readonly lag: number
}

/** Rolls up the next frames, at most FRAMES_PER_PASS. A crash in the middle repeats nothing and misses nothing. */
export async function rollUpPass(store: Store): Promise<PassResult> {
  const [state] = await store.read<{ after: number; head: number | null }>(
    'SELECT seq AS after, (SELECT max(seq) FROM frame) AS head FROM rollup_state',
  )
  const after = state?.after ?? 0
  const head = state?.head ?? 0
  if (head <= after) return { frames: 0, lag: 0 }
  const upTo = (await lastOfPass(store, after)) ?? head
  await nameQuantities(store, after, upTo)
  const shares = await store.read<Share>(
    `SELECT f.series, max(?1, coalesce(c.seq, 0)) AS after, min(f.at) AS oldest, max(f.at) AS newest, count(*) AS frames
     FROM frame f LEFT JOIN rollup_cursor c ON c.series = f.series
     WHERE f.seq > ?1 AND f.seq <= ?2 AND f.seq > coalesce(c.seq, 0) GROUP BY f.series`,
    [after, upTo],
  )
  for (const group of groupsOf(shares)) await store.commit(writesFor(group, upTo))
  await store.commit([{ sql: 'UPDATE rollup_state SET seq = ?', rows: [[upTo]] }])
  return { frames: shares.reduce((sum, share) => sum + share.frames, 0), lag: head - upTo }
}

/** Last seq of the pass; undefined when fewer frames are left. Numbers may be missing, so they are counted, not added. */
async function lastOfPass(store: Store, after: number): Promise<number | undefined> {
  const [row] = await store.read<{ seq: number }>(
    `SELECT seq FROM frame WHERE seq > ? ORDER BY seq LIMIT 1 OFFSET ${FRAMES_PER_PASS - 1}`,
    [after],
  )
  return row?.seq
}

async function nameQuantities(store: Store, after: number, upTo: number): Promise<void> {
  const unknown = await store.read<{ key: string }>(
    `SELECT DISTINCT j.key AS key FROM frame f, json_each(f.body) j
     WHERE f.seq > ? AND f.seq <= ? AND j.key NOT IN (SELECT name FROM rollup_quantity)`,
    [after, upTo],
  )
  if (unknown.length === 0) return
  await store.commit([
    { sql: 'INSERT OR IGNORE INTO rollup_quantity (name) VALUES (?)', rows: unknown.map((row) => [row.key]) },
  ])
}

function groupsOf(shares: readonly Share[]): Share[][] {
  const groups: Share[][] = []
  let frames = FRAMES_PER_COMMIT
  for (const share of shares) {
    if (frames >= FRAMES_PER_COMMIT) {
      groups.push([])
      frames = 0
    }
    groups.at(-1)?.push(share)
    frames += share.frames
  }
  return groups
}

const writesFor = (group: readonly Share[], upTo: number): Write[] => [
  { sql: ROLL_UP, rows: group.map((share) => [share.series, share.oldest, share.newest, share.after, upTo]) },
  { sql: SET_CURSOR, rows: group.map((share) => [share.series, upTo]) },
]
