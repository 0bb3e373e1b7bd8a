/** Unix ms, `from` included, `to` not. */
export interface Interval {
  readonly from: number
  readonly to: number
}

export const total = (intervals: readonly Interval[]): number =>
  intervals.reduce((sum, { from, to }) => sum + (to - from), 0)

/** Sorted, without overlaps and empty ones. */
export function union(intervals: readonly Interval[]): Interval[] {
  const merged: { from: number; to: number }[] = []
  for (const { from, to } of [...intervals].sort((a, b) => a.from - b.from)) {
    if (to <= from) continue
    const last = merged.at(-1)
    if (last && from <= last.to) last.to = Math.max(last.to, to)
    else merged.push({ from, to })
  }
  return merged
}

/** What lies in both. Both sides sorted and without overlaps, as `union` gives them. */
export function intersect(a: readonly Interval[], b: readonly Interval[]): Interval[] {
  const common: Interval[] = []
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const from = Math.max(a[i]!.from, b[j]!.from)
    const to = Math.min(a[i]!.to, b[j]!.to)
    if (from < to) common.push({ from, to })
    if (a[i]!.to < b[j]!.to) i++
    else j++
  }
  return common
}

/** What lies in `a` and not in `b`. Both sides as `union` gives them. */
export function subtract(a: readonly Interval[], b: readonly Interval[]): Interval[] {
  const left: Interval[] = []
  for (const { from, to } of a) {
    let start = from
    for (const hole of b) {
      if (hole.to <= start || hole.from >= to) continue
      if (hole.from > start) left.push({ from: start, to: hole.from })
      start = Math.max(start, hole.to)
    }
    if (start < to) left.push({ from: start, to })
  }
  return left
}
