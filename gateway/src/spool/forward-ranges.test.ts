import { expect, test } from 'vitest'
import { backlog, forwardedRanges, withoutEvicted } from './forward-ranges.ts'

const state = {
  live: 100,
  gaps: [
    { from: 11, to: 20 },
    { from: 51, to: 60 },
  ],
}

test('what lies between the gaps, up to live, is forwarded', () => {
  expect(forwardedRanges(state, 1000)).toEqual([
    { from: 1, to: 10 },
    { from: 21, to: 50 },
    { from: 61, to: 100 },
  ])
})

test('only stretches up to the given number are named', () => {
  expect(forwardedRanges(state, 30)).toEqual([
    { from: 1, to: 10 },
    { from: 21, to: 30 },
  ])
  expect(forwardedRanges(state, 15)).toEqual([{ from: 1, to: 10 }])
})

test('a gap that begins at the first frame leaves nothing before it', () => {
  expect(forwardedRanges({ live: 20, gaps: [{ from: 1, to: 20 }] }, 100)).toEqual([])
})

test('nothing was ever forwarded', () => {
  expect(forwardedRanges({ live: 0, gaps: [] }, 100)).toEqual([])
})

test('eviction cuts a gap, removes one that is gone, and lifts live', () => {
  expect(withoutEvicted(state, 15)).toEqual({
    live: 100,
    gaps: [
      { from: 16, to: 20 },
      { from: 51, to: 60 },
    ],
  })
  expect(withoutEvicted(state, 20)).toEqual({ live: 100, gaps: [{ from: 51, to: 60 }] })
  expect(withoutEvicted(state, 150)).toEqual({ live: 150, gaps: [] })
})

test('the backlog is the gaps and what is above live', () => {
  expect(backlog(state, 105)).toBe(25)
  expect(backlog(state, 90)).toBe(20)
})
