import type { ScreenLinkState } from './link/screen-link.ts'
import type { ScreenView, ShownRun } from './screen-view.ts'

/** What stands on the screen as a whole. */
export type Scene =
  | 'starting'
  | 'pairing'
  | 'unknown-name'
  | 'dark'
  | 'attract'
  /** The attract loop without the gateway: what never changes. */
  | 'facts'
  | 'ready'
  | 'question'
  | 'run'
  | 'result'

/** The last picture is kept so long, greyed, before the public is shown something that is true without the gateway. */
export const KEPT_MS = 10_000

export interface Shown {
  readonly scene: Scene
  /** Shown as it was before the link was lost. */
  readonly greyed: boolean
  readonly connecting: boolean
}

/** @param now  the clock that `link.since` is measured by, ms */
export function sceneOf(link: ScreenLinkState, view: ScreenView | undefined, now: number): Shown {
  if (link.is === 'pairing') return { scene: 'pairing', greyed: false, connecting: false }
  if (link.is === 'unknown-name') return { scene: 'unknown-name', greyed: false, connecting: false }
  if (!view) return { scene: link.is === 'lost' ? 'facts' : 'starting', greyed: false, connecting: true }
  const scene = view.dark ? 'dark' : view.run ? sceneOfRun(view.run) : 'attract'
  if (link.is === 'live') return { scene, greyed: false, connecting: false }
  // A screen that was made black stays black.
  if (scene === 'dark') return { scene, greyed: false, connecting: false }
  const lostFor = link.is === 'lost' ? now - link.since : 0
  return lostFor < KEPT_MS
    ? { scene, greyed: true, connecting: true }
    : { scene: 'facts', greyed: false, connecting: true }
}

function sceneOfRun(run: ShownRun): Scene {
  switch (run.state) {
    case 'checking':
    case 'offer':
    case 'refused':
    // A run that breaks off just goes: no words about why, and no figures of half a run.
    case 'stopping':
    case 'aborted':
      return 'attract'
    case 'ready':
      return 'ready'
    case 'done':
      return 'result'
    case 'running':
    case 'paused':
    case 'finishing':
      return isAsking(run) ? 'question' : 'run'
  }
}

/** Guesses are still taken: the question has the whole screen. */
export const isAsking = ({ ask }: ShownRun): boolean => ask?.open === true

/** The three figures for the audience. While the run goes on, those that can be had already; at its end all, and “—” is an answer. */
export const shownFigures = ({ figures, shown, state }: ShownRun): ShownRun['figures'] =>
  shown
    .slice(0, 3)
    .flatMap((id) => figures.filter((figure) => figure.id === id && (state === 'done' || figure.value !== null)))
