interface Definition {
  readonly zh: string
  readonly en: string
  readonly unit: '' | '%' | 's' | 'min'
  readonly formula: { readonly zh: string; readonly en: string }
}

const define = (
  zh: string,
  en: string,
  unit: Definition['unit'],
  formulaZh: string,
  formulaEn: string,
): Definition => ({
  zh,
  en,
  unit,
  formula: { zh: formulaZh, en: formulaEn },
})

/** Every figure of the reports with how it is computed. "Closed" means closed within the period; 并入 orders are not counted. */
export const KPIS = {
  ordersCreated: define(
    '新建工单',
    'Orders created',
    '',
    '期内新建的工单数,按来源',
    'orders created in the period, by source',
  ),
  ordersClosed: define('关闭工单', 'Orders closed', '', '期内关闭的工单数', 'orders closed in the period'),
  stageMedian: define(
    '阶段用时中位数(自然时间)',
    'Stage time, median (wall clock)',
    's',
    '期内关闭且已修复的工单:发现=建单−故障发生;接单=首次接单−建单;到场=首次到场−首次接单;修复=最后工作结束−首次到场−其间挂起;自检=自检通过−最后工作结束;到场合计=首次到场−建单;修复合计=自检通过−建单−挂起。取中位数(偶数个取中间两数平均)',
    'repaired orders closed in the period: detect = created − onset; acknowledge = first accepted − created; arrive = first arrival − first accepted; fix = last finish − first arrival − suspended; verify = proof − last finish; toSite = first arrival − created; toRepair = proof − created − suspended. Median (mean of the middle two)',
  ),
  stageP90: define(
    '阶段用时 P90(自然时间)',
    'Stage time, p90 (wall clock)',
    's',
    '同上,第 ⌈0.9·n⌉ 小的值',
    'as above, the ⌈0.9·n⌉-th smallest',
  ),
  stageMedianService: define(
    '阶段用时中位数(营业时间)',
    'Stage time, median (service hours)',
    's',
    '同上,只计营业时间(24 小时区计全天)',
    'as above, counting opening hours only (24 h zones: all hours)',
  ),
  stageP90Service: define(
    '阶段用时 P90(营业时间)',
    'Stage time, p90 (service hours)',
    's',
    '同上,只计营业时间,第 ⌈0.9·n⌉ 小的值',
    'as above, opening hours only, the ⌈0.9·n⌉-th smallest',
  ),
  suspended: define(
    '挂起时间',
    'Suspended time',
    's',
    '期内关闭工单的挂起时间之和,按原因',
    'sum of suspended time of orders closed in the period, by reason',
  ),
  availability: define(
    '终端可用率',
    'Availability',
    '%',
    'Σ可用时间 ÷ Σ服务时间;可用=无 P1、P2 级故障;服务时间=营业时间(24 小时区为全天)−计划检修−状态未知',
    'Σ usable ÷ Σ duty time; usable = no fault of priority P1 or P2; duty = opening hours (24 h zones: all hours) − planned maintenance − state unknown',
  ),
  unknown: define(
    '状态未知时间',
    'State unknown',
    'min',
    '服务时间内采集失联且无其他故障的时间',
    'duty time in which the data source was lost and no other fault was known',
  ),
  outage: define(
    '客户可感知停用时间',
    'Customer-visible outage',
    'min',
    '服务时间内某类设备全厅无一可用的时间',
    'duty time in which no device of the kind in the hall was usable',
  ),
  firstTimeFix: define(
    '一次修复率',
    'First-time-fix rate',
    '%',
    '只到场一次且自检未失败的工单 ÷ 有到场的已关闭工单',
    'orders with one arrival and no failed proof ÷ closed orders with an arrival',
  ),
  falseFix: define(
    '假修复率',
    'False-fix rate',
    '%',
    '自检或回访未通过次数 ÷ 工作结束次数(期内关闭工单)',
    'failed proofs after a finish ÷ finishes, of closed orders',
  ),
  repeatFault: define(
    '重复故障率(7 日)',
    'Repeat faults within 7 days',
    '%',
    '期内新建工单中,同设备同故障 7 日内曾关闭工单的数量 ÷ 已关闭工单',
    'orders created whose device and fault had an order closed ≤ 7 days before ÷ closed orders',
  ),
  reopened: define(
    '重开率(24 小时)',
    'Reopen rate within 24 h',
    '%',
    '期内新建的重开工单 ÷ 已关闭工单',
    'orders created that reopen another ÷ closed orders',
  ),
  foundByUs: define(
    '主动发现率',
    'Found by us',
    '%',
    '遥测发现的工单 ÷(遥测+扫码+柜台)工单',
    'orders from telemetry ÷ orders from telemetry, QR and counter',
  ),
  noticesPerFault: define(
    '每故障消息数',
    'Notifications per fault',
    '',
    '期内发出的消息数 ÷ 期内发生的故障告警数',
    'messages sent ÷ alarms raised in the period',
  ),
  falseAlarm: define(
    '误报率',
    'False-alarm rate',
    '%',
    '以“无故障”结束的工单 ÷ 已关闭工单',
    'closed orders finished as "no fault" ÷ closed orders',
  ),
  slaHit: define(
    '时限达成率',
    'SLA hit',
    '%',
    '各时限均未超时的已关闭工单 ÷ 有时限的已关闭工单',
    'closed orders with every clock in time ÷ closed orders with a clock',
  ),
  urges: define('催办次数', 'Urges', '', '期内催办次数', 'urges said in the period'),
  selfRecovered: define(
    '自行恢复',
    'Recovered by itself',
    '',
    '接单前自行恢复并通过自检的工单数',
    'orders that recovered and were proved before anybody took them up',
  ),
  overridden: define(
    '人工强制关闭',
    'Closed by name',
    '',
    '未经自检、由负责人具名关闭的工单数',
    'orders closed by a named person without proof',
  ),
  inspected: define(
    '稽查抽取',
    'Drawn for inspection',
    '',
    '期内关闭且被抽中稽查的工单数',
    'closed orders drawn for inspection',
  ),
  latencyP50: define(
    '故障到手机 P50',
    'Fault to phone, p50',
    's',
    '渠道受理时刻−故障发现时刻,第 ⌈0.5·n⌉ 小的值',
    'accepted by the channel − detected, the ⌈0.5·n⌉-th smallest',
  ),
  latencyP95: define(
    '故障到手机 P95',
    'Fault to phone, p95',
    's',
    '渠道受理时刻−故障发现时刻,第 ⌈0.95·n⌉ 小的值',
    'accepted by the channel − detected, the ⌈0.95·n⌉-th smallest',
  ),
} as const satisfies Record<string, Definition>

export type KpiId = keyof typeof KPIS

/** One figure. */
export interface Kpi {
  readonly id: KpiId
  /** What it is of: a stage, `P2`, `device:kiosk-1`, `kind:kiosk`, a source; '' for the whole hall. */
  readonly by: string
  /** In the unit of its definition, unrounded; null when there is nothing to compute it from. */
  readonly value: number | null
  /** How many orders, faults, messages or minutes stand below the line. */
  readonly of: number
}

export const STAGES = {
  detect: { zh: '发现', en: 'detect' },
  acknowledge: { zh: '接单', en: 'acknowledge' },
  arrive: { zh: '到场', en: 'arrive' },
  fix: { zh: '修复', en: 'fix' },
  verify: { zh: '自检', en: 'verify' },
  toSite: { zh: '到场合计', en: 'created to site' },
  toRepair: { zh: '修复合计', en: 'created to proof' },
} as const

export type Stage = keyof typeof STAGES
