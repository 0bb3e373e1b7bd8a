import type { Schedule } from './device-plan.ts'
import type { Turn } from './turn.ts'

/** When the rate classes of one device are due. Times are monotonic ms. */

/** The earliest of all; Infinity when nothing is due ever again. */
export function earliestDueMs(schedules: readonly Schedule[]): number {
  let due = Number.POSITIVE_INFINITY
  for (const schedule of schedules) if (schedule.dueMs < due) due = schedule.dueMs
  return due
}

/** By when the most urgent should have been read; Infinity when there is none. */
export function earliestDeadlineMs(schedules: readonly Schedule[]): number {
  let deadline = Number.POSITIVE_INFINITY
  for (const { dueMs, periodMs } of schedules) if (dueMs + periodMs < deadline) deadline = dueMs + periodMs
  return deadline
}

/** All at once, as after a silence. */
export function startOver(schedules: readonly Schedule[], nowMs: number): void {
  for (const schedule of schedules) readAgain(schedule, nowMs)
}

export function readAgain(schedule: Schedule, nowMs: number): void {
  schedule.dueMs = nowMs
  schedule.spread = false
}

/**
 * A pass begins: the class is due again a period later. What could not be had in time is skipped: catching up would make the line
 * later still. The second pass comes early, once, so that the devices of a line do not fall due together ever after.
 * @returns passes that were skipped
 */
export function moveOn(schedule: Schedule, schedules: readonly Schedule[], turn: Turn, nowMs: number): number {
  const late = Math.floor((nowMs - schedule.dueMs) / schedule.periodMs)
  schedule.dueMs += (late + 1) * schedule.periodMs - (schedule.spread ? 0 : offsetMs(schedule, schedules, turn))
  schedule.spread = true
  return late
}

/** A slower class comes early by whole periods of the fastest besides: then what is due together still shares its requests. */
function offsetMs({ periodMs }: Schedule, schedules: readonly Schedule[], { within, among }: Turn): number {
  const fastestMs = Math.min(...schedules.map((schedule) => schedule.periodMs))
  return (within + Math.floor((among * periodMs) / fastestMs)) * fastestMs
}
