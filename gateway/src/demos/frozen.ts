import { runEnergy } from './formulas.ts'
import { powerBetween, type Track } from './track.ts'

/** A meter that repeats its figures with fresh time stamps: its register does not count what its own power adds up to. */

/** Once it was seen counting: it stands still for so many times its longest pause and its largest step, and at least so long. */
const TIMES = 3
const LEAST_STILL_MS = 8000
const FEWEST_READS = 5
/** Of one that was never seen counting, nobody knows how fine it counts: so much must have gone through it. */
const UNSEEN_WH = 25
const UNSEEN_MS = 60_000

/** @param since Unix ms from which power flows: since it was switched on, or since the run began */
export function isFrozen(power: Track, register: Track, since: number, now: number): boolean {
  const { samples } = register
  const lastChange = samples.findLastIndex(({ value }, i) => i > 0 && value !== samples[i - 1]?.value)
  const stillFrom = Math.max(since, samples[lastChange]?.at ?? since)
  const reads = samples.length - 1 - samples.findLastIndex(({ at }) => at <= stillFrom)
  if (now - stillFrom < LEAST_STILL_MS || reads < FEWEST_READS) return false
  const { longestMs, mostWh } = rhythm(register, since)
  const wh = runEnergy(powerBetween(power, stillFrom, now)).wh
  if (longestMs === undefined) return now - stillFrom > UNSEEN_MS && wh > UNSEEN_WH
  return now - stillFrom > TIMES * longestMs && wh > TIMES * mostWh
}

/** The longest pause between two counts since then, and the largest of them; no pause: it counted once at most. */
function rhythm(
  { samples }: Track,
  since: number,
): { readonly longestMs: number | undefined; readonly mostWh: number } {
  let longestMs: number | undefined
  let mostWh = 0
  let countedAt: number | undefined
  for (const [i, { at, value }] of samples.entries()) {
    const before = samples[i - 1]?.value
    if (at <= since || typeof value !== 'number' || typeof before !== 'number' || value === before) continue
    if (countedAt !== undefined) {
      longestMs = Math.max(longestMs ?? 0, at - countedAt)
      mostWh = Math.max(mostWh, (value - before) * 1000)
    }
    countedAt = at
  }
  return { longestMs, mostWh }
}
