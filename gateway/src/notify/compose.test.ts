import { expect, test } from 'vitest'
import type { Alarm, AlarmTransition } from '../alarms/alarm.ts'
import type { Person } from '../config/repair-schema.ts'
import type { OrderEvent, WorkOrder } from '../work-orders/work-order.ts'
import { type ComposeHall, composeNotices, type ToCompose } from './compose.ts'
import { person } from './testing/notice-samples.ts'

const NOW = Date.parse('2026-11-22T14:05:00+08:00')

const people: Person[] = [
  person('zhang', { name: '张工', skills: ['kiosk'] }),
  person('li', { name: '李工', channels: ['sms'] }),
  person('wang', { name: '王班长', skills: ['ups'] }),
  person('zhao', { name: '赵主任', skills: ['none'] }),
]
const hall: ComposeHall = {
  name: '东湖厅',
  timeZone: 'Asia/Shanghai',
  devices: [
    { id: 'kiosk-1', name: '1号缴费机', kind: 'kiosk', zone: 'lobby' },
    { id: 'kiosk-2', name: '2号缴费机', kind: 'kiosk', zone: 'lobby' },
    { id: 'router', name: '主路由器', kind: 'network', zone: 'lobby' },
    { id: 'meter', name: '总表', kind: 'meter', zone: 'lobby' },
  ],
  repair: {
    people,
    duty: [],
    lead: 'wang',
    operations: 'zhao',
    topology: [{ parent: 'router', children: ['kiosk-1', 'kiosk-2', 'meter'], kind: 'network' }],
  },
}
const jam: Alarm = {
  id: 'A20261122-0007',
  fault: { device: 'kiosk-2', code: 'prn.paper_jam', part: 'paperPath.invoice' },
  state: 'unacknowledged',
  condition: 'present',
  defaultPriority: 'P2',
  priority: 'P1',
  raisedAt: NOW,
  latched: false,
  evidence: [],
  sequence: 1,
}
const raised = (alarm: Alarm, more: Partial<AlarmTransition> = {}): AlarmTransition => ({
  alarm,
  from: 'normal',
  cause: 'raised',
  at: NOW,
  actor: 'gateway',
  ...more,
})
const at = { order: 'W20261122-0003', at: NOW, actor: 'gateway' }
const created: OrderEvent = {
  ...at,
  type: 'created',
  source: 'telemetry',
  device: 'kiosk-2',
  zone: 'lobby',
  priority: 'P2',
  alarm: jam.id,
  onsetAt: NOW - 42 * 60_000,
  text: '卡纸',
}
const order: WorkOrder = {
  id: 'W20261122-0003',
  state: 'dispatched',
  source: 'telemetry',
  device: 'kiosk-2',
  zone: 'lobby',
  priority: 'P2',
  text: '卡纸',
  assignee: 'li',
  openAlarms: [jam.id],
  faults: [jam.fault],
  events: [created, { ...at, type: 'dispatched', to: 'li' }],
}
const compose = (
  more: Partial<Pick<ToCompose, 'transitions' | 'orderEvents' | 'flood'>> & { orders?: WorkOrder[]; open?: Alarm[] },
) =>
  composeNotices({
    transitions: more.transitions ?? [],
    orderEvents: more.orderEvents ?? [],
    orders: { order: (id) => more.orders?.find((one) => one.id === id), open: () => more.orders ?? [] },
    alarms: { alarm: () => undefined, open: () => more.open ?? [] },
    hall,
    flood: more.flood ?? false,
    now: NOW,
  })

test('a jam says five things in one breath', () => {
  const [notice] = compose({ transitions: [raised(jam)], orders: [order], open: [jam] })
  expect(notice).toMatchObject({
    title: '【P1 紧急】东湖厅 2号缴费机 发票打印机卡纸 14:05',
    lines: [
      '客户打印不了发票，纸可能卡在出口，1号缴费机可用。',
      expect.stringMatching(/^第一步：打开上盖/),
      '工单 W20261122-0003',
    ],
  })
})
test('when no other unit can do it, that is said', () => {
  const other: Alarm = { ...jam, id: 'A1', fault: { ...jam.fault, device: 'kiosk-1' } }
  const [notice] = compose({ transitions: [raised(jam)], open: [jam, other] })
  expect(notice?.lines[0]).toContain('全厅暂时不能打印发票')
})
test('P1 is told to whoever has the order and to everybody on duty who could help', () => {
  const notices = compose({ transitions: [raised(jam)], orders: [order] })
  expect(notices.map((one) => one.to)).toEqual(['li', 'zhang'])
})
test('P2 is told to whoever has the order only', () => {
  const notices = compose({ transitions: [raised({ ...jam, priority: 'P2' })], orders: [order] })
  expect(notices.map((one) => one.to)).toEqual(['li'])
})
test('the next act is offered to whoever has the order, a look at it to the others', () => {
  const notices = compose({ transitions: [raised(jam)], orders: [order] })
  expect(notices.map((one) => one.taps.map((tap) => tap.act))).toEqual([['accept', 'view'], ['view']])
})
test('an alarm and its dispatch in one step are one notice', () => {
  const notices = compose({
    transitions: [raised({ ...jam, priority: 'P2' })],
    orderEvents: order.events,
    orders: [order],
  })
  expect(notices).toHaveLength(1)
})
test('a suppressed alarm tells nobody', () => {
  expect(compose({ transitions: [raised({ ...jam, suppressed: { by: 'hall-closed' } })] })).toEqual([])
})
test('a shelved alarm tells nobody', () => {
  const shelved = { until: NOW + 1, by: 'wang', reason: '等配件' }
  expect(compose({ transitions: [raised({ ...jam, shelved })] })).toEqual([])
})
test('a chattering alarm is told once, as such', () => {
  const flapping = { ...jam, flapping: true, sequence: 2 }
  const step = [raised(jam), raised(flapping, { cause: 'flapping', from: 'unacknowledged' })]
  expect(compose({ transitions: step, orders: [order] }).map((one) => one.title)).toEqual([
    expect.stringContaining('反复出现'),
    expect.stringContaining('反复出现'),
  ])
  expect(compose({ transitions: [raised(flapping)] })).toEqual([])
})
test('an alarm that comes out of suppression is told then', () => {
  expect(
    compose({ transitions: [raised(jam, { cause: 'unsuppressed', from: 'unacknowledged' })] }).length,
  ).toBeGreaterThan(0)
})
test('a lost link tells of no recovery', () => {
  expect(compose({ transitions: [raised({ ...jam, condition: 'unknown' }, { cause: 'unknown' })] })).toEqual([])
})
test('a recovery names the alarm and how long it lasted', () => {
  const over: Alarm = { ...jam, state: 'normal', condition: 'cleared', clearedAt: NOW + 12 * 60_000, sequence: 2 }
  const [notice] = compose({ transitions: [raised(over, { cause: 'cleared' })] })
  expect(notice).toMatchObject({
    kind: 'recovery',
    thread: jam.id,
    title: '【已恢复】东湖厅 2号缴费机 发票打印机卡纸 14:05→14:17',
    lines: ['持续 12 分钟。'],
  })
})
test('what is latched says that somebody still has to look', () => {
  const over: Alarm = { ...jam, latched: true, state: 'returnedUnacknowledged', condition: 'cleared', clearedAt: NOW }
  expect(compose({ transitions: [raised(over, { cause: 'cleared' })] })[0]?.lines.at(-1)).toContain('核查')
})
test('a network that is down says how many devices it speaks for', () => {
  const down: Alarm = { ...jam, fault: { device: 'router', code: 'net.down', part: '' } }
  expect(compose({ transitions: [raised(down)], open: [down] })[0]?.title).toBe(
    '【P1 紧急】东湖厅 主路由器 网络中断 14:05，影响 3 台，已合并',
  )
})
test('in a flood only P1 is told by itself', () => {
  const kinds = (priority: Alarm['priority']) =>
    compose({ transitions: [raised({ ...jam, priority })], flood: true, orders: [order] }).map((one) => one.kind)
  expect([kinds('P1')[0], kinds('P2')[0]]).toEqual(['alarm', 'digest'])
})
test('a reminder says for how long and for how often', () => {
  const urges: OrderEvent[] = ([50, 80, 100] as const).map((percent, index) => ({
    ...at,
    at: NOW - 2 + index,
    type: 'urged',
    clock: 'acknowledge',
    percent,
    to: 'li',
  }))
  const urged = { ...order, events: [...order.events, ...urges] }
  const [notice] = compose({ orderEvents: [urges[2]!], orders: [urged] })
  expect(notice).toMatchObject({
    kind: 'urge',
    to: 'li',
    channels: ['sms'],
    thread: jam.id,
    title: '【P2 重要】东湖厅 2号缴费机 发票打印机卡纸，仍未恢复 42 分钟，第 3 次提醒',
  })
  expect(notice?.lines[0]).toBe('催办：接单已超时限，处理人 李工。')
})
test('an escalation goes to whoever fills the role', () => {
  const escalated: OrderEvent = { ...at, type: 'escalated', clock: 'arrive', to: 'operations' }
  const notices = compose({ orderEvents: [escalated], orders: [{ ...order, events: [...order.events, escalated] }] })
  expect(notices.map((one) => [one.kind, one.to])).toEqual([['escalation', 'zhao']])
})
test('when nobody who is on duty can do it the lead hears of it', () => {
  const meter: Alarm = { ...jam, priority: 'P2', fault: { device: 'meter', code: 'mtr.no_read', part: '' } }
  const alone = people.filter((one) => one.id !== 'li')
  const notices = composeNotices({
    transitions: [raised(meter)],
    orderEvents: [],
    orders: { order: () => undefined, open: () => [] },
    alarms: { alarm: () => undefined, open: () => [meter] },
    hall: { ...hall, repair: { ...hall.repair, people: alone } },
    flood: false,
    now: NOW,
  })
  expect(notices.map((one) => one.to)).toEqual(['wang'])
})
test('composing the same step again gives the same keys', () => {
  const step = { transitions: [raised(jam)], orderEvents: order.events, orders: [order] }
  expect(compose(step).map((one) => one.key)).toEqual(compose(step).map((one) => one.key))
  expect(new Set(compose(step).map((one) => one.key)).size).toBe(compose(step).length)
})
