import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { PANELS } from '../../../../test/screen-views.ts'
import { alongWire, arrowWidth, flowNodes, HUB, lengthsOf, movedOn, roleOf, SPACING, speedOf } from './flow-geometry.ts'
import { PICTURE } from './picture.ts'

const nodes = flowNodes(PANELS.flow.items)
const node = (id: string, changed: object = {}) =>
  flowNodes(PANELS.flow.items.map((item) => (item.id === id ? { ...item, ...changed } : item))).find(
    ({ item }) => item.id === id,
  )!

test('what gives power stands left, what takes it right, and no two lie over one another', () => {
  for (const { item, x } of nodes) expect(x < HUB.x, item.id).toBe(['grid', 'pv', 'battery'].includes(item.id))
  for (const [i, a] of nodes.entries())
    for (const b of nodes.slice(i + 1))
      expect(a.x === b.x && a.y < b.y + b.height && b.y < a.y + a.height, `${a.item.id} ${b.item.id}`).toBe(false)
})

test('twelve nodes still fit into the picture', () => {
  const many = flowNodes(Array.from({ length: 12 }, (_, i) => ({ ...PANELS.flow.items[3]!, id: `zone${i}` })))
  for (const { y, height } of many) {
    expect(y).toBeGreaterThanOrEqual(0)
    expect(y + height).toBeLessThanOrEqual(PICTURE.height)
    expect(height).toBeGreaterThan(16)
  }
})

describe('dots go where the power goes', () => {
  test.each([
    ['grid', { value: 3200 }, 1],
    ['grid', { value: -3200 }, -1],
    ['battery', { value: -420 }, -1],
    ['zone0', { value: 1900 }, -1],
    ['zone0', { value: -200 }, 1],
    ['pv', { value: 12 }, 0],
    ['pv', { value: null }, 0],
    ['pv', { value: 1500, lost: true }, 0],
  ] as const)('%s at %o: %i', (id, changed, direction) => {
    expect(node(id, changed).direction).toBe(direction)
  })
})

test('below 20 W the wire is still, above it more power is faster, up to a limit', () => {
  expect([speedOf(null, 5000), speedOf(0, 5000), speedOf(19, 5000), speedOf(-19, 5000)]).toEqual([0, 0, 0, 0])
  const speeds = [20, 60, 500, 5000].map((watts) => speedOf(watts, 5000))
  expect(speeds).toEqual([...speeds].sort((a, b) => a - b))
  expect(speedOf(90_000, 5000)).toBe(speedOf(5000, 5000))
})

test('a lamp beside an oven is still seen to move: speed is logarithmic', () => {
  expect(speedOf(60, 6000) / speedOf(6000, 6000)).toBeGreaterThan(0.2)
})

test('without motion the arrow says the same by its thickness', () => {
  expect(arrowWidth(10, 5000)).toBe(0)
  expect(arrowWidth(5000, 5000)).toBeGreaterThan(arrowWidth(100, 5000))
})

test('a new value never makes the dots jump', () => {
  const frame = fc.tuple(fc.double({ min: 0, max: 90, noNaN: true }), fc.double({ min: 0, max: 0.2, noNaN: true }))
  fc.assert(
    fc.property(fc.double({ min: 0, max: 31, noNaN: true }), fc.array(frame, { maxLength: 40 }), (start, frames) => {
      let phase = start
      for (const [speed, seconds] of frames) {
        const next = movedOn(phase, speed, seconds)
        expect((next - phase + SPACING) % SPACING).toBeCloseTo((speed * seconds) % SPACING, 6)
        phase = next
      }
    }),
  )
})

test('after an hour in the background the dots go on as if there had been none', () => {
  expect(movedOn(5, 40, 3600)).toBe(5 + 40 * 0.25)
})

test('a point of a wire lies on it, and its ends are its ends', () => {
  const { wire } = nodes[0]!
  const lengths = lengthsOf(wire)
  expect(alongWire(wire, lengths, 0).slice(0, 2)).toEqual([...wire[0]!])
  expect(alongWire(wire, lengths, lengths.at(-1)!).slice(0, 2)).toEqual([...wire.at(-1)!])
  expect(alongWire(wire, lengths, 1e9).slice(0, 2)).toEqual([...wire.at(-1)!])
})

test('a node is known by its id', () => {
  expect(['grid', 'evse', 'rest', 'heatPump', 'zone0'].map(roleOf)).toEqual([
    'grid',
    'charging',
    'rest',
    'heat',
    'load',
  ])
})
