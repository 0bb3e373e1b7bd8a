import { expect, test } from 'vitest'
import type { Clock } from '../ports/clock.ts'
import type { DeviceState, Reading, StateChange } from '../readings/readings.ts'
import { createReadingTopics } from './reading-topics.ts'

/** A hall with one meter, a clock that is moved by hand, and what was published. */
function meterHall() {
  let now = 0
  const sleepers: { at: number; wake: () => void }[] = []
  const clock: Clock = {
    wallMs: () => 1_763_769_600_000 + now,
    monotonicMs: () => now,
    sleep: (ms) => new Promise((wake) => sleepers.push({ at: now + ms, wake })),
  }
  const listeners = new Set<(change: StateChange) => void>()
  const published: [string, unknown, boolean | undefined][] = []
  const topics = createReadingTopics({
    hall: 'demo',
    readings: {
      all: () => [],
      onChange(listener) {
        listeners.add(listener)
        return () => listeners.delete(listener)
      },
    },
    publish: (topic, payload, options) =>
      published.push([topic, payload === '' ? '' : JSON.parse(String(payload)), options?.retain]),
    clock,
  })
  return {
    topics,
    published,
    change(value: number, quality: Reading['quality'] = 'good', quantity = 'activePower') {
      const reading: Reading = { value, at: clock.wallMs(), quality }
      const state: DeviceState = {
        device: 'meter-1',
        presence: 'online',
        since: 0,
        readings: new Map([[quantity, reading]]),
      }
      for (const listener of listeners) listener({ type: 'state', state, quantities: [quantity] })
    },
    remove() {
      for (const listener of listeners) listener({ type: 'removed', device: 'meter-1' })
    },
    /** Lets time pass in steps of 100 ms, waking who slept that long. */
    async pass(ms: number) {
      for (const end = now + ms; now < end; ) {
        now += 100
        for (const sleeper of sleepers.splice(0)) {
          if (sleeper.at <= now) sleeper.wake()
          else sleepers.push(sleeper)
        }
        await new Promise(setImmediate)
      }
    },
  }
}

const TOPIC = 'hallwatt/demo/meter-1/reading/activePower'

test('a reading is published retained with value, time and quality', async () => {
  const hall = meterHall()
  hall.change(231.5)
  await hall.pass(300)
  expect(hall.published).toEqual([[TOPIC, { v: 231.5, t: 1_763_769_600_000, q: 'good' }, true]])
})

test('of many changes within a second only the newest is published', async () => {
  const hall = meterHall()
  hall.change(1)
  await hall.pass(300)
  for (let value = 2; value <= 9; value++) {
    hall.change(value)
    await hall.pass(100)
  }
  await hall.pass(2000)
  expect(hall.published.map(([, payload]) => (payload as { v: number }).v)).toEqual([1, 9])
})

test('a value that does not change is not published again, except once a minute for its time', async () => {
  const hall = meterHall()
  for (let second = 0; second < 130; second++) {
    hall.change(5)
    await hall.pass(1000)
  }
  expect(hall.published).toHaveLength(3)
})

test('a changed quality is news though the value stays', async () => {
  const hall = meterHall()
  hall.change(5)
  await hall.pass(2000)
  hall.change(5, 'stale')
  await hall.pass(2000)
  expect(hall.published.map(([, payload]) => (payload as { q: string }).q)).toEqual(['good', 'stale'])
})

test('the topics of a removed device are cleared', async () => {
  const hall = meterHall()
  hall.change(5)
  hall.change(49.98, 'good', 'frequency')
  await hall.pass(300)
  hall.change(6)
  hall.remove()
  await hall.pass(3000)
  expect(hall.published.slice(2)).toEqual([
    [TOPIC, '', true],
    ['hallwatt/demo/meter-1/reading/frequency', '', true],
  ])
  expect(hall.topics.stats()).toMatchObject({ topics: 0, waiting: 0 })
})

test('after it is closed nothing is published any more', async () => {
  const hall = meterHall()
  hall.topics.close()
  hall.change(5)
  await hall.pass(3000)
  expect(hall.published).toEqual([])
})
