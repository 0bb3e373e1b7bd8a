/**
 * What is learnt of how a device draws power: how often which power was seen. Eight bins per doubling, from half a watt on; the
 * oldest fade as new ones come, so that another device on the same plug is learnt anew within days.
 */
export interface PowerHabit {
  readonly bins: readonly number[]
  /** Looks counted, faded like the bins. */
  readonly total: number
}

const PER_OCTAVE = 8
const OCTAVES = 14
const LEAST_W = 0.5
const BINS = PER_OCTAVE * OCTAVES
/** A look counts half after about 70,000 others: eight days at one in ten seconds. */
const FADE = 0.99999
/** Before so many looks nothing is said. */
const LEAST_LOOKS = 300
/** Working must have been seen so often, and waiting too, in looks. */
const LEAST_OF_EACH = 10
/** Working draws at least this many octaves more than waiting: a factor of 1.5. */
const LEAST_DISTANCE = 0.58
/** The valley between the two holds at most this share of what lies in the lower of the two hills. */
const MOST_IN_VALLEY = 0.25

export const NO_HABIT: PowerHabit = { bins: Array.from({ length: BINS }, () => 0), total: 0 }

/** One more look at a device that is not dead. */
export function learn(habit: PowerHabit, powerW: number): PowerHabit {
  const bin = Math.min(BINS - 1, Math.max(0, Math.floor(PER_OCTAVE * Math.log2(powerW / LEAST_W))))
  return {
    bins: habit.bins.map((count, i) => count * FADE + (i === bin ? 1 : 0)),
    total: habit.total * FADE + 1,
  }
}

/**
 * Power that parts waiting from working, W; undefined while there are no two hills with a valley between them. Otsu's method on
 * the logarithm of power: the cut that makes both sides as much alike within themselves as possible.
 */
export function limitOf({ bins, total }: PowerHabit): number | undefined {
  if (total < LEAST_LOOKS) return undefined
  const cut = bestCut(bins, total)
  if (!cut) return undefined
  const { at, below, above } = cut
  if (below.count < LEAST_OF_EACH || above.count < LEAST_OF_EACH) return undefined
  if (above.mean - below.mean < LEAST_DISTANCE * PER_OCTAVE) return undefined
  const hill = (from: number, to: number) => Math.max(...bins.slice(from, to))
  const lowerHill = Math.min(hill(0, at), hill(at, BINS))
  // Equal cuts lie side by side where nothing was seen: the middle of the valley is farthest from both.
  const valley = valleyBetween(bins, Math.round(below.mean), Math.round(above.mean), lowerHill * MOST_IN_VALLEY)
  return valley === undefined ? undefined : Number((LEAST_W * 2 ** (valley / PER_OCTAVE)).toPrecision(3))
}

interface Side {
  readonly count: number
  /** In bins. */
  readonly mean: number
}

function bestCut(bins: readonly number[], total: number): { at: number; below: Side; above: Side } | undefined {
  const moment = bins.reduce((sum, count, i) => sum + count * i, 0)
  let best: { at: number; below: Side; above: Side; between: number } | undefined
  let count = 0
  let weighted = 0
  for (let at = 1; at < BINS; at++) {
    count += bins[at - 1] ?? 0
    weighted += (bins[at - 1] ?? 0) * (at - 1)
    const rest = total - count
    if (count < 1e-6 || rest < 1e-6) continue
    const below = { count, mean: weighted / count }
    const above = { count: rest, mean: (moment - weighted) / rest }
    const between = count * rest * (above.mean - below.mean) ** 2
    if (!best || between > best.between) best = { at, below, above, between }
  }
  return best
}

/** The middle of the longest run of nearly empty bins between the two hills; undefined when there is none. */
function valleyBetween(bins: readonly number[], from: number, to: number, most: number): number | undefined {
  let best: { from: number; length: number } | undefined
  let run = 0
  for (let i = from; i <= to; i++) {
    run = (bins[i] ?? 0) <= most ? run + 1 : 0
    if (run > 0 && (!best || run > best.length)) best = { from: i - run + 1, length: run }
  }
  return best === undefined ? undefined : best.from + best.length / 2
}
