import fc from 'fast-check'
import { expect, test } from 'vitest'
import { clock, limitText, roundedTogether, shownFigure, unitText } from './figure-text.ts'

const text = (value: number | null, unit: string, digits?: number) => {
  const shown = shownFigure(value, unit, digits)
  return `${shown.digits} ${shown.unit.zh}`.trim()
}

test.each([
  [null, 'W', undefined, '—'],
  [Number.NaN, 'W', undefined, '—'],
  [0, 'W', undefined, '0 W'],
  [1912, 'W', undefined, '1.91 kW'],
  [92.4, 'W', undefined, '92 W'],
  [6.04, 'W', undefined, '6.0 W'],
  [29.04, 'W', 1, '29.0 W'],
  [99.2, 'Wh', undefined, '99 Wh'],
  [1167, 'Wh', undefined, '1.17 kWh'],
  [1167, 'Wh', 0, '1.17 kWh'],
  [-420, 'W', undefined, '−420 W'],
  [-0.001, 'kWh', undefined, '0.00 kWh'],
  [242.735, 'yuan', undefined, '242.74 元'],
  [0.0099, 'yuan', undefined, '1.0 分'],
  [1420.32, 'yuan', 3, '1,420.32 元'],
  [0, 'yuan', undefined, '0.00 元'],
  [812.4, 'W/m2', undefined, '812 W/m²'],
  [0.968, 'yuan/h', undefined, '0.97 元/小时'],
  [0.5383, 'yuan/kWh', 3, '0.538 元/kWh'],
  [31.9, '%', undefined, '31.9 %'],
  [32, '%', undefined, '32 %'],
  [188, 's', undefined, '3:08'],
  [12, 's', undefined, '12 秒'],
  [3.64, '', undefined, '3.64'],
  [3, '', undefined, '3'],
  [4127.35, 'kWh', undefined, '4,127 kWh'],
  [0.796, 'kgCO2', undefined, '0.80 kg CO₂'],
])('%s %s with %s decimals is shown as %s', (value, unit, digits, shown) => {
  expect(text(value, unit, digits)).toBe(shown)
})

test('what is not known is never 0', () => {
  for (const unit of ['W', 'Wh', 'yuan', '%', '']) expect(shownFigure(undefined, unit).digits).toBe('—')
})

test('a unit has its name in each language', () => {
  expect(unitText('yuan/kWh')).toEqual({ zh: '元/kWh', en: 'yuan/kWh' })
  expect(unitText('yuan/day')).toEqual({ zh: '元/天', en: 'yuan/d' })
})

test('an end of a scale has no zeros that nobody measured', () => {
  expect(limitText(10_000, 'W')).toBe('10 kW')
  expect(limitText(9.5, 'A')).toBe('9.5 A')
})

test('a running clock has minutes, and hours only when there are some', () => {
  expect([clock(8), clock(188), clock(3788)]).toEqual(['0:08', '3:08', '1:03:08'])
})

test('parts as shown add up to the whole as shown, and none is off by more than one step', () => {
  const parts = fc.array(fc.double({ min: 0, max: 10_000, noNaN: true }), { minLength: 1, maxLength: 8 })
  fc.assert(
    fc.property(parts, fc.integer({ min: 0, max: 2 }), (values, decimals) => {
      const shown = roundedTogether(values, decimals)
      const step = 10 ** -decimals
      const whole = Math.round(values.reduce((sum, value) => sum + value, 0) / step) * step
      expect(Math.abs(shown.reduce((sum, value) => sum + value, 0) - whole)).toBeLessThan(step / 100)
      for (const [i, value] of values.entries()) expect(Math.abs(shown[i]! - value)).toBeLessThan(step * 1.001)
    }),
  )
})
