import { expect, test } from 'vitest'
import { shiftAt, shouldReload } from './upkeep.ts'

const HALF_PAST_THREE = Date.parse('2026-05-12T03:30:20+08:00')
const HOUR = 3600_000
const night = { at: HALF_PAST_THREE, openForMs: 20 * HOUR, idle: true, newVersion: false }

test('a screen is loaded anew at half past three, when it has been open for long', () => {
  expect(shouldReload(night)).toBe(true)
  expect(shouldReload({ ...night, openForMs: HOUR })).toBe(false)
  expect(shouldReload({ ...night, at: HALF_PAST_THREE + 60_000 })).toBe(false)
})

test('a new version is taken at once when nothing is shown, and never in the middle of a run', () => {
  const noon = { ...night, at: HALF_PAST_THREE + 9 * HOUR, newVersion: true }
  expect(shouldReload(noon)).toBe(true)
  expect(shouldReload({ ...noon, idle: false })).toBe(false)
  expect(shouldReload({ ...night, idle: false })).toBe(false)
})

test('the picture stands aside by two pixels, in another corner every ten minutes', () => {
  const corners = [0, 1, 2, 3, 4].map((step) => shiftAt(step * 600_000))
  expect(new Set(corners.map(String)).size).toBe(4)
  expect(corners[4]).toEqual(corners[0])
  for (const corner of corners) for (const pixels of corner) expect([0, 2]).toContain(pixels)
})
