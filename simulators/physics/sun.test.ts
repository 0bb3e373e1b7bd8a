import { expect, test } from 'vitest'
import { clearSkyWm2, createClouds, pvPowerW, sinElevation } from './sun.ts'

const at = (text: string) => Date.parse(`${text}+08:00`)
const degrees = (sin: number) => (Math.asin(sin) * 180) / Math.PI

test('at the summer solstice the noon sun stands 83° high at latitude 30.5°', () => {
  expect(degrees(sinElevation(at('2026-06-21T12:24:00')))).toBeCloseTo(82.9, 0)
})

test('at the winter solstice it stands 36° high', () => {
  expect(degrees(sinElevation(at('2026-12-21T12:20:00')))).toBeCloseTo(36.1, 0)
})

test('there is no light at midnight', () => {
  expect(clearSkyWm2(at('2026-06-21T00:00:00'))).toBe(0)
})

test('clouds never make light and never take all of it', () => {
  const clouds = createClouds(11)
  const shares = Array.from({ length: 2000 }, (_, n) => clouds(at('2026-06-21T00:00:00') + n * 61_000))
  expect(Math.max(...shares)).toBeLessThanOrEqual(1)
  expect(Math.min(...shares)).toBeGreaterThanOrEqual(0.15)
})

test('an inverter never gives more than its rating', () => {
  expect(pvPowerW(1100, 5, 20_000, 10_000)).toBe(10_000)
})
