import { expect, test } from 'vitest'
import { PANELS } from '../../../../test/screen-views.ts'
import { arcPath, blockRows, pointAt, priceBands, priceLegend, RING } from './ring-geometry.ts'

test('midnight is on top, six o’clock right, noon below', () => {
  expect(pointAt(0, 100)).toEqual([RING.x, RING.y - 100])
  expect(pointAt(6, 100)[0]).toBeCloseTo(RING.x + 100)
  expect(pointAt(12, 100)[1]).toBeCloseTo(RING.y + 100)
})

test('hours of one price are one piece, and every hour of the day is covered', () => {
  const bands = priceBands(PANELS.ring)
  expect(bands.map(({ from, to, price }) => [from, to, price])).toEqual([
    [0, 8, 0.288],
    [8, 17, 0.538],
    [17, 22, 0.568],
    [22, 24, 0.288],
  ])
  expect(bands.map(({ rank }) => rank)).toEqual([0, 0.5, 1, 0])
  expect(priceLegend(bands).map(({ price }) => price)).toEqual([0.288, 0.538, 0.568])
})

test('one price all day is a whole ring', () => {
  const all = arcPath(0, 24, 50, 80)
  expect(all.match(/M/g)).toHaveLength(2)
  expect(all).not.toContain('NaN')
})

test('a block that goes over midnight stays one arc', () => {
  expect(arcPath(22, 29, 50, 80)).toMatch(/^M[^M]*Z$/)
})

test('blocks at the same hour stand in rows of their own', () => {
  expect(
    blockRows([
      { at: 19, hours: 2 },
      { at: 20, hours: 3 },
      { at: 22, hours: 7 },
    ]),
  ).toEqual([0, 1, 0])
})

test('without prices there is no ring and no error', () => {
  expect(priceBands({ ...PANELS.ring, series: [] })).toEqual([])
})
