import { runEnergy } from '../demos/formulas.ts'
import { powerBetween } from '../demos/track.ts'
import type { DemoRunsParts } from './demo-runs-parts.ts'
import type { OneRun } from './one-run.ts'
import type { RunBook } from './run-book.ts'
import { recordOf, runFrame } from './write-record.ts'

/** What is done once when a run is over: counted, told, recorded, one point for InfluxDB. */
export function createEnding(
  parts: Pick<
    DemoRunsParts,
    'hall' | 'catalogue' | 'records' | 'readings' | 'writeFrame' | 'gatewayVersion' | 'log'
  > & {
    readonly runs: ReadonlyMap<string, OneRun>
    readonly book: RunBook
    readonly count: { done: number; aborted: number }
    readonly lastRunAt: Map<string, number>
    now(): number
  },
) {
  const { hall, catalogue, records, runs, book, count, lastRunAt, now, log } = parts
  const { shown, tell, noteMoment } = book
  const state = (device: string) => parts.readings.device(device)
  /** Records that are being written: who asks for records waits for them. */
  const ending = new Map<string, Promise<void>>()

  function end(id: string): void {
    // After the step that ended it: the run is not yet what it becomes.
    const written = Promise.resolve()
      .then(() => ended(id))
      .finally(() => ending.delete(id))
    ending.set(id, written)
  }

  /** Writes the record once, and the point for InfluxDB. */
  async function ended(id: string): Promise<void> {
    const one = runs.get(id)
    if (!one) return
    one.overAt = now()
    const { run, tracks } = one.live
    if (one.replay) {
      tell(one)
      return
    }
    count[run.state === 'done' ? 'done' : 'aborted']++
    if (!run.rehearsal) lastRunAt.set(run.read.scenario.id, run.endedAt ?? now())
    const seen = shown(one)
    noteMoment(one)
    const level = run.reason ? 'warn' : 'info'
    log[level](
      { ...(run.reason && { code: run.reason.code }), run: id, scenario: seen.scenario, by: run.by, mark: seen.mark },
      `${id}: ${seen.scenario} ${run.state} after ${Math.round(seen.elapsedS)} s`,
    )
    const { record, recording } = recordOf(run, seen, tracks.all(), one.script, {
      hall: hall(),
      book: catalogue.book,
      gatewayVersion: parts.gatewayVersion,
      state,
    })
    if (!run.rehearsal) parts.writeFrame(runFrame(run, seen, energyOf(one)))
    tell(one)
    await records.end(record, recording).catch((error: Error) => {
      log.error({ code: 'HW_STORE_IO', run: id, error: error.message }, `${id} is not recorded`)
    })
  }

  return { end, of: (id: string) => ending.get(id), all: () => Promise.all(ending.values()) }
}

/** Wh of everything that was switched. */
function energyOf({ live: { run, situation } }: OneRun): number | undefined {
  const switched = run.slots.filter(({ switched, device }) => switched && device !== undefined)
  const tracks = switched.flatMap(({ key }) => situation.tracks.of(key, 'activePower') ?? [])
  if (tracks.length === 0 || run.startedAt === undefined || run.endedAt === undefined) return undefined
  const { startedAt, endedAt } = run
  return tracks.reduce((sum, track) => sum + runEnergy(powerBetween(track, startedAt, endedAt)).wh, 0)
}
