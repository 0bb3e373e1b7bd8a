import type { ForwardState, SeqRange } from '../spool/spool.ts'

/** After this many outages in one backlog the two gaps with the fewest forwarded frames between them become one. */
export const MOST_GAPS = 100

/** Takes everything up to `head` out of the live stream and puts it at the end of the backlog. */
export function openGap(state: ForwardState, head: number): ForwardState {
  if (head <= state.live) return state
  const last = state.gaps.at(-1)
  // An outage that goes on makes its gap longer, not a second one.
  const gaps =
    last?.to === state.live
      ? [...state.gaps.slice(0, -1), { from: last.from, to: head }]
      : [...state.gaps, { from: state.live + 1, to: head }]
  return { live: head, gaps: mergeClosest(gaps) }
}

/** Notes that the live stream is forwarded up to `seq`. */
export const liveForwarded = (state: ForwardState, seq: number): ForwardState =>
  seq > state.live ? { ...state, live: seq } : state

/** Takes a forwarded range out of the backlog. */
export function backlogForwarded(state: ForwardState, done: SeqRange): ForwardState {
  const gaps: SeqRange[] = []
  for (const gap of state.gaps) {
    if (gap.from < done.from) gaps.push({ from: gap.from, to: Math.min(gap.to, done.from - 1) })
    if (gap.to > done.to) gaps.push({ from: Math.max(gap.from, done.to + 1), to: gap.to })
  }
  return { ...state, gaps }
}

/** Frames not yet forwarded; evicted and missing numbers count too, so it is an upper bound. */
export const framesBehind = (state: ForwardState, head: number): number =>
  state.gaps.reduce((sum, gap) => sum + gap.to - gap.from + 1, Math.max(0, head - state.live))

function mergeClosest(gaps: readonly SeqRange[]): readonly SeqRange[] {
  if (gaps.length <= MOST_GAPS) return gaps
  let closest = 1
  const hole = (index: number) => gaps[index]!.from - gaps[index - 1]!.to
  for (let index = 2; index < gaps.length; index++) if (hole(index) < hole(closest)) closest = index
  const merged = { from: gaps[closest - 1]!.from, to: gaps[closest]!.to }
  return [...gaps.slice(0, closest - 1), merged, ...gaps.slice(closest + 1)]
}
