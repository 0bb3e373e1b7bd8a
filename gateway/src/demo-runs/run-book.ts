import type { Run } from '../demos/run.ts'
import { isOver } from '../demos/run.ts'
import type { RunView } from '../demos/run-view.ts'
import type { Clock } from '../ports/clock.ts'
import type { LiveRun } from './live-run.ts'
import type { OneRun } from './one-run.ts'
import type { Playing } from './playing.ts'
import { viewOf } from './show-one.ts'

const KEPT_AFTER_END_MS = 300_000
/** Runs that ended and are still shown. */
const MOST_KEPT = 60
const MOST_MOMENTS = 3000

/** The runs of the room: kept, shown, told, and their changes noted for a replay. */
export type RunBook = ReturnType<typeof createRunBook>

export function createRunBook(parts: {
  readonly runs: Map<string, OneRun>
  offAt(device: string): number | undefined
  around(): Parameters<typeof viewOf>[1]
  now(): number
  readonly clock: Pick<Clock, 'monotonicMs'>
}) {
  const { runs, offAt, around, now, clock } = parts
  const listeners = new Set<(run: RunView) => void>()

  const timeOf = ({ live }: OneRun) => ('at' in live ? (live as Playing).at() : now())
  function shown(one: OneRun, with_ = around()): RunView {
    if (one.replay && 'speed' in one.live) one.replay = { ...one.replay, speed: (one.live as Playing).speed }
    return viewOf(one, with_, offAt, timeOf(one))
  }

  function tell(one: OneRun): void {
    one.toldAt = clock.monotonicMs()
    one.urgent = false
    if (listeners.size === 0) return
    const seen = shown(one)
    for (const listener of listeners) listener(seen)
  }

  const changed = (id: string, urgent: boolean) => {
    const one = runs.get(id)
    if (!one) return
    noteMoment(one)
    if (urgent) one.urgent = true
  }

  /** For a replay: what the run was, at each change. */
  function noteMoment({ live: { run }, script, replay }: OneRun): void {
    if (replay || run.startedAt === undefined || script.length >= MOST_MOMENTS) return
    const last = script.at(-1)
    const { step, stepAt, loads, marks, inputs, guesses, panel, asked, state: is } = run
    const same =
      last &&
      last.step === step &&
      last.loads === loads &&
      last.marks === marks &&
      last.state === is &&
      last.guesses === guesses &&
      last.inputs === inputs
    if (same) return
    script.push({
      ...{ at: script.length === 0 ? run.startedAt : now(), state: is, step, key: run.plan[step]?.key ?? '' },
      ...{ stepAt, loads, marks, inputs, guesses },
      ...(panel !== undefined && { panel }),
      ...(asked !== undefined && { asked }),
    })
  }

  function add(
    run: Run,
    open: (id: string) => LiveRun,
    more: Partial<Pick<OneRun, 'bindings' | 'obstacles' | 'offers' | 'replay'>> = {},
  ): OneRun {
    const { bindings = new Map(), obstacles = [], offers, replay } = more
    const one: OneRun = {
      live: open(run.id),
      bindings,
      obstacles,
      ...(offers && { offers }),
      ...(replay && { replay }),
      script: [],
      toldAt: Number.NEGATIVE_INFINITY,
      urgent: true,
    }
    runs.set(run.id, one)
    forgetOld()
    return one
  }

  function forgetOld(): void {
    const over = [...runs].filter(([, { live }]) => isOver(live.run))
    for (const [id, { live }] of over) {
      const since = live.run.endedAt ?? live.run.at
      if (over.length > MOST_KEPT || ('at' in live ? false : now() - since > KEPT_AFTER_END_MS)) {
        runs.delete(id)
        live.close()
        if (over.length > MOST_KEPT) over.pop()
      }
    }
  }

  return {
    shown,
    tell,
    changed,
    noteMoment,
    add,
    forgetOld,
    onChange(listener: (run: RunView) => void): () => void {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
