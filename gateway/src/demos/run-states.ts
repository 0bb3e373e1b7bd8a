import type { RunState } from './run-view.ts'

/** What may move a run on. */
export type RunMove =
  | 'passed'
  | 'missing'
  | 'refused'
  | 'start'
  | 'pause'
  | 'resume'
  | 'last'
  | 'interlock'
  | 'cancel'
  | 'off'

/** The life of a run. Everything goes off on the way out of `running` and `paused`, and `off` is what a device confirmed. */
export const NEXT: Readonly<Record<RunState, Partial<Record<RunMove, RunState>>>> = {
  checking: { passed: 'ready', missing: 'offer', refused: 'refused' },
  offer: { cancel: 'aborted', interlock: 'aborted' },
  refused: {},
  ready: { start: 'running', cancel: 'aborted', interlock: 'aborted' },
  running: { pause: 'paused', last: 'finishing', interlock: 'stopping', cancel: 'stopping' },
  paused: { resume: 'running', last: 'finishing', interlock: 'stopping', cancel: 'stopping' },
  stopping: { off: 'aborted' },
  finishing: { off: 'done', interlock: 'stopping' },
  done: {},
  aborted: {},
}
