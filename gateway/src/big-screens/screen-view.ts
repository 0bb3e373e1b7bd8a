import type { Attraction } from '../demo-runs/demo-run.ts'
import type { RoleView, RunView } from '../demos/run-view.ts'

/** A run as the public sees it: no reason, no person, no device id, no speaking hint. */
export interface ScreenRun
  extends Pick<
    RunView,
    | 'id'
    | 'scenario'
    | 'name'
    | 'state'
    | 'mark'
    | 'rehearsal'
    | 'replay'
    | 'startedAt'
    | 'elapsedS'
    | 'panel'
    | 'ask'
    | 'inputs'
    | 'figures'
    | 'shown'
    | 'sentence'
    | 'hot'
  > {
  readonly roles: readonly Omit<RoleView, 'device' | 'trouble'>[]
}

/** Everything one big screen draws. Sent whole each time: a screen that was away is right with the first one. */
export interface ScreenView {
  readonly name: string
  readonly hall: { readonly id: string; readonly name: string }
  /** Unix ms */
  readonly at: number
  /** 黑场: the guide wants eyes on people. */
  readonly dark: boolean
  readonly run: ScreenRun | null
  readonly attract: Attraction & { /** Outside opening hours. */ readonly dim: boolean }
}

/** How long the result stays after the end of a run. */
const RESULT_STAYS_MS = 90_000

/**
 * The run that belongs on the screen now: one that goes on before one that is over, then the newest; a replay says of itself that it
 * started when it was recorded. What was refused or went wrong never belongs there.
 */
export function runToShow(runs: readonly RunView[], screen: string, now: number): RunView | undefined {
  return runs
    .filter((run) => run.screen === screen && isShown(run, now))
    .sort((a, b) => Number(a.state === 'done') - Number(b.state === 'done') || numberOf(b) - numberOf(a))[0]
}

/** Runs are numbered in their order: R1042. */
const numberOf = ({ id }: RunView): number => Number(id.slice(1))

function isShown({ state, at }: RunView, now: number): boolean {
  if (state === 'done') return now - at < RESULT_STAYS_MS
  return state === 'ready' || state === 'running' || state === 'paused' || state === 'finishing'
}

/** What of a run may be seen by everybody. */
export const forThePublic = (run: RunView): ScreenRun => ({
  ...{ id: run.id, scenario: run.scenario, name: run.name, state: run.state },
  ...{ mark: run.mark, rehearsal: run.rehearsal, startedAt: run.startedAt, elapsedS: run.elapsedS },
  ...{ panel: run.panel, ask: run.ask, inputs: run.inputs, figures: run.figures, shown: run.shown, hot: run.hot },
  ...(run.replay && { replay: run.replay }),
  ...(run.sentence && { sentence: run.sentence }),
  roles: run.roles.map(({ device: _, trouble: __, ...role }) => role),
})
