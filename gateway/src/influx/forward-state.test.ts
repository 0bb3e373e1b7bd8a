import { expect, test } from 'vitest'
import type { ForwardState } from '../spool/spool.ts'
import { backlogForwarded, framesBehind, liveForwarded, MOST_GAPS, openGap } from './forward-state.ts'

test('an outage that goes on makes its gap longer', () => {
  const once = openGap({ live: 10, gaps: [] }, 500)
  expect(openGap(once, 900)).toEqual({ live: 900, gaps: [{ from: 11, to: 900 }] })
})

test('a second outage makes a second gap', () => {
  const drained = liveForwarded(openGap({ live: 0, gaps: [] }, 100), 150)
  expect(openGap(drained, 300)).toEqual({
    live: 300,
    gaps: [
      { from: 1, to: 100 },
      { from: 151, to: 300 },
    ],
  })
})

test('what was forwarded leaves the backlog, at its start, in its middle or whole', () => {
  const state: ForwardState = { live: 50, gaps: [{ from: 1, to: 20 }] }
  expect(backlogForwarded(state, { from: 1, to: 5 }).gaps).toEqual([{ from: 6, to: 20 }])
  expect(backlogForwarded(state, { from: 8, to: 9 }).gaps).toEqual([
    { from: 1, to: 7 },
    { from: 10, to: 20 },
  ])
  expect(backlogForwarded(state, { from: 1, to: 20 }).gaps).toEqual([])
})

test('the list of gaps stays bounded, and merging forgets no frame that is still to send', () => {
  let state: ForwardState = { live: 0, gaps: [] }
  const missing = new Set<number>()
  for (let outage = 0; outage < MOST_GAPS * 3; outage++) {
    const from = state.live + 1 + (outage % 7)
    state = openGap(liveForwarded(state, from - 1), from + 9)
    for (let seq = from; seq < from + 10; seq++) missing.add(seq)
  }
  expect(state.gaps.length).toBeLessThanOrEqual(MOST_GAPS)
  const covered = (seq: number) => state.gaps.some((gap) => gap.from <= seq && seq <= gap.to)
  expect([...missing].filter((seq) => !covered(seq))).toEqual([])
  for (let index = 1; index < state.gaps.length; index++) {
    expect(state.gaps[index]!.from).toBeGreaterThan(state.gaps[index - 1]!.to)
  }
})

test('the lag is the live part and the backlog together', () => {
  expect(framesBehind({ live: 90, gaps: [{ from: 1, to: 20 }] }, 100)).toBe(30)
  expect(framesBehind({ live: 100, gaps: [] }, 100)).toBe(0)
})
