import { cancel, checkOff, finish, move, stop } from './ends.ts'
import { pause, watch } from './interlocks.ts'
import { confirmOff, everythingOff, settle, switchResumed, switchWaiting } from './loads.ts'
import { change, type Effect, isOver, type Run, type RunEvent, type Situation, type Turn } from './run.ts'
import { enter, goOn } from './steps.ts'

/** What a run becomes by an event, and what is to be done for it. Pure: nothing is switched here. */
export function advance(
  run: Run,
  event: RunEvent,
  situation: Situation,
  now: number,
): { readonly run: Run; readonly effects: readonly Effect[] } {
  const turn: Turn = { run, effects: [], situation, now, at: event.is === 'reading' ? event.at : now }
  take(turn, event)
  if (!isOver(turn.run) && turn.run.startedAt !== undefined) {
    confirmOff(turn)
    watch(turn)
    switchWaiting(turn)
    switchResumed(turn)
    goOn(turn)
    checkOff(turn)
  }
  return { run: turn.run, effects: turn.effects }
}

function take(turn: Turn, event: RunEvent): void {
  const { run, now } = turn
  switch (event.is) {
    case 'act':
      change(turn, { heardAt: now })
      act(turn, event.act)
      return
    case 'beat': {
      const { I5: _, ...tripped } = run.tripped
      change(turn, { heardAt: now, tripped })
      return
    }
    case 'guard':
      change(turn, { guardConfirmed: true })
      return
    case 'input': {
      const known = run.read.scenario.inputs[event.input]
      if (known && event.value >= known.min && event.value <= known.max)
        change(turn, { inputs: { ...run.inputs, [event.input]: event.value }, heardAt: now })
      return
    }
    case 'guess':
      guess(turn, event.option, event.change)
      return
    case 'switched':
      settle(turn, event.slot, event.on, event.ok)
      return
    case 'not-set': {
      const { [`${event.slot} ${event.command}`]: _, ...sent } = run.sent
      change(turn, { sent })
      return
    }
    case 'stop':
      stop(turn, event.reason, event.interlock)
      return
  }
}

function act(turn: Turn, what: Extract<RunEvent, { is: 'act' }>['act']): void {
  const { run, now } = turn
  switch (what) {
    case 'start':
      if (move(turn, 'start', { startedAt: now, stepAt: now })) enter(turn, 0, now)
      return
    case 'pause':
      pause(turn)
      return
    case 'resume': {
      const { pausedAt = now, ...rest } = run
      if (run.state !== 'paused') return
      turn.run = rest
      const pausedForMs = now - pausedAt
      move(turn, 'resume', { pausedMs: run.pausedMs + pausedForMs, stepAt: run.stepAt + pausedForMs })
      return
    }
    case 'next':
      if (run.state === 'running') enter(turn, run.step + 1, now)
      return
    case 'back':
      if (run.state !== 'running') return
      // Nothing goes on from the step that is left.
      everythingOff(turn)
      enter(turn, Math.max(0, run.step - 1), now)
      return
    case 'finish':
      finish(turn)
      return
    case 'cancel':
      cancel(turn, { code: 'HW_DEMO_CANCELLED', text: { zh: '引导员结束', en: 'Ended by the guide.' } })
      return
  }
}

/**
 * Guesses are counted while the step that asks is the newest to have asked; nobody’s count falls below none. Anybody may count
 * them, so they say nothing of the tablet that leads.
 */
function guess(turn: Turn, option: number, by: 1 | -1): void {
  const { run } = turn
  const planned = run.asked === undefined ? undefined : run.plan[run.asked]
  const options = planned?.step.ask?.options
  if (!planned || !options || option < 0 || option >= options.length) return
  const counts = run.guesses[planned.key] ?? options.map(() => 0)
  const next = counts.map((count, i) => (i === option ? Math.min(999, Math.max(0, count + by)) : count))
  change(turn, { guesses: { ...run.guesses, [planned.key]: next } })
}
