import { expect, test } from 'vitest'
import type { Alarm, AlarmTransition } from '../alarms/alarm.ts'
import { alarmOf, type Bench, benchOf, HOUR, hallOf, MINUTE, MONDAY_10 } from './hall-fixture.ts'
import type { KpiId } from './kpi-definitions.ts'
import { type KpiInput, kpisCsv, kpisOf } from './kpis.ts'

const FROM = Date.parse('2026-11-16T00:00:00+08:00')
const TO = FROM + 7 * 24 * HOUR
const SECOND = 1000

function inputOf(bench: Bench, change: Partial<KpiInput> = {}): KpiInput {
  const ids = new Set(bench.events.map(({ order }) => order))
  return {
    hall: hallOf(),
    from: FROM,
    to: TO,
    orders: [...ids].map((id) => bench.book.order(id)!),
    transitions: [],
    openAlarms: [],
    notices: 0,
    deliveries: [],
    ...change,
  }
}

function kpi(input: KpiInput, id: KpiId, by = '') {
  return kpisOf(input).find((one) => one.id === id && one.by === by)
}

const of = (device: string, from: string, to: string | undefined, change: Partial<Alarm> = {}): AlarmTransition[] => {
  const raisedAt = Date.parse(`${from}+08:00`)
  const alarm = alarmOf({ id: `A-${device}-${from}`, device, raisedAt, ...change })
  const raised: AlarmTransition = { alarm, from: 'normal', cause: 'raised', at: raisedAt, actor: 'gateway' }
  if (to === undefined) return [raised]
  const clearedAt = Date.parse(`${to}+08:00`)
  return [raised, { ...raised, alarm: { ...alarm, condition: 'cleared', clearedAt }, cause: 'cleared', at: clearedAt }]
}

/** One jam, repaired: accepted after 5 min, there after 25, 10 min of work with 30 min of waiting in it, proved 10 min later. */
function repairedOnce(bench: Bench, device = 'kiosk-1', id = 'A20261116-0001', noFault = false): void {
  const [created] = bench.alarm(alarmOf({ id, device, raisedAt: bench.now - 2 * SECOND }))
  const order = created!.order
  const by = bench.book.order(order)!.assignee!
  const at = (minutes: number) => {
    bench.now += minutes * MINUTE
  }
  at(5)
  bench.act({ order, by, act: 'accept' })
  at(20)
  bench.act({ order, by, act: 'arrive' })
  at(4)
  bench.act({ order, by, act: 'suspend', reason: 'parts', remark: '' })
  at(30)
  bench.act({ order, by, act: 'resume' })
  at(6)
  bench.alarm(alarmOf({ id, device, state: 'normal', condition: 'cleared' }))
  bench.act({ order, by, act: 'finish', remark: '', noFault })
  bench.pass(11 * MINUTE)
}

test('the five stages of a repair add up to what the clock on the wall shows, and waiting stands apart', () => {
  const bench = benchOf()
  repairedOnce(bench)
  const input = inputOf(bench)
  const seconds = (stage: string) => kpi(input, 'stageMedian', stage)?.value
  expect(seconds('detect')).toBe(2)
  expect(seconds('acknowledge')).toBe(300)
  expect(seconds('arrive')).toBe(1200)
  expect(seconds('fix')).toBe(600)
  expect(seconds('verify')).toBe(640)
  expect(seconds('toSite')).toBe(1500)
  expect(seconds('toRepair')).toBe(300 + 1200 + 600 + 640)
  expect(kpi(input, 'suspended', 'parts')).toMatchObject({ value: 1800, of: 1 })
})

test('service hours leave the night out', () => {
  const bench = benchOf()
  bench.now = Date.parse('2026-11-16T17:20:00+08:00')
  repairedOnce(bench)
  // Accepted 17:25, on site 17:45: five of those minutes were before closing time.
  expect(kpi(inputOf(bench), 'stageMedianService', 'arrive')?.value).toBe(300)
  expect(kpi(inputOf(bench), 'stageMedian', 'arrive')?.value).toBe(1200)
})

test('the median of an even number is the mean of the middle two, and p90 is a time that was measured', () => {
  const bench = benchOf()
  for (let i = 0; i < 4; i++) {
    const before = bench.now
    bench.alarm(alarmOf({ id: `A${i}`, device: 'kiosk-2' }))
    const [order] = bench.book.open(bench.now)
    bench.now += (i + 1) * MINUTE
    bench.act({ order: order!.id, by: order!.assignee!, act: 'arrive' })
    bench.act({ order: order!.id, by: order!.assignee!, act: 'finish', remark: '', noFault: false })
    bench.alarm(alarmOf({ id: `A${i}`, device: 'kiosk-2', state: 'normal', condition: 'cleared' }))
    bench.pass(11 * MINUTE)
    bench.now = before + 2 * HOUR
  }
  expect(kpi(inputOf(bench), 'stageMedian', 'acknowledge')).toMatchObject({ value: 150, of: 4 })
  expect(kpi(inputOf(bench), 'stageP90', 'acknowledge')?.value).toBe(240)
})

test('a terminal that was dead for an hour of 63 opening hours was available for the rest', () => {
  const transitions = of('kiosk-1', '2026-11-16T10:00:00', '2026-11-16T11:00:00')
  const kpis = inputOf(benchOf(), { transitions })
  expect(kpi(kpis, 'availability', 'device:kiosk-1')).toEqual({
    id: 'availability',
    by: 'device:kiosk-1',
    value: (62 / 63) * 100,
    of: 63 * 60,
  })
})

test('a fault after closing time makes no terminal less available, in the 24 h zone it does', () => {
  const night = (device: string) => of(device, '2026-11-16T20:00:00', '2026-11-16T22:00:00')
  const input = inputOf(benchOf(), { transitions: [...night('kiosk-1'), ...night('kiosk-24h')] })
  expect(kpi(input, 'availability', 'device:kiosk-1')?.value).toBe(100)
  expect(kpi(input, 'availability', 'device:kiosk-24h')?.value).toBe((166 / 168) * 100)
})

test('two faults at once are one outage, and low paper is none', () => {
  const transitions = [
    ...of('kiosk-1', '2026-11-16T10:00:00', '2026-11-16T11:00:00'),
    ...of('kiosk-1', '2026-11-16T10:30:00', '2026-11-16T11:00:00', {
      code: 'app.frozen',
      defaultPriority: 'P1',
    } as object),
    ...of('kiosk-1', '2026-11-16T12:00:00', '2026-11-16T13:00:00', { defaultPriority: 'P4' }),
  ]
  expect(kpi(inputOf(benchOf(), { transitions }), 'availability', 'device:kiosk-1')?.value).toBe((62 / 63) * 100)
})

test('what was not known is neither up nor down', () => {
  const lost = { fault: { device: 'kiosk-1', code: 'agent.lost', part: '' } } as const
  const transitions = of('kiosk-1', '2026-11-16T10:00:00', '2026-11-16T11:00:00', lost)
  const input = inputOf(benchOf(), { transitions })
  expect(kpi(input, 'availability', 'device:kiosk-1')).toMatchObject({ value: 100, of: 62 * 60 })
  expect(kpi(input, 'unknown', 'device:kiosk-1')?.value).toBe(60)
})

test('customers see an outage only while every terminal of the kind is dead', () => {
  const transitions = [
    ...of('kiosk-1', '2026-11-16T10:00:00', '2026-11-16T12:00:00'),
    ...of('kiosk-2', '2026-11-16T11:00:00', '2026-11-16T13:00:00'),
    ...of('kiosk-24h', '2026-11-16T11:30:00', undefined),
  ]
  const input = inputOf(benchOf(), { transitions })
  // All three dead 11:30–12:00; afterwards kiosk-2 or kiosk-1 serve by day, and every night only the dead one has duty.
  const nights = 7 * 15 * 60 - 8.5 * 60
  expect(kpi(input, 'outage', 'kind:kiosk')?.value).toBe(30 + nights)
})

test('planned maintenance is not downtime', () => {
  const maintenance = [
    { devices: ['kiosk-1'], from: '2026-11-16T10:00:00+08:00', to: '2026-11-16T11:00:00+08:00', reason: '换纸' },
  ]
  const transitions = of('kiosk-1', '2026-11-16T10:00:00', '2026-11-16T11:00:00')
  const input = inputOf(benchOf(), { transitions, hall: hallOf({ maintenance }) })
  expect(kpi(input, 'availability', 'device:kiosk-1')).toMatchObject({ value: 100, of: 62 * 60 })
})

test('one fault fixed at once and one that failed its proof are a first-time-fix rate of one half', () => {
  const bench = benchOf()
  repairedOnce(bench)
  bench.now += HOUR
  bench.alarm(alarmOf({ id: 'A2', device: 'kiosk-2' }))
  const [order] = bench.book.open(bench.now)
  const by = order!.assignee!
  const finish = () => bench.act({ order: order!.id, by, act: 'finish', remark: '', noFault: false })
  bench.act({ order: order!.id, by, act: 'arrive' })
  finish()
  bench.healthy = false
  bench.pass(3 * MINUTE)
  bench.healthy = true
  finish()
  bench.pass(11 * MINUTE)
  expect(kpi(inputOf(bench), 'firstTimeFix')).toMatchObject({ value: 50, of: 2 })
  expect(kpi(inputOf(bench), 'falseFix')).toMatchObject({ value: (1 / 3) * 100, of: 3 })
})

test('the same fault on the next day is a repeat and a reopening', () => {
  const bench = benchOf()
  repairedOnce(bench)
  bench.now += 20 * HOUR
  repairedOnce(bench, 'kiosk-1', 'A20261117-0001')
  expect(kpi(inputOf(bench), 'repeatFault')).toMatchObject({ value: 50, of: 2 })
  expect(kpi(inputOf(bench), 'reopened')).toMatchObject({ value: 50, of: 2 })
  expect(kpi(inputOf(bench), 'inspected')?.value).toBe(1)
})

test('found by us, false alarms and recoveries are counted from the orders', () => {
  const bench = benchOf()
  repairedOnce(bench, 'kiosk-1', 'A1', true)
  bench.alarm(alarmOf({ id: 'A2', device: 'kiosk-2' }))
  bench.alarm(alarmOf({ id: 'A2', device: 'kiosk-2', state: 'normal', condition: 'cleared' }))
  bench.pass(12 * MINUTE)
  const report = bench.book.report({ device: 'kiosk-24h', source: 'qr', text: '坏', by: 'qr' }, bench.now)
  if (report.ok) bench.events.push(...report.value)
  const input = inputOf(bench)
  expect(kpi(input, 'foundByUs')).toMatchObject({ value: (2 / 3) * 100, of: 3 })
  expect(kpi(input, 'falseAlarm')).toMatchObject({ value: 50, of: 2 })
  expect(kpi(input, 'selfRecovered')?.value).toBe(1)
})

test('an order accepted after its time is no hit', () => {
  const bench = benchOf()
  repairedOnce(bench)
  bench.now += HOUR
  bench.alarm(alarmOf({ id: 'A2', device: 'kiosk-2' }))
  bench.pass(31 * MINUTE)
  bench.act({ order: 'W20261116-0002', by: 'wang', act: 'override-close', reason: '换机' })
  expect(kpi(inputOf(bench), 'slaHit', 'P2')).toMatchObject({ value: 50, of: 2 })
  expect(kpi(inputOf(bench), 'urges', 'P2')?.value).toBe(3)
  expect(kpi(inputOf(bench), 'overridden')?.value).toBe(1)
})

test('messages per fault and the way to the phone come from what the channels said', () => {
  const transitions = [
    ...of('kiosk-1', '2026-11-16T10:00:00', '2026-11-16T11:00:00'),
    ...of('kiosk-2', '2026-11-16T10:00:00', '2026-11-16T11:00:00'),
  ]
  const deliveries = Array.from({ length: 20 }, (_, i) => ({
    detectedAt: MONDAY_10,
    acceptedAt: MONDAY_10 + (i + 1) * 100,
  }))
  const input = inputOf(benchOf(), { transitions, notices: 3, deliveries })
  expect(kpi(input, 'noticesPerFault')).toMatchObject({ value: 1.5, of: 2 })
  expect(kpi(input, 'latencyP50')?.value).toBe(1)
  expect(kpi(input, 'latencyP95')?.value).toBe(1.9)
})

test('a quiet week has no invented figures', () => {
  const kpis = kpisOf(inputOf(benchOf()))
  for (const id of ['stageMedian', 'firstTimeFix', 'falseAlarm', 'slaHit', 'noticesPerFault', 'latencyP95'] as const)
    expect(kpis.filter((one) => one.id === id).every(({ value, of }) => value === null && of === 0)).toBe(true)
})

test('the table opens in a spreadsheet with a formula in both languages on every line', () => {
  const lines = kpisCsv(kpisOf(inputOf(benchOf())))
    .trimEnd()
    .split('\r\n')
  expect(lines[0]).toBe('kpi,name_zh,name_en,by,value,unit,of,formula_zh,formula_en')
  expect(lines.length).toBeGreaterThan(50)
  expect(lines.find((line) => line.startsWith('firstTimeFix,'))).toBe(
    'firstTimeFix,一次修复率,First-time-fix rate,,,%,0,只到场一次且自检未失败的工单 ÷ 有到场的已关闭工单,orders with one arrival and no failed proof ÷ closed orders with an arrival',
  )
})
