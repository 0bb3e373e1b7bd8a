import { expect, test } from 'vitest'
import { device, hallOf, storyOf, terminal, told } from './alarms-fixture.ts'
import { unitsAble } from './units-able.ts'

const JAM = ['prn.paper_jam', 'paperPath.invoice'] as const
const three = [terminal(1), terminal(2), terminal(3)]

test('one of three invoice printers jammed is P2; the last one jammed makes all of them P1', () => {
  const story = storyOf(hallOf(three))
  expect(story.raised('kiosk-01', ...JAM)[0]?.alarm.priority).toBe('P2')
  expect(story.raised('kiosk-02', ...JAM)[0]?.alarm.priority).toBe('P2')
  expect(story.raised('kiosk-03', ...JAM)[0]?.alarm.priority).toBe('P1')
  expect(story.book.open().map(({ priority }) => priority)).toEqual(['P1', 'P1', 'P1'])
  expect(told(story.cleared('kiosk-02', ...JAM))).toEqual([
    'cleared kiosk-02 prn.paper_jam',
    'priority-changed kiosk-01 prn.paper_jam',
    'priority-changed kiosk-03 prn.paper_jam',
  ])
})

test('the receipt printer does not stand in for the invoice printer', () => {
  const story = storyOf(hallOf([terminal(1), terminal(2)]))
  story.raised('kiosk-01', ...JAM)
  expect(story.raised('kiosk-02', 'prn.paper_jam', 'paperPath.receipt')[0]?.alarm.priority).toBe('P2')
})

test('a frozen terminal among three is P2, alone it is P1', () => {
  expect(storyOf(hallOf(three)).raised('kiosk-01', 'app.frozen', 'app')[0]?.alarm.priority).toBe('P2')
  expect(storyOf(hallOf([terminal(1)])).raised('kiosk-01', 'app.frozen', 'app')[0]?.alarm.priority).toBe('P1')
})

test('swallowed money is P1 however many other terminals work', () => {
  expect(storyOf(hallOf(three)).raised('kiosk-01', 'cash.note_jam', 'cashTransport')[0]?.alarm.priority).toBe('P1')
})

test('a terminal that nobody hears, or that is being repaired, is not counted on', () => {
  const story = storyOf(hallOf([terminal(1), terminal(2), terminal(3)]))
  story.raised('kiosk-02', 'agent.lost')
  story.pass(5000)
  story.setInRepair('kiosk-03', true)
  expect(story.raised('kiosk-01', ...JAM)[0]?.alarm.priority).toBe('P1')
  story.setInRepair('kiosk-03', false)
  expect(story.alarm('kiosk-01', 'prn.paper_jam')?.priority).toBe('P2')
})

test('a terminal without a cash slot does not make up for one', () => {
  const cashless = terminal(2, { quantities: ['paperPath.receipt', 'scanner'] })
  const story = storyOf(hallOf([terminal(1, { quantities: ['cashBox', 'scanner'] }), cashless]))
  expect(story.raised('kiosk-01', 'cash.box_full', 'cashBox')[0]?.alarm.priority).toBe('P1')
  expect(story.raised('kiosk-01', 'scan.dead', 'scanner')[0]?.alarm.priority).toBe('P2')
})

test('what concerns no customer keeps its priority', () => {
  expect(storyOf(hallOf([terminal(1)])).raised('kiosk-01', 'host.disk_full', 'diskFree')[0]?.alarm.priority).toBe('P3')
})

test('a message can say which units still print invoices', () => {
  const hall = hallOf([...three, terminal(4), device('meter-1')])
  const story = storyOf(hall)
  story.raised('kiosk-02', ...JAM)
  story.raised('kiosk-03', 'agent.lost')
  story.raised('kiosk-04', ...JAM)
  story.unknown('kiosk-04', ...JAM)
  story.pass(5000)
  const able = unitsAble('print-invoice', hall.devices, story.book.open())
  expect(able.map(({ name }) => name)).toEqual(['1号自助终端'])
})

test('at night only the 24-hour terminals count', () => {
  const hall = hallOf([terminal(1), terminal(2), terminal(4, { zone: 'entrance' })], { alwaysOpen: ['entrance'] })
  const story = storyOf(hall, { start: Date.parse('2026-11-23T22:00:00+08:00') })
  expect(story.raised('kiosk-04', ...JAM)[0]?.alarm.priority).toBe('P1')
  expect(told(story.jumpTo(Date.parse('2026-11-24T08:30:00+08:00')))).toEqual([
    'priority-changed kiosk-04 prn.paper_jam',
  ])
  expect(story.alarm('kiosk-04', 'prn.paper_jam')?.priority).toBe('P2')
})
