import { FAULT_CODES, type FaultCode } from '../domain/fault-codes.ts'
import { mergedInto } from '../work-orders/create-order-book.ts'
import { KPIS } from '../work-orders/kpi-definitions.ts'
import type { OrderEvent, WorkOrder } from '../work-orders/work-order.ts'
import { html, page, table } from './page.ts'
import {
  deviceName,
  figure,
  figures,
  headOf,
  NOTHING,
  orderTable,
  type ReportInput,
  stages,
  timeOf,
} from './report-parts.ts'

export type { ReportInput } from './report-parts.ts'

/** Faults that touch people's safety or money, whatever their priority today. */
const SAFETY: ReadonlySet<FaultCode> = new Set([
  'cash.note_jam',
  'cash.box_missing',
  'cash.box_manip',
  'cash.mismatch',
  'card.retained',
  'card.skimmer',
  'pin.tamper',
  'door.forced',
  'door.left_open',
  'cab.water',
  'cab.shock',
  'ups.low',
  'ups.overload',
  'ev.ground',
  'ev.hot',
])
const MOST_FREQUENT = 10

/** 安全例会: what was dangerous, what was late, what waits, what to look into. One HTML page, to print. */
export function weeklyReport(input: ReportInput): string {
  const { orders } = input
  const open = orders.filter(({ state }) => state !== 'closed')
  const late = orders.filter(({ events }) => events.some((event) => happened(event, input) && isEscalation(event)))
  const drawn = orders.filter(({ events }) =>
    events.some((event) => event.type === 'closed' && event.inspect && happened(event, input)),
  )
  return page(
    `${input.hallName} 安全例会周报`,
    html`${headOf('安全例会周报', 'Weekly safety meeting', input)}
<h2>一、安全与资金相关故障</h2>${orderTable(orders.filter(isSafety), input)}
<h2>二、P1 紧急工单</h2>${orderTable(
      orders.filter(({ priority }) => priority === 'P1'),
      input,
    )}
<h2>三、超时与升级</h2>${orderTable(late, input)}${figures('slaHit', input)}${figures('urges', input)}
<h2>四、未关闭工单(含挂起)</h2>${orderTable(open, input)}
<h2>五、一般与提示级待办</h2>${orderTable(
      open.filter(({ priority }) => priority === 'P3' || priority === 'P4'),
      input,
    )}
<h2>六、重开与重复故障</h2>${orderTable(orders.filter(isReopening), input)}${figure('repeatFault', input)}${figure('reopened', input)}
<h2>七、稽查抽取</h2>${orderTable(drawn, input)}${figure('inspected', input)}
<h2>八、具名强制关闭</h2>${overrides(input)}
<h2>九、停用时间</h2>${figures('outage', input)}`,
  )
}

/** 服务分析: whether the hall could serve, what broke most, how fast it was repaired. One HTML page, to print. */
export function monthlyReport(input: ReportInput): string {
  return page(
    `${input.hallName} 服务分析月报`,
    html`${headOf('服务分析月报', 'Monthly service analysis', input)}
<h2>一、可用率与停用</h2>${figures('availability', input, (by) => by.startsWith('kind:'))}${figures('outage', input)}
<h2>二、各设备可用率</h2>${figures('availability', input, (by) => by.startsWith('device:'))}${figures('unknown', input, (by) => by.startsWith('device:'))}
<h2>三、工单</h2>${figures('ordersCreated', input)}${figure('ordersClosed', input)}${figure('selfRecovered', input)}${figure('overridden', input)}${figure('inspected', input)}
<h2>四、阶段用时</h2>${stages(input)}${figures('suspended', input)}
<h2>五、时限</h2>${figures('slaHit', input)}${figures('urges', input)}
<h2>六、修复质量</h2>${figure('firstTimeFix', input)}${figure('falseFix', input)}${figure('repeatFault', input)}${figure('reopened', input)}${figure('falseAlarm', input)}
<h2>七、发现与通知</h2>${figure('foundByUs', input)}${figure('noticesPerFault', input)}${figure('latencyP50', input)}${figure('latencyP95', input)}
<h2>八、故障排行(前 ${MOST_FREQUENT})</h2>${pareto(input, '故障', ({ faults }) => [...new Set(faults.map(({ code }) => FAULT_CODES[code].zh))])}
<h2>九、设备排行(前 ${MOST_FREQUENT})</h2>${pareto(input, '设备', ({ device }) => [deviceName(device, input)])}
<p class="formula">排行:期内新建工单数;同一工单含几种故障时各计一次。Orders created in the period; an order with several faults counts for each.</p>`,
  )
}

/** What was most frequent: the count and its share, without saying whose it was. */
function pareto(input: ReportInput, what: string, namesOf: (order: WorkOrder) => readonly string[]) {
  const counts = new Map<string, number>()
  const created = input.orders.filter(({ events }) => happened(events[0]!, input))
  for (const order of created) for (const name of namesOf(order)) counts.set(name, (counts.get(name) ?? 0) + 1)
  const rows = [...counts]
    .sort(([a, n], [b, m]) => m - n || a.localeCompare(b, 'zh-CN'))
    .slice(0, MOST_FREQUENT)
    .map(([name, count]) => [name, count, `${((count / created.length) * 100).toFixed(1)} %`])
  return table([what, '工单数', '占比'], rows, NOTHING)
}

/** Closing without proof is named in the order's own history; the meeting sees that it happened and why. */
function overrides(input: ReportInput) {
  const rows = input.orders.flatMap((order) =>
    order.events.flatMap((event) =>
      event.type === 'closed' && event.override !== undefined && !mergedInto(order) && happened(event, input)
        ? [[order.id, deviceName(order.device, input), timeOf(event.at, input), event.override]]
        : [],
    ),
  )
  return html`${table(['工单', '设备', '关闭', '理由'], rows, NOTHING)}<p class="formula">${KPIS.overridden.formula.zh}。${KPIS.overridden.formula.en}.</p>`
}

const happened = ({ at }: OrderEvent, { from, to }: ReportInput): boolean => at >= from && at < to
const isEscalation = (event: OrderEvent): boolean =>
  event.type === 'escalated' || (event.type === 'urged' && event.percent === 100)
const isSafety = ({ faults }: WorkOrder): boolean => faults.some(({ code }) => SAFETY.has(code))
const isReopening = ({ events }: WorkOrder): boolean =>
  events.some((event) => event.type === 'created' && event.reopens !== undefined)
