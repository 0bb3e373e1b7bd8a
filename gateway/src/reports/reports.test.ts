import { expect, test } from 'vitest'
import { alarmOf, benchOf, HOUR, hallOf } from '../work-orders/hall-fixture.ts'
import { KPIS } from '../work-orders/kpi-definitions.ts'
import { kpisOf } from '../work-orders/kpis.ts'
import { monthlyReport, type ReportInput, weeklyReport } from './reports.ts'

const FROM = Date.parse('2026-11-16T00:00:00+08:00')

function inputOf(change: Partial<ReportInput> = {}, words = ''): ReportInput {
  const hall = hallOf()
  const bench = benchOf(hall)
  bench.alarm(alarmOf({ code: 'cash.note_jam', priority: 'P1' }))
  bench.alarm(alarmOf({ id: 'A2', device: 'kiosk-2' }))
  bench.act({ order: 'W20261116-0002', by: 'zhang', act: 'accept' })
  bench.act({ order: 'W20261116-0002', by: 'wang', act: 'override-close', reason: words || '换机' })
  const ids = [...new Set(bench.events.map(({ order }) => order))]
  const orders = ids.map((id) => bench.book.order(id)!)
  const to = FROM + 7 * 24 * HOUR
  const kpis = kpisOf({ hall, from: FROM, to, orders, transitions: [], openAlarms: [], notices: 0, deliveries: [] })
  return {
    hallName: '东湖营业厅',
    timeZone: hall.timeZone,
    devices: hall.devices,
    from: FROM,
    to,
    printedAt: to + HOUR,
    kpis,
    orders,
    ...change,
  }
}

const rows = (page: string, heading: string) => page.slice(page.indexOf(heading)).split('<h2>')[0]!

test('the weekly page begins with what was dangerous', () => {
  const page = weeklyReport(inputOf())
  expect(page).toContain('<h1>东湖营业厅 · 安全例会周报</h1>')
  expect(page).toContain('统计期 2026-11-16 至 2026-11-22 · 打印时间 2026-11-23 01:00')
  expect(rows(page, '一、安全与资金相关故障')).toContain('纸币卡币')
  expect(rows(page, '一、安全与资金相关故障')).not.toContain('>卡纸<')
  expect(rows(page, '四、未关闭工单')).toContain('W20261116-0001')
  expect(rows(page, '八、具名强制关闭')).toContain('换机')
})

test('the monthly page shows a formula under every figure', () => {
  const page = monthlyReport(inputOf())
  const inWeekly = weeklyReport(inputOf())
  for (const { formula } of Object.values(KPIS)) expect(page + inWeekly).toContain(`${formula.zh}。`)
})

test('the monthly page ranks faults and devices, never people', () => {
  const page = monthlyReport(inputOf())
  expect(rows(page, '八、故障排行')).toContain('<td>卡纸</td><td>1</td><td>50.0 %</td>')
  expect(rows(page, '九、设备排行')).toContain('<td>2号缴费机</td>')
})

test.each([
  ['weekly', weeklyReport],
  ['monthly', monthlyReport],
] as const)('no person stands in the %s page', (_, report) => {
  const page = report(inputOf())
  for (const person of ['zhang', '张工', 'li<', '李工', 'wang']) expect(page).not.toContain(person)
})

test.each([
  ['weekly', weeklyReport],
  ['monthly', monthlyReport],
] as const)('a name or reason that looks like markup stays text in the %s page', (_, report) => {
  const evil = '<script>alert("x")</script>'
  const devices = [{ id: 'kiosk-2', name: `${evil}'&` }]
  const page = report(inputOf({ hallName: evil, devices }, evil))
  expect(page).not.toContain('<script')
  expect(page).toContain('&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&#39;&amp;')
})

test('a month without orders says so and invents nothing', () => {
  const hall = hallOf()
  const to = FROM + HOUR
  const kpis = kpisOf({ hall, from: FROM, to, orders: [], transitions: [], openAlarms: [], notices: 0, deliveries: [] })
  const page = monthlyReport(inputOf({ orders: [], kpis }))
  expect(rows(page, '六、修复质量')).toContain('一次修复率 <span class="big">—</span>')
  expect(rows(page, '八、故障排行')).toContain('本期无')
})

test('the page is whole in itself: no script, no address of the outside', () => {
  const page = monthlyReport(inputOf())
  expect(page).not.toMatch(/https?:|<link|<img|<script|style="/)
  expect(page.match(/<style>/g)).toHaveLength(1)
  expect(page).toContain('@page{size:A4')
})
