import { slotsUnderPower, surelyOff, tellAgain, waitsForMeter } from './loads.ts'
import { change, type Run, type RunReason, type Slot, type Turn } from './run.ts'
import { NEXT, type RunMove } from './run-states.ts'
import { namesOf } from './slots.ts'

/** The ways out of a run. */

const NOT_OFF_AFTER_MS = 2000
/** A device that counts down by itself is off by then, whether anybody hears it or not. */
const GIVE_UP_AFTER_MS = 60_000

/** Moves the run by its table; false when this is no way from here. */
export function move(turn: Turn, by: RunMove, changes: Partial<Run> = {}): boolean {
  const state = NEXT[turn.run.state][by]
  if (state === undefined) return false
  change(turn, { ...changes, state })
  return true
}

/** Everything off, and why. A run that has not started is simply over. */
export function stop(turn: Turn, reason: RunReason, interlock?: string): void {
  const { now, run } = turn
  if (interlock !== undefined) change(turn, { tripped: { ...run.tripped, [interlock]: run.tripped[interlock] ?? now } })
  if (!move(turn, 'interlock', { reason })) return
  leave(turn)
}

export function cancel(turn: Turn, reason: RunReason): void {
  if (move(turn, 'cancel', { reason })) leave(turn)
}

/** The last step is over: everything off, then the result. */
export function finish(turn: Turn): void {
  if (move(turn, 'last')) leave(turn)
}

function leave(turn: Turn): void {
  const { pausedAt, ...run } = turn.run
  turn.run = run
  if (pausedAt !== undefined) change(turn, { pausedMs: run.pausedMs + turn.now - pausedAt })
  // From `finishing` to `stopping`: the time since everything was told counts on.
  change(turn, { leavingAt: run.leavingAt ?? turn.now })
  surelyOff(turn)
  if (turn.run.state === 'aborted') over(turn)
  else checkOff(turn)
}

/** What a run that is leaving still waits for, and until when at most, Unix ms. */
export const leaving = (run: Run): { readonly slots: readonly Slot[]; readonly until: number } | undefined =>
  run.leavingAt === undefined || run.endedAt !== undefined
    ? undefined
    : { slots: slotsUnderPower(run), until: run.leavingAt + GIVE_UP_AFTER_MS }

/** Whether everything is off by now. */
export function checkOff(turn: Turn): void {
  const { run, now } = turn
  if (run.state !== 'stopping' && run.state !== 'finishing') return
  if (run.alarmed) tellAgain(turn)
  const left = slotsUnderPower(run)
  const sinceMs = now - (run.leavingAt ?? now)
  if (left.length === 0 || sinceMs > GIVE_UP_AFTER_MS) {
    if (move(turn, 'off')) over(turn)
    return
  }
  // A meter may be read as seldom as that: before, nobody knows.
  const isLate = (slot: Slot) => sinceMs > NOT_OFF_AFTER_MS + (waitsForMeter(turn, slot) ? turn.situation.staleMs : 0)
  if (run.alarmed || !left.some(isLate)) return
  change(turn, { alarmed: true })
  turn.effects.push({ do: 'alarm', slots: left.map(({ key }) => key) })
  if (run.state !== 'finishing') return
  const { zh, en } = namesOf(left)
  stop(turn, {
    code: 'HW_DEMO_LOAD_NOT_OFF',
    text: { zh: `负载未断开：${zh}`, en: `Not known to be off: ${en}.` },
  })
}

function over(turn: Turn): void {
  change(turn, { endedAt: turn.now })
  if (turn.run.startedAt !== undefined) turn.effects.push({ do: 'record' })
}
