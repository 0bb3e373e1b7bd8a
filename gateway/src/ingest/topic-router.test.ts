import fc from 'fast-check'
import { expect, test } from 'vitest'
import { topicMatches } from '../profiles/topic-template.ts'
import { createTopicRouter } from './topic-router.ts'

const matched = (filters: string[], topic: string) => {
  const router = createTopicRouter<string>()
  for (const filter of filters) router.add(filter, filter)
  return router.match(topic).sort()
}

test('a topic finds its exact filter and every wildcard that takes it in', () => {
  const filters = ['a/b/c', 'a/+/c', 'a/#', '#', '+/+/+', 'a/b', 'a/b/c/#', 'x/#', 'a/b/+/d']
  expect(matched(filters, 'a/b/c')).toEqual(['#', '+/+/+', 'a/#', 'a/+/c', 'a/b/c', 'a/b/c/#'])
})

test('wildcards do not reach topics that begin with $', () => {
  expect(matched(['#', '+/x', '$SYS/#', '$SYS/x'], '$SYS/x')).toEqual(['$SYS/x'])
})

test('what was removed is found no more, and its neighbours still are', () => {
  const router = createTopicRouter<string>()
  for (const filter of ['a/+', 'a/+/b', 'a/x', 'a/#']) router.add(filter, filter)
  for (const filter of ['a/+', 'a/x']) router.remove(filter, filter)
  router.remove('a/+', 'a/+') // twice does no harm
  expect(router.match('a/x')).toEqual(['a/#'])
  expect(router.match('a/x/b').sort()).toEqual(['a/#', 'a/+/b'])
})

const word = fc.constantFrom('a', 'b', '', 'long-name')
const topic = fc.array(word, { minLength: 1, maxLength: 5 }).map((parts) => parts.join('/'))
const filter = fc
  .tuple(fc.array(fc.oneof(word, fc.constant('+')), { minLength: 1, maxLength: 4 }), fc.boolean())
  .map(([parts, all]) => (all ? [...parts, '#'] : parts).join('/'))

test('the router agrees with the matching rule of MQTT for any filters and topics', () => {
  fc.assert(
    fc.property(fc.uniqueArray(filter, { maxLength: 8 }), topic, (filters, name) => {
      expect(matched(filters, name)).toEqual(filters.filter((f) => topicMatches(f, name)).sort())
    }),
  )
})

test('adding and removing in any order leaves nothing behind', () => {
  fc.assert(
    fc.property(fc.uniqueArray(filter, { minLength: 1, maxLength: 8 }), topic, (filters, name) => {
      const router = createTopicRouter<string>()
      for (const f of filters) router.add(f, f)
      for (const f of filters.toReversed()) router.remove(f, f)
      expect(router.match(name)).toEqual([])
    }),
  )
})
