import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { createBrokerCounters } from './broker-stats.ts'
import { TOPICS, type TopicName, topicOf, topicPattern } from './topics.ts'

const page = readFileSync(new URL('../../docs/mqtt.md', import.meta.url), 'utf8')

test('gateway/docs/mqtt.md shows every topic with its QoS and retained flag, and no other', () => {
  const rows = page.split('\n').filter((line) => line.startsWith('| `hallwatt/'))
  const names = Object.keys(TOPICS) as TopicName[]
  expect(rows).toEqual(
    names.map((name) => {
      const { from, qos, retained, payload, means } = TOPICS[name]
      return `| \`${topicPattern(name)}\` | ${from} | ${qos} | ${retained ? 'yes' : 'no'} | ${payload} | ${means} |`
    }),
  )
})

test('gateway/docs/mqtt.md explains every counter', () => {
  const missing = Object.keys(createBrokerCounters()).filter((name) => !page.includes(`\`${name}\``))
  expect(missing).toEqual([])
})

test('a topic is made from its names', () => {
  expect(topicOf('reading', { hall: 'demo', device: 'meter-1', quantity: 'temperature.cabinet' })).toBe(
    'hallwatt/demo/meter-1/reading/temperature.cabinet',
  )
})
