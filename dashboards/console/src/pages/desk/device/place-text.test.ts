import { expect, test } from 'vitest'
import { placeText } from './place-text.ts'

test('registers are shown by their addresses, and items of a DL/T 645 meter by their identifiers', () => {
  expect(placeText('holding', 30, 33)).toBe('30–33')
  expect(placeText('coil', 7, 7)).toBe('7')
  expect(placeText('item', 0x0201ff00 * 256, 0x0201ff00 * 256 + 8)).toBe('0201FF00')
})
