import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import type { PlannedStep, Run } from '../demos/run.ts'
import type { Sample } from '../demos/track.ts'
import type { Log } from '../ports/log.ts'
import type { SqlValue, Store } from '../store/store.ts'
import type { RecordHead, RunRecord } from './demo-run.ts'

/** Tables of the demonstrations, for openStore. */
export const demoTables: readonly string[] = [
  `CREATE TABLE IF NOT EXISTS demo_records (
     seq INTEGER PRIMARY KEY, scenario TEXT NOT NULL, started_at INTEGER NOT NULL, state TEXT NOT NULL,
     head TEXT NOT NULL, body TEXT, samples BLOB) STRICT`,
  'CREATE INDEX IF NOT EXISTS demo_records_scenario ON demo_records (scenario, seq)',
]

/** Beyond it the oldest go, whatever `recordDays` says; one is some 20 to 200 KB. */
export const MOST_RECORDS = 5000
/** A run whose samples are larger keeps its figures and cannot be played. */
const MOST_SAMPLE_BYTES = 4_000_000
const DAY_MS = 86_400_000

/** What a replay needs: every sample, and what the run was at each change. */
export interface Recording {
  /** By `slot.point`. */
  readonly tracks: Readonly<Record<string, readonly Sample[]>>
  readonly script: readonly Moment[]
}

/** What a run was from `at` on. */
export interface Moment extends Pick<Run, 'step' | 'stepAt' | 'loads' | 'marks' | 'inputs' | 'guesses'> {
  readonly at: number
  readonly state: Run['state']
  readonly key: PlannedStep['key']
  readonly panel?: string
  readonly asked?: number
}

/** Everything but the checksum, which stands over it. */
export type NewRecord = Omit<RunRecord, 'checksum' | 'playable' | 'audience' | 'remark'>

export interface Records {
  /** Numbers grow and are never given twice. */
  nextId(): string
  /** The run has begun: after a crash its record says so. */
  begin(head: Omit<RecordHead, 'playable'>): Promise<void>
  end(record: NewRecord, recording: Recording): Promise<void>
  list(query: { scenario?: string; before?: number; limit: number }): Promise<readonly RecordHead[]>
  get(id: string): Promise<RunRecord | undefined>
  /** Undefined: there is none, or its checksum does not fit. */
  recording(id: string): Promise<{ record: RunRecord; recording: Recording } | undefined>
  /** The newest that can be played, of each scenario. */
  newest(): ReadonlyMap<string, RecordHead>
  remark(id: string, said: { remark?: string; audience?: number }): Promise<RecordHead | undefined>
  /** Runs that had no end when the gateway stopped, now aborted. */
  interrupted(reason: NonNullable<RecordHead['reason']>, at: number): Promise<readonly RecordHead[]>
  tidy(now: number, days: number): Promise<void>
  count(): number
}

interface Row {
  readonly seq: number
  readonly head: string
  readonly body: string | null
  readonly samples: Uint8Array | null
}

const seqOf = (id: string): number => Number(/^R(\d{1,15})$/.exec(id)?.[1] ?? Number.NaN)

export async function openRecords({
  store,
  log,
}: {
  store: Pick<Store, 'commit' | 'read'>
  log: Log
}): Promise<Records> {
  const [last] = await store.read<{ seq: number | null; n: number }>(
    'SELECT max(seq) AS seq, count(*) AS n FROM demo_records',
  )
  let seq = 1000
  if (last?.seq) seq = Math.max(seq, last.seq)
  let rows = last?.n ?? 0
  const newest = new Map<string, RecordHead>()
  const playable = await store.read<{ head: string }>(
    `SELECT head FROM demo_records WHERE seq IN
       (SELECT max(seq) FROM demo_records WHERE samples IS NOT NULL AND state = 'done' GROUP BY scenario)`,
  )
  for (const { head } of playable) noteNewest(headOf(head))

  function noteNewest(head: RecordHead): void {
    if (head.playable) newest.set(head.scenario, head)
  }

  const put = (head: RecordHead, body: string | null, samples: Uint8Array | null) =>
    store.commit([
      {
        sql: 'INSERT OR REPLACE INTO demo_records (seq, scenario, started_at, state, head, body, samples) VALUES (?, ?, ?, ?, ?, ?, ?)',
        rows: [
          [
            seqOf(head.id),
            head.scenario,
            Math.round(head.startedAt),
            head.state,
            JSON.stringify(head),
            body,
            samples,
          ] satisfies SqlValue[],
        ],
      },
    ])

  const rowOf = async (id: string) => {
    if (Number.isNaN(seqOf(id))) return undefined
    const [row] = await store.read<Row>('SELECT seq, head, body, samples FROM demo_records WHERE seq = ?', [seqOf(id)])
    return row
  }

  return {
    nextId: () => `R${++seq}`,
    async begin(head) {
      rows++
      await put({ ...head, playable: false }, null, null)
    },
    async end(record, recording) {
      const text = JSON.stringify(recording)
      const packed = await promisify(gzip)(text)
      const fits = packed.length <= MOST_SAMPLE_BYTES
      if (!fits) log.warn({ run: record.id, bytes: packed.length }, `${record.id}: too large to be played again`)
      const measured = JSON.stringify(record)
      const checksum = checksumOf(measured, text)
      const isPlayable = fits && record.state === 'done' && !record.rehearsal && record.mark === 'live'
      const head = { ...headFrom(record), playable: isPlayable }
      await put(head, JSON.stringify({ measured, checksum }), fits ? packed : null)
      noteNewest(head)
    },
    async list({ scenario, before = Number.MAX_SAFE_INTEGER, limit }) {
      const found = await store.read<{ head: string }>(
        'SELECT head FROM demo_records WHERE (? IS NULL OR scenario = ?) AND started_at < ? ORDER BY seq DESC LIMIT ?',
        [scenario ?? null, scenario ?? null, before, limit],
      )
      return found.map(({ head }) => headOf(head))
    },
    async get(id) {
      const row = await rowOf(id)
      return row ? recordOf(row) : undefined
    },
    async recording(id) {
      const row = await rowOf(id)
      if (!row?.body || !row.samples) return undefined
      const record = recordOf(row)
      const text = (await promisify(gunzip)(row.samples).catch(() => Buffer.alloc(0))).toString()
      const { measured } = JSON.parse(row.body) as { measured: string }
      if (!record || checksumOf(measured, text) !== record.checksum) {
        log.error({ code: 'HW_DEMO_RECORD_BROKEN', run: id }, `${id}: the checksum of the record does not fit`)
        return undefined
      }
      return { record, recording: JSON.parse(text) as Recording }
    },
    newest: () => newest,
    async remark(id, said) {
      const row = await rowOf(id)
      if (!row) return undefined
      const head = { ...headOf(row.head), ...said }
      await store.commit([
        { sql: 'UPDATE demo_records SET head = ? WHERE seq = ?', rows: [[JSON.stringify(head), row.seq]] },
      ])
      return head
    },
    async interrupted(reason, at) {
      const found = await store.read<{ head: string }>(`SELECT head FROM demo_records WHERE state = 'running'`)
      const heads = found.map(({ head }) => ({ ...headOf(head), state: 'aborted' as const, endedAt: at, reason }))
      for (const head of heads) await put(head, null, null)
      return heads
    },
    async tidy(now, days) {
      await store.commit([
        {
          sql: 'DELETE FROM demo_records WHERE started_at < ? OR seq <= ?',
          rows: [[now - days * DAY_MS, seq - MOST_RECORDS]],
        },
      ])
      const [left] = await store.read<{ n: number }>('SELECT count(*) AS n FROM demo_records')
      rows = left?.n ?? rows
    },
    count: () => rows,
  }
}

const headOf = (text: string) => JSON.parse(text) as RecordHead

function headFrom(record: NewRecord): Omit<RecordHead, 'playable'> {
  const { id, scenario, name, state, mark, rehearsal, by, startedAt, endedAt, reason } = record
  return { id, scenario, name, state, mark, rehearsal, by, startedAt, endedAt, ...(reason && { reason }) }
}

/** Remarks and the count of the audience are written later and stand outside the checksum. */
function recordOf({ head, body }: Row): RunRecord {
  const now = headOf(head)
  if (body === null) return { ...EMPTY, ...now }
  const { measured, checksum } = JSON.parse(body) as { measured: string; checksum: string }
  return { ...(JSON.parse(measured) as NewRecord), ...now, checksum }
}

/** What is known of a run that had no end. */
const EMPTY = {
  version: 0,
  hall: { id: '', name: '' },
  gatewayVersion: '',
  devices: [],
  samplingS: 0,
  inputs: {},
  figures: [],
  facts: [],
  guesses: [],
  checksum: '',
} as const

const checksumOf = (measured: string, samples: string): string =>
  createHash('sha256').update(measured).update('\n').update(samples).digest('hex')
