import { expect, test } from 'vitest'
import { hallOf, MONDAY_10, storyOf, terminal, told } from './alarms-fixture.ts'

const HOUR = 3_600_000
const at = (time: string) => Date.parse(`${time}+08:00`)
const twoTerminals = hallOf([terminal(1), terminal(2, { zone: 'entrance' })], { alwaysOpen: ['entrance'] })
const JAM = ['kiosk-01', 'prn.paper_jam', 'paperPath.invoice'] as const
const FIRST = 'A20261123-0001'

test('shelving needs a reason', () => {
  const story = storyOf(twoTerminals)
  story.raised(...JAM)
  expect(story.act({ act: 'shelve', alarm: FIRST, by: 'zhang', minutes: 60, reason: '  ' })).toMatchObject({
    ok: false,
    code: 'HW_ALARM_INVALID',
  })
})

test('shelving ends after 24 hours at most', () => {
  const story = storyOf(twoTerminals)
  story.raised(...JAM)
  const shelve = (minutes: number) =>
    story.act({ act: 'shelve', alarm: FIRST, by: 'zhang', minutes, reason: '等配件' }).ok
  expect([0, -5, 1441, Number.NaN].map(shelve)).toEqual([false, false, false, false])
  expect(shelve(1440)).toBe(true)
})

test('a shelved alarm comes out by itself and says so', () => {
  const story = storyOf(twoTerminals)
  story.raised(...JAM)
  story.act({ act: 'shelve', alarm: FIRST, by: 'zhang', minutes: 60, reason: '等配件' })
  expect(story.book.alarm(FIRST)?.shelved).toEqual({ until: MONDAY_10 + HOUR, by: 'zhang', reason: '等配件' })
  expect(told(story.pass(HOUR - 1000))).toEqual([])
  expect(told(story.pass(1000))).toEqual(['unshelved kiosk-01 prn.paper_jam'])
})

test('shelving ends with the recovery: the next occurrence calls', () => {
  const story = storyOf(twoTerminals)
  story.raised(...JAM)
  story.act({ act: 'shelve', alarm: FIRST, by: 'zhang', minutes: 600, reason: '等配件' })
  story.cleared(...JAM)
  expect(story.book.open()).toEqual([])
  story.raised(...JAM)
  expect(story.book.open()).toMatchObject([{ id: 'A20261123-0002' }])
  expect(story.book.open()[0]).not.toHaveProperty('shelved')
})

test('a clock that jumps a week back does not leave an alarm shelved for a week', () => {
  const story = storyOf(twoTerminals)
  story.raised(...JAM)
  story.act({ act: 'shelve', alarm: FIRST, by: 'zhang', minutes: 60, reason: '等配件' })
  expect(told(story.jumpTo(MONDAY_10 - 7 * 24 * HOUR))).toEqual(['unshelved kiosk-01 prn.paper_jam'])
})

test('two people acknowledge at once: the second is told who has it', () => {
  const story = storyOf(twoTerminals)
  story.raised(...JAM)
  story.act({ act: 'acknowledge', alarm: FIRST, by: 'zhang' })
  expect(story.act({ act: 'acknowledge', alarm: FIRST, by: 'li' })).toMatchObject({
    ok: false,
    code: 'HW_ALARM_CONFLICT',
    message: expect.stringContaining('zhang'),
  })
  expect(story.book.alarm(FIRST)?.sequence).toBe(2)
})

test('acknowledging what is over changes nothing and is refused', () => {
  const story = storyOf(twoTerminals)
  story.raised(...JAM)
  story.act({ act: 'acknowledge', alarm: FIRST, by: 'zhang' })
  story.cleared(...JAM)
  const transitions = story.log.length
  expect(story.act({ act: 'acknowledge', alarm: FIRST, by: 'li' })).toMatchObject({ code: 'HW_ALARM_CONFLICT' })
  expect(story.act({ act: 'acknowledge', alarm: 'A20200101-0001', by: 'li' })).toMatchObject({
    code: 'HW_ALARM_UNKNOWN',
  })
  expect(story.log.length).toBe(transitions)
  expect(story.book.alarm(FIRST)?.state).toBe('normal')
})

test('swallowed money stays an alarm until a person has looked', () => {
  const story = storyOf(twoTerminals)
  story.raised('kiosk-01', 'cash.note_jam', 'cashTransport')
  story.cleared('kiosk-01', 'cash.note_jam', 'cashTransport')
  expect(story.book.alarm(FIRST)).toMatchObject({ state: 'returnedUnacknowledged', condition: 'cleared' })
  story.act({ act: 'acknowledge', alarm: FIRST, by: 'zhang' })
  expect(story.book.alarm(FIRST)).toMatchObject({ state: 'acknowledged', condition: 'cleared', latched: true })
  expect(story.act({ act: 'release-latch', alarm: FIRST, by: 'zhang', reason: '' }).ok).toBe(false)
  story.act({ act: 'release-latch', alarm: FIRST, by: 'zhang', reason: '两人开箱，取出100元，已退客户' })
  expect(story.book.open()).toEqual([])
  expect(story.log.at(-1)).toMatchObject({ cause: 'latch-released', reason: '两人开箱，取出100元，已退客户' })
})

test('a latched fault that comes back after it was acknowledged calls anew', () => {
  const story = storyOf(twoTerminals)
  story.raised('kiosk-01', 'cash.note_jam', 'cashTransport')
  story.act({ act: 'acknowledge', alarm: FIRST, by: 'zhang' })
  story.cleared('kiosk-01', 'cash.note_jam', 'cashTransport')
  story.raised('kiosk-01', 'cash.note_jam', 'cashTransport')
  expect(story.book.open()).toMatchObject([{ id: FIRST, state: 'unacknowledged', condition: 'present' }])
  expect(story.book.open()[0]).not.toHaveProperty('acknowledged')
})

test('while somebody repairs a device its further alarms call nobody; what is left over calls afterwards', () => {
  const story = storyOf(twoTerminals)
  story.raised(...JAM)
  expect(story.setInRepair('kiosk-01', true)).toEqual([])
  expect(told(story.raised('kiosk-01', 'prn.cover_open', 'printerCover.invoice'))).toEqual([
    'raised kiosk-01 prn.cover_open (out-of-service)',
  ])
  expect(story.alarm('kiosk-01', 'prn.paper_jam')).not.toHaveProperty('suppressed')
  expect(told(story.setInRepair('kiosk-01', false))).toEqual(['unsuppressed kiosk-01 prn.cover_open'])
})

test('a cash box taken out and put back during a repair leaves nothing behind', () => {
  const story = storyOf(twoTerminals)
  story.setInRepair('kiosk-01', true)
  expect(told(story.raised('kiosk-01', 'cash.box_missing', 'cashBoxSeat'))).toEqual([
    'raised kiosk-01 cash.box_missing (out-of-service)',
  ])
  story.cleared('kiosk-01', 'cash.box_missing', 'cashBoxSeat')
  expect(story.book.open()).toEqual([])
})

test('water in a cabinet calls even while the device is being repaired', () => {
  const story = storyOf(twoTerminals)
  story.setInRepair('kiosk-01', true)
  expect(told(story.raised('kiosk-01', 'cab.water', 'cabinetWater'))).toEqual(['raised kiosk-01 cab.water'])
})

test('what was out of service before a restart still is after it', () => {
  const before = storyOf(twoTerminals)
  before.setInRepair('kiosk-01', true)
  before.raised('kiosk-01', 'prn.cover_open', 'printerCover.invoice')
  const after = storyOf(twoTerminals, { initial: { alarms: before.book.open() } })
  expect([...after.log, ...after.pass(60_000)]).toEqual([])
  expect(told(after.setInRepair('kiosk-01', true))).toEqual([])
  expect(told(after.setInRepair('kiosk-01', false))).toEqual(['unsuppressed kiosk-01 prn.cover_open'])
})

test('a maintenance window is looked at again when it ends, and the alarm calls as if it were new', () => {
  const maintenance = [
    { devices: ['kiosk-01'], from: '2026-11-23T09:00:00+08:00', to: '2026-11-23T11:00:00+08:00', reason: '换主板' },
  ]
  const story = storyOf(hallOf([terminal(1), terminal(2)], { maintenance }))
  expect(told(story.raised(...JAM))).toEqual(['raised kiosk-01 prn.paper_jam (maintenance)'])
  expect(told(story.pass(HOUR - 1000))).toEqual([])
  expect(told(story.pass(1000))).toEqual(['unsuppressed kiosk-01 prn.paper_jam'])
})

test('a maintenance window that begins silences what is open', () => {
  const maintenance = [
    { devices: ['kiosk-01'], from: '2026-11-23T10:30:00+08:00', to: '2026-11-23T11:00:00+08:00', reason: '换主板' },
  ]
  const story = storyOf(hallOf([terminal(1), terminal(2)], { maintenance }))
  story.raised(...JAM)
  expect(told(story.pass(HOUR / 2))).toEqual(['suppressed kiosk-01 prn.paper_jam (maintenance)'])
})

test('in a closed hall a jam waits for the morning', () => {
  const story = storyOf(twoTerminals, { start: at('2026-11-23T22:00:00') })
  expect(told(story.raised(...JAM))).toEqual(['raised kiosk-01 prn.paper_jam (hall-closed)'])
  expect(told(story.jumpTo(at('2026-11-24T08:29:59')))).toEqual([])
  expect(told(story.jumpTo(at('2026-11-24T08:30:00')))).toEqual(['unsuppressed kiosk-01 prn.paper_jam'])
})

test('an alarm that nobody took before the hall closed waits for the morning too', () => {
  const story = storyOf(twoTerminals, { start: at('2026-11-23T17:29:00') })
  story.raised(...JAM)
  expect(told(story.jumpTo(at('2026-11-23T17:30:00')))).toEqual(['suppressed kiosk-01 prn.paper_jam (hall-closed)'])
})

test('a jam in the 24-hour zone calls at night', () => {
  const story = storyOf(twoTerminals, { start: at('2026-11-23T22:00:00') })
  expect(told(story.raised('kiosk-02', 'prn.paper_jam', 'paperPath.invoice'))).toEqual([
    'raised kiosk-02 prn.paper_jam',
  ])
})

test('a forced door calls at night', () => {
  const story = storyOf(twoTerminals, { start: at('2026-11-23T22:00:00') })
  expect(told(story.raised('kiosk-01', 'door.forced', 'doorGuard'))).toEqual(['raised kiosk-01 door.forced'])
})

test('a returned alarm that nobody took is filed after a day, so that next week’s jam is a new one', () => {
  const story = storyOf(hallOf([terminal(1), terminal(2)], { alwaysOpen: ['self-service'] }))
  story.raised(...JAM)
  story.cleared(...JAM)
  story.jumpTo(MONDAY_10 + 24 * HOUR - 1000)
  expect(story.book.open().length).toBe(1)
  expect(told(story.jumpTo(MONDAY_10 + 24 * HOUR))).toEqual(['settled kiosk-01 prn.paper_jam'])
  expect(story.book.open()).toEqual([])
})

test('a jam that comes and goes calls once, and settles after ten quiet minutes', () => {
  const story = storyOf(twoTerminals)
  for (const _ of [1, 2, 3]) {
    story.raised(...JAM)
    story.pass(20_000)
    story.cleared(...JAM)
    story.pass(20_000)
  }
  expect(story.log.map(({ cause }) => cause)).toEqual(['raised', 'cleared', 'raised', 'cleared', 'raised', 'flapping'])
  expect(story.book.open()).toMatchObject([{ flapping: true, state: 'unacknowledged', condition: 'present' }])
  for (const _ of [1, 2, 3, 4, 5]) {
    story.raised(...JAM)
    story.pass(20_000)
    story.cleared(...JAM)
  }
  expect(story.log.length).toBe(6)
  expect(told(story.pass(599_000))).toEqual([])
  expect(told(story.pass(1_000))).toEqual(['settled kiosk-01 prn.paper_jam', 'cleared kiosk-01 prn.paper_jam'])
})

test('a device that leaves the hall takes its alarms with it', () => {
  const story = storyOf(twoTerminals)
  story.raised(...JAM)
  story.raised('kiosk-01', 'cash.note_jam', 'cashTransport')
  expect(told(story.setHall(hallOf([terminal(2)])))).toEqual([
    'cleared kiosk-01 prn.paper_jam',
    'cleared kiosk-01 cash.note_jam',
  ])
  expect(story.book.open()).toEqual([])
})

test('eleven calls in ten minutes are a flood, and every one of them is still told', () => {
  const hall = hallOf(Array.from({ length: 9 }, (_, index) => terminal(index + 1)))
  const story = storyOf(hall)
  for (const { id } of hall.devices) {
    story.raised(id, 'prn.paper_jam', 'paperPath.invoice')
    story.raised(id, 'prn.paper_low', 'paper.receipt')
  }
  const raised = story.log.filter(({ cause }) => cause === 'raised')
  expect(raised.length).toBe(18)
  expect(raised.findIndex(({ flood }) => flood === true)).toBe(10)
  expect(story.book.flooded()).toBe(true)
  story.pass(601_000)
  expect(story.book.flooded()).toBe(false)
})
