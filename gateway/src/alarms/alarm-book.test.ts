import { expect, test } from 'vitest'
import { device, hallOf, MONDAY_10, storyOf, terminal, told } from './alarms-fixture.ts'

const twoTerminals = hallOf([terminal(1), terminal(2)])
const JAM = ['kiosk-02', 'prn.paper_jam', 'paperPath.invoice'] as const

test('a jam is an alarm at once, with an id that can be said on the phone', () => {
  const story = storyOf(twoTerminals)
  expect(told(story.raised(...JAM))).toEqual(['raised kiosk-02 prn.paper_jam'])
  expect(story.book.open()).toMatchObject([
    { id: 'A20261123-0001', state: 'unacknowledged', condition: 'present', priority: 'P2', sequence: 1 },
  ])
})

test('a fault of a device that is not in the hall makes no alarm', () => {
  const story = storyOf(twoTerminals)
  expect(story.raised('kiosk-09', 'prn.paper_jam')).toEqual([])
  expect(story.book.open()).toEqual([])
})

test('acknowledged and then cleared, it is over', () => {
  const story = storyOf(twoTerminals)
  story.raised(...JAM)
  story.act({ act: 'acknowledge', alarm: 'A20261123-0001', by: 'zhang' })
  expect(story.book.alarm('A20261123-0001')?.acknowledged).toEqual({ at: MONDAY_10, by: 'zhang' })
  story.pass(60_000)
  story.cleared(...JAM)
  expect(story.book.open()).toEqual([])
  expect(story.log.map(({ cause, from, alarm, actor }) => [cause, from, alarm.state, actor, alarm.sequence])).toEqual([
    ['raised', 'normal', 'unacknowledged', 'gateway', 1],
    ['acknowledged', 'unacknowledged', 'acknowledged', 'zhang', 2],
    ['cleared', 'acknowledged', 'normal', 'gateway', 3],
  ])
})

test('cleared before anybody took it, it still waits to be acknowledged', () => {
  const story = storyOf(twoTerminals)
  story.raised(...JAM)
  story.pass(60_000)
  story.cleared(...JAM)
  expect(story.book.open()).toMatchObject([
    { state: 'returnedUnacknowledged', condition: 'cleared', clearedAt: MONDAY_10 + 60_000 },
  ])
  story.act({ act: 'acknowledge', alarm: 'A20261123-0001', by: 'zhang' })
  expect(story.book.open()).toEqual([])
})

test('back before it was acknowledged, it is the same occurrence; back after it was over, a new one', () => {
  const story = storyOf(twoTerminals)
  story.raised(...JAM)
  story.cleared(...JAM)
  story.pass(400_000)
  story.raised(...JAM)
  expect(story.book.open()).toMatchObject([{ id: 'A20261123-0001', state: 'unacknowledged' }])
  expect(story.book.open()[0]).not.toHaveProperty('clearedAt')
  story.act({ act: 'acknowledge', alarm: 'A20261123-0001', by: 'zhang' })
  story.cleared(...JAM)
  story.pass(1_000_000)
  story.raised(...JAM)
  expect(story.book.open()).toMatchObject([{ id: 'A20261123-0002' }])
})

test('a lost link makes it unknown and never clears it', () => {
  const story = storyOf(twoTerminals)
  story.raised(...JAM)
  expect(told(story.unknown(...JAM))).toEqual(['unknown kiosk-02 prn.paper_jam'])
  story.pass(24 * 3_600_000)
  expect(story.book.open()).toMatchObject([{ state: 'unacknowledged', condition: 'unknown' }])
  expect(told(story.raised(...JAM))).toEqual(['confirmed kiosk-02 prn.paper_jam'])
})

test('the same fault raised again after a restart joins its open alarm and tells nobody', () => {
  const before = storyOf(twoTerminals)
  before.raised(...JAM)
  before.act({ act: 'acknowledge', alarm: 'A20261123-0001', by: 'zhang' })
  const kept = JSON.parse(JSON.stringify(before.book.open()))
  const after = storyOf(twoTerminals, { initial: { alarms: kept, lastAlarm: 'A20261123-0005' } })
  expect(after.raised(...JAM)).toEqual([])
  expect(after.log).toEqual([])
  expect(after.book.open()).toEqual(kept)
  after.raised('kiosk-01', 'prn.paper_jam')
  expect(after.alarm('kiosk-01', 'prn.paper_jam')?.id).toBe('A20261123-0006')
})

test('a switch that is lost is shown before its terminals, which call nobody', () => {
  const hall = hallOf([device('switch-1', { kind: 'network' }), terminal(1), terminal(2)], {
    topology: [{ parent: 'switch-1', children: ['kiosk-01', 'kiosk-02'], kind: 'network' }],
  })
  const story = storyOf(hall)
  expect(story.raised('kiosk-01', 'agent.lost')).toEqual([])
  story.pass(2_000)
  expect(told(story.raised('switch-1', 'agent.lost'))).toEqual([
    'raised switch-1 agent.lost',
    'raised kiosk-01 agent.lost (parent)',
  ])
  // The second was the last: nobody can be served now, and the switch is as urgent as that.
  expect(told(story.raised('kiosk-02', 'agent.lost'))).toEqual([
    'raised kiosk-02 agent.lost (parent)',
    'priority-changed kiosk-01 agent.lost (parent)',
    'priority-changed switch-1 agent.lost',
  ])
  expect(story.alarm('switch-1', 'agent.lost')?.priority).toBe('P1')
  expect(story.book.explainedBy('A20261123-0001').map(({ fault }) => fault.device)).toEqual(['kiosk-01', 'kiosk-02'])
})
