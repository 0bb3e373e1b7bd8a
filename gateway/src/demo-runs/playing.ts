import type { Fact } from '../demos/fact-book.ts'
import type { Prices } from '../demos/money.ts'
import type { Run, RunEvent } from '../demos/run.ts'
import { Tracks } from '../demos/track.ts'
import type { LiveRun } from './live-run.ts'
import type { Recording } from './records.ts'
import { replayedRun, replayedTracks, replaySituation } from './replay.ts'

/** A replay under way: the same face as a run, with a clock of its own that goes through the recording. */
export interface Playing extends LiveRun {
  /** Unix ms of the recording that plays now. */
  at(): number
  speed: number
}

export function createPlaying(
  prepared: Run,
  recording: Recording,
  parts: {
    now(): number
    readonly prices: Prices
    fact(id: string): Fact | undefined
    onChange(urgent: boolean): void
    onOver(): void
  },
): Playing {
  const [first] = recording.script
  const begin = first?.at ?? prepared.at
  const end = recording.script.at(-1)?.at ?? begin
  let position = begin
  let lastMs = parts.now()
  let tracks = new Tracks()
  let run: Run = prepared
  let speed = 4

  const situation = () => replaySituation(tracks, parts)

  function goTo(at: number): void {
    position = Math.min(end, Math.max(begin, at))
    const before = run
    tracks = replayedTracks(recording, position)
    run = {
      ...replayedRun({ ...prepared, startedAt: begin }, recording, position),
      ...(run.state === 'paused' && { state: 'paused' }),
    }
    if (position >= end && run.state !== 'paused') over('done')
    parts.onChange(run.step !== before.step || run.state !== before.state)
  }

  function over(state: 'done' | 'aborted'): void {
    run = { ...run, state, endedAt: position }
    parts.onOver()
  }

  /** The beginning of the step before or after the one that plays. */
  function stepBeside(by: 1 | -1): number {
    const steps = recording.script.filter(({ step }, i, all) => step !== all[i - 1]?.step)
    const now = steps.findLastIndex(({ at }) => at <= position)
    return steps[now + by]?.at ?? (by === 1 ? end : begin)
  }

  function take(event: RunEvent): void {
    if (run.state === 'done' || run.state === 'aborted') return
    if (event.is === 'stop') {
      run = { ...run, reason: event.reason }
      over('aborted')
    } else if (event.is === 'input' && event.input === 'speed') speed = event.value
    else if (event.is !== 'act') return
    else if (event.act === 'start' && run.state === 'ready') {
      lastMs = parts.now()
      goTo(begin)
    } else if (event.act === 'pause' && run.state === 'running') run = { ...run, state: 'paused' }
    else if (event.act === 'resume' && run.state === 'paused') run = { ...run, state: 'running' }
    else if (event.act === 'next' && run.state === 'running') goTo(stepBeside(1))
    else if (event.act === 'back' && run.state === 'running') goTo(stepBeside(-1))
    else if (event.act === 'finish' && run.state !== 'ready') goTo(end)
    else if (event.act === 'cancel') over('aborted')
    parts.onChange(true)
  }

  return {
    get run() {
      return run
    },
    get tracks() {
      return tracks
    },
    get situation() {
      return situation()
    },
    at: () => position,
    get speed() {
      return speed
    },
    set speed(next) {
      speed = next
    },
    take,
    takeReading: () => {},
    tick() {
      const now = parts.now()
      const passedMs = now - lastMs
      lastMs = now
      if (run.state === 'running' || run.state === 'finishing') goTo(position + passedMs * speed)
    },
    hallOff: () => {},
    clockSet(byMs) {
      lastMs += byMs
    },
    close: () => {},
  }
}
