import type { Priority } from '../domain/priority.ts'
import type { Failure } from './channel.ts'

/** What happens to a notice after a failure on one channel. */
export interface AfterFailure {
  /** This channel will not be asked again for this notice. */
  readonly refused: boolean
  /** Before the notice is tried again, on whichever channel. */
  readonly afterMs: number
}

const UNKNOWN_TRIES = 3

/** Tries on one channel before the next one of the person takes a turn. */
export const triesPerTurn = (priority: Priority): number => ({ P1: 2, P2: 3, P3: 5, P4: 5 })[priority]

/** Full jitter, 1 s doubled each time, never above a minute. `attempt` counts from 1; `random` is in [0, 1). */
const backOffMs = (attempt: number, random: number): number => Math.floor(random * Math.min(60_000, 500 * 2 ** attempt))

/**
 * @param tries      attempts on this channel so far, this one included
 * @param shortened  it went out shortened, and alone: nothing is left to take away
 */
export function afterFailure(failure: Failure, tries: number, shortened: boolean, random: number): AfterFailure {
  const wait = Math.max(failure.afterMs ?? 0, backOffMs(tries, random))
  switch (failure.type) {
    case 'retry':
      return { refused: false, afterMs: wait }
    case 'throttle':
      return { refused: false, afterMs: 0 } // the lane waits, not the notice: another channel may take it
    case 'content':
      return { refused: shortened, afterMs: 0 }
    case 'channel':
      return { refused: true, afterMs: 0 }
    case 'unknown':
      return { refused: tries >= UNKNOWN_TRIES, afterMs: wait }
  }
}

/** A broken channel is left alone so long, then the next notice tries it again. */
export const BROKEN_HOLD_MS = 600_000

const LONGEST_PAUSE_MS = 15_000

/** After so many failures in a row a lane pauses, longer each time, and is passed over when there is another. */
export const FAILURES_BEFORE_PAUSE = 5
export const pauseMs = (failures: number, random: number): number =>
  Math.min(LONGEST_PAUSE_MS, backOffMs(failures - FAILURES_BEFORE_PAUSE + 1, 0.5 + random / 2))
