import { DEVICE_KINDS } from '../domain/device-kind.ts'
import { FAULT_CODES } from '../domain/fault-codes.ts'
import { PRIORITIES } from '../domain/priority.ts'
import { KPIS, type Kpi, type KpiId, STAGES, type Stage } from '../work-orders/kpi-definitions.ts'
import { ORDER_STATES, type WorkOrder } from '../work-orders/work-order.ts'
import { type Html, html, table } from './page.ts'

/** What both reports are made of. No person is named in it: reports show devices and orders, never staff. */
export interface ReportInput {
  readonly hallName: string
  readonly timeZone: string
  readonly devices: readonly { readonly id: string; readonly name: string }[]
  /** Unix ms: `from` included, `to` not. */
  readonly from: number
  readonly to: number
  readonly printedAt: number
  /** Of the same period: `kpisOf`. */
  readonly kpis: readonly Kpi[]
  /** Orders that were open at any time of the period. */
  readonly orders: readonly WorkOrder[]
}

export const NOTHING = '本期无。None in this period.'
const NO_DATA = '—'

export function headOf(title: string, english: string, input: ReportInput): Html {
  const last = input.to - 1
  return html`<h1>${input.hallName} · ${title}</h1><p class="en">${english}</p>
<p>统计期 ${dayOf(input.from, input)} 至 ${dayOf(last, input)} · 打印时间 ${timeOf(input.printedAt, input)}</p>`
}

/** The figure with its formula under it. */
export function figure(id: KpiId, input: ReportInput, by = ''): Html {
  const { zh, en, formula } = KPIS[id]
  const kpi = input.kpis.find((candidate) => candidate.id === id && candidate.by === by)
  return html`<div class="kpi"><p>${zh}${labelOf(by, input)} <span class="big">${shownOf(kpi)}</span> <span class="en">${en} · n=${count(kpi?.of ?? 0)}</span></p>
<p class="formula">公式:${formula.zh}。${formula.en}.</p></div>`
}

/** One figure for several things, as a table with the formula under it. */
export function figures(id: KpiId, input: ReportInput, wanted: (by: string) => boolean = () => true): Html {
  const rows = input.kpis.filter((kpi) => kpi.id === id && wanted(kpi.by))
  const { zh, formula } = KPIS[id]
  return html`<div class="kpi">${table(
    ['', zh, 'n'],
    rows.map((kpi) => [labelOf(kpi.by, input).trim(), shownOf(kpi), count(kpi.of)]),
    NOTHING,
  )}
<p class="formula">公式:${formula.zh}。${formula.en}.</p></div>`
}

/** The five stages and their sums: median and p90, by the wall and in service hours. */
export function stages(input: ReportInput): Html {
  const ids = ['stageMedian', 'stageP90', 'stageMedianService', 'stageP90Service'] as const
  const of = (id: KpiId, by: string) => input.kpis.find((kpi) => kpi.id === id && kpi.by === by)
  const rows = (Object.keys(STAGES) as Stage[]).map((stage) => [
    `${STAGES[stage].zh} ${STAGES[stage].en}`,
    ...ids.map((id) => shownOf(of(id, stage))),
    String(of('stageMedian', stage)?.of ?? 0),
  ])
  return html`${table(['阶段', '中位数', 'P90', '中位数(营业时间)', 'P90(营业时间)', 'n'], rows, NOTHING)}
${ids.map((id) => html`<p class="formula">${KPIS[id].zh}:${KPIS[id].formula.zh}。${KPIS[id].formula.en}.</p>`)}`
}

export function orderTable(orders: readonly WorkOrder[], input: ReportInput): Html {
  return table(
    ['工单', '建单', '级别', '设备', '故障', '状态'],
    orders.map((order) => [
      order.id,
      timeOf(order.events[0]!.at, input),
      `${order.priority} ${PRIORITIES[order.priority].zh}`,
      deviceName(order.device, input),
      faultsOf(order),
      stateOf(order),
    ]),
    NOTHING,
  )
}

export const deviceName = (id: string, { devices }: ReportInput): string =>
  devices.find((device) => device.id === id)?.name ?? id

/** Names of its faults; a report by a person has none, and what they wrote may name somebody. */
function faultsOf(order: WorkOrder): string {
  const names = new Set(order.faults.map(({ code }) => FAULT_CODES[code].zh))
  return names.size > 0 ? [...names].join('、') : '人工报修'
}

function stateOf(order: WorkOrder): string {
  const { zh } = ORDER_STATES[order.state]
  const suspended = order.events.findLast((event) => event.type === 'suspended')
  if (order.state !== 'suspended' || suspended?.type !== 'suspended') return zh
  return `${zh}(${{ parts: '等配件', vendor: '等厂家', other: '其他' }[suspended.reason]})`
}

export function shownOf(kpi: Kpi | undefined): string {
  if (!kpi || kpi.value === null) return NO_DATA
  switch (KPIS[kpi.id].unit) {
    case '%':
      return `${kpi.value.toFixed(1)} %`
    case 's':
      return durationOf(kpi.value)
    case 'min':
      return `${kpi.value.toFixed(1)} 分钟`
    default:
      return Number.isInteger(kpi.value) ? String(kpi.value) : kpi.value.toFixed(2)
  }
}

function durationOf(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(1)} 秒`
  const minutes = Math.round(seconds / 60)
  return minutes < 60 ? `${minutes} 分` : `${Math.floor(minutes / 60)} 小时 ${minutes % 60} 分`
}

const count = (of: number): string => String(Math.round(of))

const LABELS: Readonly<Record<string, string>> = {
  telemetry: '遥测',
  qr: '扫码',
  counter: '柜台',
  preventive: '预防性',
  parts: '等配件',
  vendor: '等厂家',
  other: '其他',
}

function labelOf(by: string, input: ReportInput): string {
  if (by === '') return ''
  const [scope, id] = by.split(':')
  if (scope === 'device' && id !== undefined) return ` ${deviceName(id, input)}`
  if (scope === 'kind' && id !== undefined) return ` ${kindName(id)}`
  return ` ${LABELS[by] ?? by}`
}

const kindName = (kind: string): string => Object.entries(DEVICE_KINDS).find(([id]) => id === kind)?.[1].zh ?? kind

export const timeOf = (at: number, { timeZone }: ReportInput): string =>
  new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' }).format(at)

const dayOf = (at: number, { timeZone }: ReportInput): string =>
  new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' }).format(at)
