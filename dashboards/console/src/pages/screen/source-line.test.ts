import { expect, test } from 'vitest'
import { figure } from '../../../test/screen-views.ts'
import type { Mark } from './screen-view.ts'
import { sourcesOf } from './source-line.ts'

const figures = [
  figure('cost', '花费', 'Cost', 1, 'yuan', { facts: ['zhejiang-household-tou'] }),
  figure('co2', '少排', 'Less', 1, 'kgCO2', { facts: ['ef.grid.central.2023', 'petrol.use.cn.2019'] }),
]

test('a passer-by reads who measured, by which prices and which factor, and of which year', () => {
  expect(sourcesOf(figures).map(({ zh }) => zh)).toEqual([
    '计量：本厅电表',
    '碳：电网平均因子 2023',
    '电价：本地价目',
    '其他：公开资料',
  ])
})

const of = (...marks: Mark[]) => sourcesOf([figure('x', '甲', 'A', 1, 'W', { marks })]).map(({ zh }) => zh)

test('a replay was measured, but not now; what is computed was not measured at all, also in a live run', () => {
  expect(of('replay')).toEqual(['计量：录像中的电表'])
  expect(of('simulated')).toEqual(['按公式计算，不是读数'])
})

test('a comparison of a live lane with a recorded one names both', () => {
  expect(of('live', 'replay')).toEqual(['计量：本厅电表', '计量：录像中的电表'])
})
