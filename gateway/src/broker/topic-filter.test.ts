import { expect, test } from 'vitest'
import { filterCovers, filterMeetsTopic, isTopic, isTopicFilter } from './topic-filter.ts'

// Examples of MQTT 3.1.1 §4.7.1 and §4.7.2.
test.for([
  ['sport/tennis/player1/#', 'sport/tennis/player1', true],
  ['sport/tennis/player1/#', 'sport/tennis/player1/score/wimbledon', true],
  ['sport/#', 'sport', true],
  ['#', 'a/b', true],
  ['sport/tennis/+', 'sport/tennis/player1', true],
  ['sport/tennis/+', 'sport/tennis/player1/ranking', false],
  ['sport/+', 'sport', false],
  ['sport/+', 'sport/', true],
  ['+/+', '/finance', true],
  ['/+', '/finance', true],
  ['+', '/finance', false],
  ['#', '$SYS/broker', false],
  ['+/monitor/Clients', '$SYS/monitor/Clients', false],
  ['$SYS/#', '$SYS/broker', true],
] as const)('%s meets %s: %s', ([filter, topic, meets]) => {
  expect(filterMeetsTopic(filter, topic)).toBe(meets)
})

test.for([
  ['a/#', 'a/+/b', true],
  ['a/#', 'a/#', true],
  ['a/#', '#', false],
  ['a/+', 'a/#', false],
  ['a/+', 'a/+', true],
  ['a/b', 'a/+', false],
  ['+/b', 'a/b', true],
  ['a/+/c', 'a/#', false],
  ['#', '$SYS/#', false],
] as const)('a grant of %s covers a subscription to %s: %s', ([granted, asked, covers]) => {
  expect(filterCovers(granted, asked)).toBe(covers)
})

test.for(['a', '+', '#', 'a/+/b', 'a/#', '/', '//'])('%s is a topic filter', (filter) => {
  expect(isTopicFilter(filter)).toBe(true)
})

test.for(['', 'a+', 'a/+b', 'a#', '#/a', 'a/#/b', 'a\0b', 'a/\uFFFD', 'x/'.repeat(40)])(
  '%j is no topic filter',
  (filter) => {
    expect(isTopicFilter(filter)).toBe(false)
  },
)

test.for(['', 'a/+', 'a/#', 'a\0', '\uFFFD'])('%j is no topic', (topic) => {
  expect(isTopic(topic)).toBe(false)
})
