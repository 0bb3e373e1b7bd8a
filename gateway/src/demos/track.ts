import type { Value } from '../domain/frame.ts'
import type { PowerSample } from '../tariff/tariff.ts'

/** One reading of a run. */
export interface Sample {
  /** Unix ms */
  readonly at: number
  readonly value: Value
}

/** Everything that was read of one point during a run, oldest first. */
export interface Track {
  readonly samples: readonly Sample[]
}

/** A run of fifteen minutes at nine readings a second; beyond it every second one of the older half goes. */
const MOST_SAMPLES = 8000
/** Between two samples further apart nothing is known. */
const LONGEST_GAP_MS = 3000

/** The readings of one run, by slot and point. */
export class Tracks {
  readonly #tracks = new Map<string, { samples: Sample[] }>()

  of(slot: string, point: string): Track | undefined {
    return this.#tracks.get(`${slot}.${point}`)
  }

  /** An older sample than the newest is history already; two of one instant are a step. */
  note(slot: string, point: string, at: number, value: Value): void {
    const key = `${slot}.${point}`
    const track = this.#tracks.get(key) ?? { samples: [] }
    this.#tracks.set(key, track)
    const last = track.samples.at(-1)
    if (last && (at < last.at || (at === last.at && value === last.value))) return
    track.samples.push({ at, value })
    if (track.samples.length > MOST_SAMPLES) {
      const half = MOST_SAMPLES / 2
      track.samples = track.samples.filter((_, i) => i >= half || i % 2 === 0)
    }
  }

  /** The clock was set by so much. */
  shift(byMs: number): void {
    for (const track of this.#tracks.values())
      track.samples = track.samples.map(({ at, value }) => ({ at: at + byMs, value }))
  }

  /** Every track, by `slot.point`. */
  all(): ReadonlyMap<string, Track> {
    return this.#tracks
  }
}

/** The newest sample at or before an instant; a little after it when nothing was read before. */
export function sampleAt({ samples }: Track, at: number): Sample | undefined {
  const before = samples.findLast((sample) => sample.at <= at)
  if (before) return before
  const [first] = samples
  return first && first.at - at <= LONGEST_GAP_MS ? first : undefined
}

/** Power between two instants, with a sample at each end: between its neighbours, or held for as long as a sample holds. */
export function powerBetween({ samples }: Track, from: number, to: number): PowerSample[] {
  const numbers = samples.flatMap(({ at, value }) => (typeof value === 'number' ? [{ at, watts: value }] : []))
  const inside = numbers.filter(({ at }) => at > from && at < to)
  const at = (instant: number, side: 'first' | 'last'): PowerSample[] => {
    // Of two samples of one instant the run begins with the later and ends with the earlier.
    const same = numbers.filter((sample) => sample.at === instant)
    const exact = side === 'first' ? same.at(-1) : same[0]
    if (exact) return [exact]
    const before = numbers.findLast((sample) => sample.at < instant)
    const after = numbers.find((sample) => sample.at > instant)
    if (before && after) {
      const share = (instant - before.at) / (after.at - before.at)
      return [{ at: instant, watts: before.watts + (after.watts - before.watts) * share }]
    }
    if (before && instant - before.at <= LONGEST_GAP_MS) return [{ at: instant, watts: before.watts }]
    return []
  }
  return [...at(from, 'first'), ...inside, ...at(to, 'last')]
}

/**
 * What a meter’s register counted between two instants, Wh, and how much one of its counts is. Undefined when it was not read
 * close to both ends.
 */
export function registerBetween({ samples }: Track, from: number, to: number) {
  // Between two counts a meter goes evenly; at an end without a neighbour nothing is known yet.
  const near = (at: number) => {
    const before = samples.findLast((one) => one.at <= at)
    const after = samples.find((one) => one.at >= at)
    if (typeof before?.value !== 'number' || typeof after?.value !== 'number') return undefined
    if (after.at - before.at > LONGEST_GAP_MS) return undefined
    const share = after.at === before.at ? 0 : (at - before.at) / (after.at - before.at)
    return before.value + (after.value - before.value) * share
  }
  const [first, last] = [near(from), near(to)]
  if (first === undefined || last === undefined) return undefined
  let count = Number.POSITIVE_INFINITY
  for (const [i, { at, value }] of samples.entries()) {
    const before = samples[i - 1]?.value
    if (at < from || at > to || typeof value !== 'number' || typeof before !== 'number') continue
    if (value > before) count = Math.min(count, value - before)
  }
  return { differenceWh: (last - first) * 1000, countWh: count * 1000 }
}

/** Mean of the numbers within (from, to]. */
export function meanBetween({ samples }: Track, from: number, to: number): number | undefined {
  const numbers = samples.flatMap(({ at, value }) =>
    at > from && at <= to && typeof value === 'number' ? [value] : [],
  )
  return numbers.length === 0 ? undefined : numbers.reduce((sum, value) => sum + value, 0) / numbers.length
}
