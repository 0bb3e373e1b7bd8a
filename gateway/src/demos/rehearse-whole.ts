import { advance } from './advance.ts'
import type { FactBook } from './fact-book.ts'
import type { Prices } from './money.ts'
import { newRun } from './new-run.ts'
import type { ReadScenario } from './read-scenarios.ts'
import { rehearse } from './rehearsal.ts'
import type { Effect, Run, RunEvent, Situation, Slot } from './run.ts'
import { showRun } from './show-run.ts'
import { rehearsalSlots } from './slots.ts'
import { Tracks } from './track.ts'

/** A whole rehearsal in virtual time: what a scenario shows when everything goes as its file says. Milliseconds for minutes. */
export function rehearseWhole(
  read: ReadScenario,
  options: {
    readonly book: FactBook
    readonly region?: string
    readonly prices: Prices
    readonly inputs?: Readonly<Record<string, number>>
    /** Unix ms of its beginning. */
    readonly at: number
    /** Called before each moment; what it gives happens then. */
    readonly meanwhile?: (run: Run, now: number) => RunEvent | undefined
    /** With devices in them interlocks watch as in a live run. */
    readonly slots?: readonly Slot[]
    /** What is not as in a rehearsal. */
    readonly world?: Partial<Situation>
    /** False: the tablet is gone. */
    readonly beats?: (now: number) => boolean
  },
) {
  const { book, region = 'CN', prices, inputs = {}, at, meanwhile, world, beats = () => true } = options
  const tracks = new Tracks()
  const quiet = rehearsalSituation(tracks, prices, (id) => book.fact(id, region))
  const situation: Situation = { ...quiet, ...world }
  const effects: Effect[] = []
  let run = newRun(read, options.slots ?? rehearsalSlots(read.scenario), {
    id: 'R1',
    by: 'rehearsal',
    screen: 'main',
    at,
    rehearsal: true,
    inputs,
  })
  let now = at

  function take(event: RunEvent, when: number): void {
    const turn = advance(run, event, situation, when)
    run = turn.run
    for (const effect of turn.effects) {
      effects.push(effect)
      // Nothing is switched: what is told is done.
      if (effect.do === 'on' || effect.do === 'off')
        take({ is: 'switched', slot: effect.slot, on: effect.do === 'on', ok: true }, when)
    }
  }

  take({ is: 'act', act: 'start' }, at)
  for (let tick = 0; tick < MOST_TICKS && run.endedAt === undefined; tick++) {
    const before = now
    now = at + tick * TICK_MS
    for (const { slot, point, at: read, value } of rehearse(run, situation, before, now)) {
      tracks.note(slot, point, read, value)
      if (read < now) take({ is: 'reading', slot, at: read }, read)
    }
    if (beats(now)) take({ is: 'beat' }, now)
    const event = meanwhile?.(run, now)
    if (event) take(event, now)
    take({ is: 'tick' }, now)
    const { until } = run.plan[run.step]?.step ?? {}
    if (until?.is === 'guide' && run.state === 'running' && now - run.stepAt >= GUIDE_MS)
      take({ is: 'act', act: 'next' }, now)
  }
  return {
    run,
    view: showRun(run, situation, now, { circuits: [], interlocks: [], hot: [] }),
    effects,
    tracks,
    seconds: (now - at) / 1000,
  }
}

const TICK_MS = 250
const MOST_TICKS = 4 * 3600
/** A guide who waits for nobody. */
const GUIDE_MS = 5000

/** The world of a rehearsal: nothing is old, nothing is full, everything is open. */
export function rehearsalSituation(tracks: Tracks, prices: Prices, fact: Situation['fact']): Situation {
  return {
    tracks,
    reading: (slot, point) => tracks.of(slot, point)?.samples.at(-1)?.value,
    quality: () => 'good',
    history: () => [],
    ageMs: () => 0,
    offAt: () => undefined,
    circuits: new Map(),
    open: true,
    staleMs: 5000,
    prices,
    fact,
  }
}
