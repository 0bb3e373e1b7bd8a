import { expect, test } from 'vitest'
import { marked, PANELS } from '../../../../test/screen-views.ts'
import type { PanelItemView, PanelView } from '../screen-view.ts'
import { barsOf } from './bar-geometry.ts'
import { blocksOut } from './block-geometry.ts'
import { needleOf, onDial } from './gauge-geometry.ts'
import { niceCeiling, shareOf } from './picture.ts'
import { groundOf, stairsOf } from './stairs-geometry.ts'
import { triangleOf } from './triangle-geometry.ts'
import { glassOf, heatColour } from './vessel-geometry.ts'

const changed = (panel: PanelView, id: string, to: Partial<PanelItemView>): PanelView => ({
  ...panel,
  items: panel.items.map((item) => (item.id === id ? { ...item, ...to } : item)),
})

test('scales end at numbers that people like', () => {
  expect([0, 3, 17, 22, 26, 99, 1800].map(niceCeiling)).toEqual([1, 5, 20, 25, 50, 100, 2000])
})

test('a share is never outside its picture, and nothing when nothing is known', () => {
  expect([shareOf(null, 0, 10), shareOf(-5, 0, 10), shareOf(99, 0, 10), shareOf(1, 5, 5)]).toEqual([0, 0, 1, 0])
})

test('a podium begins with the highest; what is not known comes last and has no rank', () => {
  const bars = barsOf(PANELS.bars)
  expect(bars.map(({ item }) => item.id)).toEqual(['kettle', 'dryer', 'tv', 'fridge', 'lamp', 'charger'])
  expect(bars.map(({ rank }) => rank)).toEqual([1, 2, 3, 4, 5, undefined])
})

test('a bar above its band is hatched from there on', () => {
  const strip = {
    ...PANELS.bars,
    sorted: false,
    items: [{ ...PANELS.bars.items[0]!, value: 8.6, max: 10, bandMin: 8, target: 9 }],
  }
  const [bar] = barsOf(strip)
  expect(bar!.height).toBeCloseTo(0.86)
  expect(bar!.hatched).toBeCloseTo(0.06)
  expect(bar!.target).toBeCloseTo(0.9)
})

test('the same energy is the same area: tall and narrow, or low and wide', () => {
  const [tall, low] = barsOf({
    ...PANELS.bars,
    sorted: false,
    items: [
      { ...PANELS.bars.items[0]!, id: 'instant', value: 6000, hours: 0.5 },
      { ...PANELS.bars.items[0]!, id: 'tank', value: 1500, hours: 2 },
    ],
  })
  expect(tall!.height * tall!.width).toBeCloseTo(low!.height * low!.width)
})

test('one unit in, 3.64 out: three whole blocks and a piece', () => {
  const blocks = blocksOut(PANELS.blocks)!
  expect(blocks.slice(0, 3)).toEqual([1, 1, 1])
  expect(blocks).toHaveLength(4)
  expect(blocks[3]).toBeCloseTo(0.64, 1)
  expect(blocksOut(changed(PANELS.blocks, 'in', { value: 0 }))).toBeUndefined()
})

test('a needle in its band is said to be in it', () => {
  const item = PANELS.gauge.items[0]!
  expect(needleOf(item)).toMatchObject({ inBand: true, band: [0.25, 0.75] })
  expect(needleOf({ ...item, value: 2.3 }).inBand).toBe(false)
  expect(needleOf({ ...item, value: null }).inBand).toBeUndefined()
  expect(onDial(0, 100)[0]).toBeLessThan(onDial(1, 100)[0])
})

test('the marker climbs: it stands on the step its kWh belong to', () => {
  const ground = groundOf(840)
  const here = (kWh: number) =>
    stairsOf(changed(PANELS.stairs, 'marker', { value: kWh }), ground).stairs.find((stair) => stair.here)!.item.id
  expect([here(0), here(239), here(240), here(450), here(5000)]).toEqual(['step1', 'step1', 'step2', 'step3', 'step3'])
  const ys = stairsOf(PANELS.stairs, ground).stairs.map(({ y }) => y)
  expect(ys).toEqual([...ys].sort((a, b) => b - a))
})

test('a glass holds its parts on one another, and they add up', () => {
  const { layers, level, over } = glassOf(PANELS.glass)
  expect(layers.map(({ item }) => item.id)).toEqual(['home', 'kettle', 'evse'])
  expect(layers.at(-1)!.to).toBeCloseTo(level)
  expect(layers.reduce((sum, { value }) => sum + value, 0)).toBe(9900)
  expect(over).toBe(false)
  expect(glassOf(changed(PANELS.glass, 'level', { value: 10_400 })).over).toBe(true)
})

test('the triangle folds when the reactive power goes, on the same scale', () => {
  const before = triangleOf(PANELS.triangle)!
  const after = triangleOf(changed(PANELS.triangle, 'q', { value: 246 }))!
  expect(after.corner).toEqual(before.corner)
  expect(after.from[1] - after.top[1]).toBeLessThan((before.from[1] - before.top[1]) / 3)
  expect(triangleOf(changed(PANELS.triangle, 'p', { value: null }))).toBeUndefined()
})

test('cold is blue, hot is the colour of heat, unknown is grey', () => {
  expect(heatColour(10)).toBe('rgb(46 122 253)')
  expect(heatColour(80)).toBe('rgb(244 107 76)')
  expect(heatColour(null)).toBe('#33465a')
})

test.each(Object.values(PANELS).map((panel) => [panel.kind, panel] as const))(
  'a fixture of %s carries its mark in every part',
  (_kind, panel) => {
    for (const { mark } of [...marked(panel, 'replay').items, ...marked(panel, 'replay').series])
      expect(mark).toBe('replay')
  },
)
