import { setTimeout as delay } from 'node:timers/promises'
import type { RunView } from '../demos/run-view.ts'
import type { CheckHall } from './scenarios-hall.ts'
import { HANDS } from './scenarios-visitors.ts'
import { eventsOf } from './top-stream.ts'

/** A guide reads the step before going on. */
const READS_S = 0.5
const READS_RESULT_S = 3
const BEAT_MS = 3000
const OVER: readonly string[] = ['done', 'aborted', 'refused', 'offer']

/** What the guide’s tablet sees of all runs: the newest view of each, and a way to wait for the next. */
export interface RunWatch {
  /** The first view from now on, or the present one, that fits. */
  until(run: string, fits: (view: RunView) => boolean, withinS: number): Promise<RunView>
  close(): void
}

export async function watchRuns(hall: CheckHall): Promise<RunWatch> {
  const over = new AbortController()
  const views = new Map<string, RunView>()
  const waiting = new Set<() => void>()
  const leaving = new Set<() => void>()
  const events = eventsOf(await hall.stream(over.signal))
  const reading = (async () => {
    for await (const event of events) {
      const told = event as unknown as { type: string; run?: RunView }
      if (told.type !== 'demo' || !told.run) continue
      views.set(told.run.id, told.run)
      for (const wake of [...waiting]) wake()
    }
  })().catch(() => {}) // the stream ends with the gateway
  return {
    until: (run, fits, withinS) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const view = views.get(run)
          if (!view || !fits(view)) return
          end()
          resolve(view)
        }
        const timer = setTimeout(() => {
          end()
          const { step, state } = views.get(run) ?? {}
          reject(new Error(`${run} stood still for ${withinS} s (${state} at ${step?.id})`))
        }, withinS * 1000)
        const leave = () => {
          end()
          reject(new Error(`${run} is watched no more`))
        }
        const end = () => {
          clearTimeout(timer)
          waiting.delete(look)
          leaving.delete(leave)
        }
        waiting.add(look)
        leaving.add(leave)
        look()
      }),
    close() {
      over.abort()
      for (const leave of [...leaving]) leave()
      void reading
    },
  }
}

/**
 * Plays one scenario from its card to its result as a guide does: two taps, a guess for each answer, `next` where a step waits for
 * the guide, and whatever visitors do with their hands.
 */
export async function playScenario(
  hall: CheckHall,
  watch: RunWatch,
  scenario: string,
  inputs: Readonly<Record<string, number>>,
  options: { signal?: AbortSignal } = {},
): Promise<RunView> {
  const prepared = await act(hall, `/demos/${scenario}/runs`, { inputs })
  if (prepared.state !== 'ready') return prepared
  const { id } = prepared
  const beat = setInterval(() => void hall.ask(`/demo-runs/${id}/beat`, {}).catch(() => {}), BEAT_MS)
  try {
    await act(hall, `/demo-runs/${id}/start`, { guardConfirmed: true })
    let seen = ''
    for (;;) {
      const last = seen
      const view = await watch.until(id, (one) => OVER.includes(one.state) || keyOf(one) !== last, 400)
      if (OVER.includes(view.state) || options.signal?.aborted) return view
      seen = keyOf(view)
      if (view.step) {
        await attend(hall, scenario, view)
      }
    }
  } finally {
    clearInterval(beat)
  }
}

const keyOf = ({ step }: RunView): string => (step ? `${step.index} ${step.id}` : '')

async function attend(hall: CheckHall, scenario: string, view: RunView): Promise<void> {
  const step = view.step
  if (!step) return
  const hands = HANDS[scenario]?.[step.id]
  for (const command of hands?.does ?? []) await hall.happen(command)
  if (hands?.wishes) await hall.ask(`/demo-runs/${view.id}/inputs`, hands.wishes, 'PATCH')
  if (view.ask?.open)
    for (const option of view.ask.options.keys()) await act(hall, `/demo-runs/${view.id}/guess`, { option })
  // The result may stand for half a minute; who has read it goes on.
  const isLast = step.index === step.of
  if (step.waits !== 'guide' && !isLast) return
  await delay(1000 * (hands?.thenWaitS ?? (isLast ? READS_RESULT_S : READS_S)))
  await act(hall, `/demo-runs/${view.id}/next`, {})
}

async function act(hall: CheckHall, path: string, body: object): Promise<RunView> {
  const answer = await hall.ask(path, body)
  if (answer.status < 300) return answer.body as RunView
  throw new Error(`${path} answered ${answer.status}: ${JSON.stringify(answer.body).slice(0, 300)}`)
}
