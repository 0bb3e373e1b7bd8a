import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compilePlaces } from './json-places.ts'

/** RFC 6901 as it is written, one pointer at a time. */
function resolve(root: unknown, pointer: string): unknown {
  let at = root
  for (const token of pointer.split('/').slice(1)) {
    const name = token.replaceAll('~1', '/').replaceAll('~0', '~')
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, name)) return undefined
    if (Array.isArray(at) && !/^(0|[1-9]\d*)$/.test(name)) return undefined
    at = (at as Record<string, unknown>)[name]
  }
  return at
}

const keys = ['a', 'b', '0', '1', '01', 'length', '__proto__', 'constructor', 'x/y', '~1', '']
const pointer = fc
  .array(fc.constantFrom(...keys), { maxLength: 3 })
  .map((names) => names.map((name) => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`).join(''))
const json = fc.letrec((again) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(null, true, 1, 'text'),
    fc.array(again('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...keys), again('value'), { maxKeys: 4 }),
  ),
})).value

test('one walk finds what each pointer finds by itself, and counts the members on the way', () => {
  fc.assert(
    fc.property(fc.array(pointer, { maxLength: 8 }), json, (pointers, written) => {
      const text = JSON.stringify(written)
      const root: unknown = JSON.parse(text)
      const found = pointers.map((): unknown => undefined)
      const members = compilePlaces(pointers)(root, found)
      expect(found).toEqual(pointers.map((one) => resolve(root, one)))
      expect(members).toBe(text.split('":').length - 1)
    }),
    { numRuns: 500 },
  )
})
