import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createSubscriptionIndex } from './subscription-index.ts'
import { filterMeetsTopic } from './topic-filter.ts'

const level = fc.constantFrom('a', 'b', '', '$x')
const topic = fc.array(level, { minLength: 1, maxLength: 4 }).map((levels) => levels.join('/'))
const filter = fc
  .tuple(fc.array(fc.oneof(level, fc.constant('+')), { maxLength: 3 }), fc.constantFrom('#', '+', 'a', 'b'))
  .map(([levels, last]) => [...levels, last].join('/'))

test('the index finds exactly the filters that meet a topic, also after some were removed', () => {
  fc.assert(
    fc.property(fc.uniqueArray(filter, { maxLength: 20 }), fc.array(fc.nat(19)), topic, (filters, removed, name) => {
      const index = createSubscriptionIndex()
      for (const [i, each] of filters.entries()) index.add({ clientId: `client-${i}`, topic: each, qos: 1 })
      for (const i of removed) if (filters[i] !== undefined) index.remove(`client-${i}`, filters[i])
      const left = filters.filter((_, i) => !removed.includes(i))
      const found = index.match(name).map((subscription) => subscription.topic)
      expect(found.sort()).toEqual(left.filter((each) => filterMeetsTopic(each, name)).sort())
      expect(index.size).toBe(left.length)
    }),
  )
})
