import type { Alarm, AlarmCause } from '../alarms/alarm.ts'
import { FAULT_CODES } from '../domain/fault-codes.ts'
import type { FaultKey } from '../domain/fault-event.ts'
import { faultFacts } from '../domain/fault-facts.ts'
import { PRIORITIES, type Priority } from '../domain/priority.ts'
import { stillServing } from '../domain/still-serving.ts'
import type { OrderEvent, SlaClock, WorkOrder } from '../work-orders/work-order.ts'
import type { ToCompose } from './compose.ts'
import { oncePerStep } from './once-per-step.ts'

export interface Said {
  readonly title: string
  readonly lines: readonly string[]
}

/** Priority · hall and device · what is broken, since when; then impact and what still works, first step, part to bring. */
export function alarmText(step: ToCompose, alarm: Alarm, cause: AlarmCause, order: WorkOrder | undefined): Said {
  const affected = affectedDevices(step, alarm)
  const merged = affected > 0 ? `，影响 ${affected} 台，已合并` : ''
  const change = cause === 'flapping' ? '，反复出现' : cause === 'priority-changed' ? `，升级为 ${alarm.priority}` : ''
  return {
    title: `${heading(step, alarm.priority, alarm.fault.device)} ${faultName(alarm.fault)} ${timeOf(step, alarm.raisedAt)}${merged}${change}`,
    lines: [...faultLines(step, alarm.fault), ...(order ? [`工单 ${order.id}`] : [])],
  }
}

export function recoveryText(step: ToCompose, alarm: Alarm): Said {
  const clearedAt = alarm.clearedAt ?? step.now
  const latched = alarm.latched && alarm.state !== 'normal'
  return {
    title: `【已恢复】${step.hall.name} ${deviceName(step, alarm.fault.device)} ${faultName(alarm.fault)} ${timeOf(step, alarm.raisedAt)}→${timeOf(step, clearedAt)}`,
    lines: [
      `持续 ${lasting(clearedAt - alarm.raisedAt)}。`,
      ...(latched ? ['读数已恢复正常，但仍须有人到现场核查后解除。'] : []),
    ],
  }
}

export function orderText(step: ToCompose, order: WorkOrder, what: string): Said {
  return {
    title: `${heading(step, order.priority, order.device)} ${about(order)} ${timeOf(step, onsetOf(order))}，${what}`,
    lines: [...(order.faults[0] ? faultLines(step, order.faults[0]) : [order.text]), `工单 ${order.id}`],
  }
}

const CLOCKS: Record<SlaClock, string> = { acknowledge: '接单', arrive: '到场', finish: '修复' }

/** 催办 and escalation: for how long, for how often, and what to do still. */
export function urgeText(
  step: ToCompose,
  order: WorkOrder,
  event: Extract<OrderEvent, { type: 'urged' | 'escalated' }>,
): Said {
  const before = order.events.filter(
    ({ type, at }) => (type === 'urged' || type === 'escalated') && at <= event.at,
  ).length
  const spent =
    event.type === 'urged' && event.percent < 100
      ? `${CLOCKS[event.clock]}时限已用 ${event.percent}%`
      : `${CLOCKS[event.clock]}已超时限`
  const owner = step.hall.repair.people.find((person) => person.id === order.assignee)?.name
  const label = event.type === 'urged' ? '催办' : '升级'
  return {
    title: `${heading(step, order.priority, order.device)} ${about(order)}，仍未恢复 ${lasting(step.now - onsetOf(order))}，第 ${Math.max(1, before)} 次提醒`,
    lines: [
      `${label}：${spent}，${owner ? `处理人 ${owner}` : '还没有人接单'}。`,
      ...(order.faults[0] ? faultLines(step, order.faults[0]) : [order.text]),
      `工单 ${order.id}`,
    ],
  }
}

const heading = (step: ToCompose, priority: Priority, device: string): string =>
  `【${priority} ${PRIORITIES[priority].zh}】${step.hall.name} ${deviceName(step, device)}`

function faultLines(step: ToCompose, fault: FaultKey): string[] {
  const kind = step.hall.devices.find((device) => device.id === fault.device)?.kind
  const facts = faultFacts(fault.code, fault.part, kind)
  return [
    `${facts.impact.zh}${stillWorks(step, fault)}。`,
    `第一步：${facts.firstAction.zh}。`,
    ...(facts.sparePart ? [`请带：${facts.sparePart.zh}。`] : []),
  ]
}

/** Which other devices can do what this one no longer can. */
function stillWorks(step: ToCompose, fault: FaultKey): string {
  const still = servingNow(step)(fault)
  if (still === undefined) return ''
  const able = still.at
  if (able.length === 0) return `，全厅暂时不能${still.name.zh}`
  const names = able.slice(0, 3).join('、')
  return able.length > 3 ? `，${names}等 ${able.length} 台可用` : `，${names}可用`
}

const servingNow = oncePerStep(({ alarms, hall }) => {
  const open = alarms.open().filter(({ condition }) => condition !== 'cleared')
  return stillServing(
    hall.devices,
    open.map((alarm) => alarm.fault),
  )
})

/** By the alarm that explains them. */
const explainedNow = oncePerStep(({ alarms }) =>
  Map.groupBy(alarms.open(), ({ suppressed }) => (suppressed?.by === 'parent' ? suppressed.alarm : undefined)),
)

/** Devices behind this one by power or network, and those whose alarms it explains. */
function affectedDevices(step: ToCompose, alarm: Alarm): number {
  const affected = new Set(
    explainedNow(step)
      .get(alarm.id)
      ?.map(({ fault }) => fault.device),
  )
  const feeds = BEHIND[alarm.fault.code.split('.')[0]!]
  const follow = (parent: string): void => {
    for (const { parent: from, children, kind } of step.hall.repair.topology)
      if (from === parent && kind === feeds)
        for (const child of children)
          if (!affected.has(child)) {
            affected.add(child)
            follow(child)
          }
  }
  if (feeds && WHOLE.has(alarm.fault.code)) follow(alarm.fault.device)
  affected.delete(alarm.fault.device)
  return affected.size
}

/** Which faults take down what lies behind the device. */
const BEHIND: Readonly<Record<string, 'power' | 'network'>> = { ups: 'power', net: 'network', agent: 'network' }
const WHOLE: ReadonlySet<string> = new Set(['net.down', 'ups.low', 'agent.lost'])

const PAPERS: Readonly<Record<string, string>> = { receipt: '凭条打印机', invoice: '发票打印机', ticket: '号票打印机' }
const PAYMENTS: Readonly<Record<string, string>> = { wechat: '微信', alipay: '支付宝', unionpay: '银联', cash: '现金' }

function faultName({ code, part }: FaultKey): string {
  const which = part.split('.')[1] ?? ''
  const prefix = code.startsWith('prn.') ? PAPERS[which] : code.startsWith('pay.') ? PAYMENTS[which] : undefined
  return `${prefix ?? ''}${FAULT_CODES[code].zh}`
}

const about = (order: WorkOrder): string => (order.faults[0] ? faultName(order.faults[0]) : order.text.slice(0, 40))

const onsetOf = (order: WorkOrder): number => {
  const created = order.events[0]
  return created?.type === 'created' ? created.onsetAt : (created?.at ?? 0)
}

/** What concerns no single device is raised on the gateway itself. */
const deviceName = (step: ToCompose, id: string): string =>
  step.hall.devices.find((device) => device.id === id)?.name ?? (id === 'gateway' ? '全厅' : id)

const lasting = (ms: number): string => {
  const minutes = Math.floor(ms / 60_000)
  if (minutes < 1) return `${Math.max(0, Math.round(ms / 1000))} 秒`
  if (minutes < 120) return `${minutes} 分钟`
  return minutes < 2880 ? `${Math.floor(minutes / 60)} 小时` : `${Math.floor(minutes / 1440)} 天`
}

const timeOf = ({ hall: { timeZone } }: ToCompose, at: number): string => formatter(timeZone).format(at)

const formatters = new Map<string, Intl.DateTimeFormat>()
function formatter(timeZone: string): Intl.DateTimeFormat {
  const known = formatters.get(timeZone)
  if (known) return known
  const made = new Intl.DateTimeFormat('zh-CN', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
  formatters.set(timeZone, made)
  return made
}
