import type { ForwardState, SeqRange } from './spool.ts'

/** The state without what lies at or below `floor`: those frames are gone, nobody can forward them any more. */
export function withoutEvicted(state: ForwardState, floor: number): ForwardState {
  const gaps: SeqRange[] = []
  for (const gap of state.gaps) {
    const from = Math.max(gap.from, floor + 1)
    if (from <= gap.to) gaps.push({ from, to: gap.to })
  }
  return { live: Math.max(state.live, floor), gaps }
}

/** Stretches already forwarded, oldest first, up to `upTo`: what may go without anybody missing it. */
export function forwardedRanges(state: ForwardState, upTo: number): SeqRange[] {
  const end = Math.min(state.live, upTo)
  const ranges: SeqRange[] = []
  let from = 1
  for (const gap of state.gaps) {
    if (gap.from > from) ranges.push({ from, to: Math.min(gap.from - 1, end) })
    from = gap.to + 1
  }
  ranges.push({ from, to: end })
  return ranges.filter((range) => range.from <= range.to)
}

/** How many numbers are not yet forwarded; an upper bound of the frames, since numbers may be missing. */
export function backlog(state: ForwardState, head: number): number {
  const inGaps = state.gaps.reduce((sum, gap) => sum + gap.to - gap.from + 1, 0)
  return inGaps + Math.max(0, head - state.live)
}
