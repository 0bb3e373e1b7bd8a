import fc from 'fast-check'
import { expect, test } from 'vitest'
import { toDigits, twelveDigits } from './decimal.ts'

test('twelve digits are what a text of twelve digits reads back as', () => {
  const scaledInteger = fc
    .tuple(fc.integer({ min: -1e9, max: 1e9 }), fc.constantFrom(1, 0.1, 0.01, 0.001, 1e-6, 1000))
    .map(([raw, factor]) => raw * factor)
  fc.assert(
    fc.property(scaledInteger, (value) => {
      expect(twelveDigits(value)).toBe(Number(value.toPrecision(12)))
    }),
  )
  expect(twelveDigits(0.1 + 0.2)).toBe(0.3)
  for (const odd of [Number.MAX_VALUE, 5e-324, 1e21, Number.POSITIVE_INFINITY])
    expect(twelveDigits(odd)).toBe(Number(odd.toPrecision(12)))
  expect(twelveDigits(Number.NaN)).toBeNaN()
})

test('a share in six digits is what its text reads back as', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e9 }), fc.integer({ min: 1, max: 1e9 }), (part, whole) => {
      const share = (100 * part) / whole
      expect(toDigits(share, 6)).toBe(Number(share.toPrecision(6)))
    }),
  )
})
