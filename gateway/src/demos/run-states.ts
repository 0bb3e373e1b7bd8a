import type { RunState } from './run-view.ts'

/** What may move a run on. */
export type RunMove = 'start' | 'pause' | 'resume' | 'last' | 'interlock' | 'cancel' | 'off'

/**
 * The life of a run. Everything goes off on the way out of `running` and `paused`, and `off` is what a device confirmed, or its own
 * countdown must have brought. Whoever was `checking` goes on as another run: what was looked at decides its first state.
 */
export const NEXT: Readonly<Record<RunState, Partial<Record<RunMove, RunState>>>> = {
  checking: { cancel: 'aborted', interlock: 'aborted' },
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
