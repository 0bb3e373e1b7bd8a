import type { Binding } from '../demos/bindings.ts'
import type { Obstacle } from '../demos/readiness.ts'
import type { RunView } from '../demos/run-view.ts'
import type { LiveRun } from './live-run.ts'
import type { Moment } from './records.ts'

/** A run that the room keeps: under way, or ended a while ago. */
export interface OneRun {
  readonly live: LiveRun
  readonly bindings: ReadonlyMap<string, Binding>
  readonly obstacles: readonly Obstacle[]
  readonly offers?: RunView['offers']
  replay?: RunView['replay']
  readonly script: Moment[]
  /** Told last, monotonic ms. */
  toldAt: number
  urgent: boolean
  /** When it ended, Unix ms: a replay has its end in the past by its own clock. */
  overAt?: number
}
