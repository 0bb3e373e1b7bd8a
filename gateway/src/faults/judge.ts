import type { Presence } from '../domain/frame.ts'
import type { Priority } from '../domain/priority.ts'
import type { Reading } from '../readings/readings.ts'

/** What a judge may look at. One object per engine, filled anew before each question. */
export interface Seen {
  readings: ReadonlyMap<string, Reading>
  presence: Presence
  presenceReason: string | undefined
  /** Engine time, ms: grows with the calls, never jumps (engine-clock.ts). All durations are measured in it. */
  t: number
  /** Wall clock, Unix ms: only for what is told and for the hour of the week. */
  now: number
  /** 0 (Monday 00:00) to 167 in the hall's time zone. */
  hour: number
  /** Engine time of the device's last frame, or of its first being known. */
  heardT: number
  everHeard: boolean
  /** Usual gap between two frames and how far it swings, ms; 0 until learnt. */
  meanGapMs: number
  gapDeviationMs: number
  /** The fault is active because of this judge. */
  held: boolean
  /** Asked because a value came (or changed its quality), not because time went by. */
  fresh: boolean
}

/** `unknown`: no usable evidence now. `hold`: nothing new can be said, what was said before stays. */
export type Verdict = 'present' | 'absent' | 'unknown' | 'hold'

/** One rule at one place: keeps what it has to remember and says whether the condition holds. */
export interface Judge {
  judge(seen: Seen): Verdict
  /** Set while present where it is not the rule's own. */
  priority?: Priority | undefined
  expectedAt?: number | undefined
  /** What it learnt over weeks, plain JSON; undefined while it is nothing. */
  learnt?(): unknown
}

/** The number of a reading, only while it is good. */
export function goodNumber(readings: ReadonlyMap<string, Reading>, quantity: string): number | undefined {
  const reading = readings.get(quantity)
  return reading !== undefined && reading.quality === 'good' && typeof reading.value === 'number'
    ? reading.value
    : undefined
}

/** The sum of several counters; undefined as soon as one of them is not good. */
export function goodSum(readings: ReadonlyMap<string, Reading>, quantities: readonly string[]): number | undefined {
  let sum = 0
  for (const quantity of quantities) {
    const value = goodNumber(readings, quantity)
    if (value === undefined) return undefined
    sum += value
  }
  return sum
}

/** Whether every named quantity that the device has shows one of its values; one that is not good does not. */
export function meets(
  readings: ReadonlyMap<string, Reading>,
  onlyWhen: Readonly<Record<string, readonly unknown[]>>,
): boolean {
  for (const quantity in onlyWhen) {
    const reading = readings.get(quantity)
    if (reading === undefined) continue
    if (reading.quality !== 'good' || !onlyWhen[quantity]?.includes(reading.value)) return false
  }
  return true
}
