import { computed, type InjectionKey, inject, onScopeDispose, shallowRef, watch } from 'vue'
import { get, post, type Shape } from '../../../api/client.ts'
import { onStep } from '../../../live/hall.ts'
import { type Loaded, useLoaded } from '../../../parts/load.ts'
import { session } from '../../../session/session.ts'

export type Run = Shape<'DemoRun'>
export type Scenario = Shape<'DemoScenario'>

/** Readiness changes with the readings, of which the stream says nothing by itself. */
const LOOK_MS = 5_000
/** Of many changes within this time the whole is read once. */
const GATHER_MS = 300
/** The gateway pauses a run whose tablet is silent for ten seconds. */
const BEAT_MS = 3_000
const MOST_RUNS = 30

const OVER: readonly Run['state'][] = ['done', 'aborted', 'refused']
export const isOver = (run: Pick<Run, 'state'>): boolean => OVER.includes(run.state)
/** A run of which the gateway wants to know that its tablet is there. */
const isUnderWay = ({ state }: Run): boolean =>
  state === 'running' || state === 'paused' || state === 'stopping' || state === 'finishing'

export interface Demos {
  readonly view: Loaded<Shape<'Demos'>>
  /** D01, D02 … */
  readonly byNumber: () => readonly Scenario[]
  run(id: string): Run | undefined
  /** Begun by whoever is signed in here, and not over. */
  readonly mine: () => Run | undefined
  /** What the gateway answered to an act is newer than what the stream said. */
  take(run: Run): void
  /** This page leads the run from now on: it gives the sign of life, whichever page of the tablet is open. */
  lead(id: string): void
  /** Asks for one run: after the link was away, or when a page is opened by its address. */
  fetch(id: string): Promise<void>
}

const KEY: InjectionKey<Demos> = Symbol('demos')

/** All demonstrations, for the pages below; and the sign of life of this tablet while it leads a run. */
export function provideDemos(provide: (key: InjectionKey<Demos>, demos: Demos) => void): Demos {
  const view = useLoaded((signal) => get('/api/v1/demos', { signal }))
  const runs = shallowRef<ReadonlyMap<string, Run>>(new Map())
  // Another tablet of the same person, left on a shelf, must not keep a run alive.
  const led = new Set<string>()
  let gather: ReturnType<typeof setTimeout> | undefined

  const take = (run: Run) => {
    const known = runs.value.get(run.id)
    if (known && known.at > run.at) return
    const next = new Map(runs.value).set(run.id, run)
    // A day of demonstrations is not kept by the page: the oldest that is over goes.
    if (next.size > MOST_RUNS) {
      const oldest = [...next.values()].find((each) => isOver(each) && each.id !== run.id)
      if (oldest) next.delete(oldest.id)
    }
    runs.value = next
    if (known?.state !== run.state) reloadSoon()
  }
  const reloadSoon = () => {
    gather ??= setTimeout(() => {
      gather = undefined
      void view.reload()
    }, GATHER_MS)
  }
  const fetch = async (id: string) => take(await get('/api/v1/demo-runs/{id}', { params: { id } }))

  watch(
    () => view.value,
    (loaded) => {
      for (const run of loaded?.runs ?? []) take(run)
    },
  )
  const stop = onStep((event) => {
    if (event.type !== 'demo') return
    if ('resync' in event) void view.reload()
    else take(event.run as Run)
  })
  const looking = setInterval(() => void view.reload(), LOOK_MS)
  const mine = computed(() =>
    [...runs.value.values()].find((run) => isUnderWay(run) && run.by === session.me.value?.user),
  )
  const beating = setInterval(() => {
    // Nobody hears of a beat that did not arrive: what follows from it the gateway decides, and tells.
    for (const run of runs.value.values())
      if (led.has(run.id) && isUnderWay(run))
        void post('/api/v1/demo-runs/{id}/beat', { params: { id: run.id }, body: {} }).catch(() => {})
  }, BEAT_MS)
  onScopeDispose(() => {
    stop()
    clearInterval(looking)
    clearInterval(beating)
    clearTimeout(gather)
  })

  const byNumber = computed(() => [...(view.value?.scenarios ?? [])].sort((a, b) => a.number.localeCompare(b.number)))
  const demos: Demos = {
    view,
    byNumber: () => byNumber.value,
    run: (id) => runs.value.get(id),
    mine: () => mine.value,
    take,
    fetch,
    lead: (id) => void led.add(id),
  }
  provide(KEY, demos)
  return demos
}

export function useDemos(): Demos {
  const demos = inject(KEY)
  if (!demos) throw new Error('the layout of the tablet provides the demonstrations')
  return demos
}
