import { expect, test } from 'vitest'
import type { PanelSeriesView } from '../screen-view.ts'
import { axesOf, linePath, plotOf, spanOf, ticksOf, tickText, timeTicks } from './curve-geometry.ts'

const series = (points: readonly (readonly [number, number])[], unit = 'W'): PanelSeriesView => ({
  id: 'a',
  label: { zh: '甲', en: 'A' },
  unit,
  mark: 'live',
  points,
})
const PLOT = plotOf(840)

test('ticks are round and few', () => {
  expect(ticksOf(0, 1900)).toEqual([0, 500, 1000, 1500])
  expect(ticksOf(0, 95)).toEqual([0, 20, 40, 60, 80])
  expect(ticksOf(5, 5)).toEqual([5])
})

test('power begins at zero; temperatures far above it do not', () => {
  const [watts] = axesOf([
    series([
      [0, 1800],
      [10, 1900],
    ]),
  ])
  const [celsius] = axesOf([
    series(
      [
        [0, 60],
        [10, 75],
      ],
      '°C',
    ),
  ])
  expect(watts!.min).toBe(0)
  expect(watts!.max).toBeGreaterThanOrEqual(1900)
  expect(celsius!.min).toBeGreaterThan(40)
})

test('two units get an axis each, a third none of its own', () => {
  expect(
    axesOf([series([[0, 1]], 'W'), series([[0, 2]], '°C'), series([[0, 3]], 'A')]).map(({ unit }) => unit),
  ).toEqual(['W', '°C'])
})

test('a series without any sample is an empty picture, not a broken one', () => {
  const [axis] = axesOf([series([])])
  expect(linePath([], axis!, spanOf([series([])]), PLOT)).toBe('')
  expect(axis!.max).toBeGreaterThan(axis!.min)
})

test('a line that never moves is drawn in the middle of its axis, not at infinity', () => {
  const flat = series([
    [0, 0],
    [10, 0],
  ])
  const [axis] = axesOf([flat])
  expect(linePath(flat.points, axis!, 10, PLOT)).not.toMatch(/NaN|Infinity/)
})

test('where samples are missing the line is broken, not bridged', () => {
  const points = [
    [0, 1],
    [2, 1],
    [4, 1],
    [30, 1],
    [32, 1],
  ] as const
  const [axis] = axesOf([series(points)])
  expect(linePath(points, axis!, 32, PLOT).match(/M/g)).toHaveLength(2)
})

test('time is told in minutes for a run and in hours for a day', () => {
  expect(timeTicks(222).map(({ text }) => text)).toEqual(['0:00', '1:00', '2:00', '3:00'])
  expect(timeTicks(86_400).map(({ text }) => text)).toEqual(['0 h', '4 h', '8 h', '12 h', '16 h', '20 h', '24 h'])
})

test('an axis that reaches a thousand watts is written in kW throughout', () => {
  const [axis] = axesOf([
    series([
      [0, 0],
      [10, 2000],
    ]),
  ])
  expect(axis!.ticks.map((tick) => tickText(tick, axis!))).toEqual(['0', '0.5', '1', '1.5', '2 kW'])
})
