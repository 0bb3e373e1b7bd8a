import type { Alarm, AlarmTransition } from '../alarms/alarm.ts'
import { csvOf } from '../documents/csv.ts'
import { PRIORITIES, type Priority } from '../domain/priority.ts'
import { availabilityOf } from './availability.ts'
import { type Calendar, createCalendar } from './calendar.ts'
import { mergedInto } from './create-order-book.ts'
import { type Interval, total } from './intervals.ts'
import { KPIS, type Kpi, type KpiId, STAGES, type Stage } from './kpi-definitions.ts'
import type { OrderHall } from './order-book.ts'
import { type SlaHall, slaOf } from './sla.ts'
import { median, percentile, stagesOf, suspensionsOf } from './stage-times.ts'
import type { OrderEvent, OrderSource, WorkOrder } from './work-order.ts'

/** All that the figures of a period are computed from; nothing else is looked at. */
export interface KpiInput {
  readonly hall: OrderHall
  /** The period, Unix ms: `from` included, `to` not. */
  readonly from: number
  readonly to: number
  /** Orders that were open at any time of the period, and those closed in the 7 days before it. */
  readonly orders: readonly WorkOrder[]
  /** Transitions of the period, and earlier ones of alarms that were present in it as far as known. */
  readonly transitions: readonly AlarmTransition[]
  /** Alarms that are open now. */
  readonly openAlarms: readonly Alarm[]
  /** Messages accepted by a channel in the period. */
  readonly notices: number
  /** First messages about faults: when the fault was detected and when the channel took the message, Unix ms. */
  readonly deliveries: readonly { readonly detectedAt: number; readonly acceptedAt: number }[]
}

const REPEAT_WITHIN_MS = 7 * 86_400_000
const SOURCES = ['telemetry', 'qr', 'counter', 'preventive'] as const satisfies readonly OrderSource[]

/** Every KPI of the period, in the order in which it is shown. */
export function kpisOf(input: KpiInput): Kpi[] {
  const { hall, from, to } = input
  const calendar = createCalendar(hall)
  const within = (at: number | undefined): boolean => at !== undefined && at >= from && at < to
  const orders = input.orders.filter((order) => mergedInto(order) === undefined)
  const created = orders.filter((order) => within(order.events[0]?.at))
  const closed = orders.filter((order) => within(closedAt(order)))
  return [
    ...SOURCES.map((source) =>
      count(
        'ordersCreated',
        source,
        created.filter((order) => order.source === source),
      ),
    ),
    count('ordersClosed', '', closed),
    ...stageKpis(closed.filter(isRepaired), hall, calendar),
    ...(['parts', 'vendor', 'other'] as const).map((reason) => suspendedFor(reason, closed)),
    ...availabilityOf({ ...input, calendar }),
    ...qualityKpis(created, closed, orders),
    ...messageKpis(input, within),
    ...slaKpis(closed, orders, { repair: hall.repair, calendar }, within),
    count('selfRecovered', '', closed.filter(isSelfRecovered)),
    count(
      'overridden',
      '',
      closed.filter((order) => closing(order)?.override !== undefined),
    ),
    count(
      'inspected',
      '',
      closed.filter((order) => closing(order)?.inspect),
    ),
  ]
}

/** One line per figure with its formula in both languages; numbers unrounded. */
export const kpisCsv = (kpis: readonly Kpi[]): string =>
  csvOf(
    ['kpi', 'name_zh', 'name_en', 'by', 'value', 'unit', 'of', 'formula_zh', 'formula_en'],
    kpis.map(({ id, by, value, of }) => {
      const { zh, en, unit, formula } = KPIS[id]
      return [id, zh, en, by, value, unit, of, formula.zh, formula.en]
    }),
  )

function stageKpis(repaired: readonly WorkOrder[], hall: OrderHall, calendar: Calendar): Kpi[] {
  const service = (order: WorkOrder, intervals: readonly Interval[]) => {
    const clock = hall.repair.alwaysOpen.includes(order.zone) ? 'wall' : 'hall-hours'
    return intervals.reduce((ms, { from, to }) => ms + calendar.elapsedMs(clock, from, to), 0)
  }
  return (Object.keys(STAGES) as Stage[]).flatMap((stage) => {
    const times = repaired.flatMap((order) => {
      const intervals = stagesOf(order)[stage]
      return intervals ? [{ wall: total(intervals) / 1000, service: service(order, intervals) / 1000 }] : []
    })
    const wall = times.map((time) => time.wall)
    const serviceHours = times.map((time) => time.service)
    const row = (id: KpiId, value: number | null): Kpi => ({ id, by: stage, value, of: times.length })
    return [
      row('stageMedian', median(wall)),
      row('stageP90', percentile(wall, 0.9)),
      row('stageMedianService', median(serviceHours)),
      row('stageP90Service', percentile(serviceHours, 0.9)),
    ]
  })
}

function suspendedFor(reason: 'parts' | 'vendor' | 'other', closed: readonly WorkOrder[]): Kpi {
  const pauses = closed.flatMap(suspensionsOf).filter((pause) => pause.reason === reason)
  return { id: 'suspended', by: reason, value: total(pauses) / 1000, of: pauses.length }
}

function qualityKpis(created: readonly WorkOrder[], closed: readonly WorkOrder[], all: readonly WorkOrder[]): Kpi[] {
  const visited = closed.filter((order) => times(order, 'arrived') > 0)
  const fixedAtOnce = visited.filter((order) => times(order, 'arrived') === 1 && falseFixes(order) === 0)
  const finishes = closed.reduce((sum, order) => sum + times(order, 'finished'), 0)
  const failures = closed.reduce((sum, order) => sum + falseFixes(order), 0)
  const faulty = created.filter(({ source }) => source !== 'preventive')
  return [
    share('firstTimeFix', fixedAtOnce.length, visited.length),
    share('falseFix', failures, finishes),
    share('repeatFault', created.filter((order) => isRepeat(order, all)).length, closed.length),
    share('reopened', created.filter((order) => opening(order)?.reopens !== undefined).length, closed.length),
    share('foundByUs', faulty.filter(({ source }) => source === 'telemetry').length, faulty.length),
    share('falseAlarm', closed.filter(wasNoFault).length, closed.length),
  ]
}

function messageKpis({ transitions, notices, deliveries }: KpiInput, within: (at: number) => boolean): Kpi[] {
  const faults = new Set(transitions.filter(({ alarm }) => within(alarm.raisedAt)).map(({ alarm }) => alarm.id)).size
  const seconds = deliveries
    .filter(({ detectedAt }) => within(detectedAt))
    .map(({ detectedAt, acceptedAt }) => Math.max(0, acceptedAt - detectedAt) / 1000)
  return [
    { id: 'noticesPerFault', by: '', value: faults === 0 ? null : notices / faults, of: faults },
    { id: 'latencyP50', by: '', value: percentile(seconds, 0.5), of: seconds.length },
    { id: 'latencyP95', by: '', value: percentile(seconds, 0.95), of: seconds.length },
  ]
}

function slaKpis(
  closed: readonly WorkOrder[],
  orders: readonly WorkOrder[],
  hall: SlaHall,
  within: (at: number) => boolean,
): Kpi[] {
  return (Object.keys(PRIORITIES) as Priority[]).flatMap((priority) => {
    const clocked = closed
      .filter((order) => order.priority === priority)
      .map((order) => slaOf(order, hall, closedAt(order)!))
      .filter((states) => states.length > 0)
    const inTime = clocked.filter((states) => states.every(({ overdueMs }) => overdueMs === 0))
    const urges = orders
      .filter((order) => order.priority === priority)
      .flatMap(({ events }) => events.filter(({ type, at }) => type === 'urged' && within(at)))
    return [
      { ...share('slaHit', inTime.length, clocked.length), by: priority },
      { id: 'urges', by: priority, value: urges.length, of: urges.length },
    ]
  })
}

/** Somebody reported 工作结束 and the device proved it. */
export const isRepaired = (order: WorkOrder): boolean =>
  times(order, 'finished') > 0 && times(order, 'verificationPassed') > 0

/** It proved itself before anybody took it up. */
const isSelfRecovered = (order: WorkOrder): boolean =>
  times(order, 'finished') === 0 && times(order, 'verificationPassed') > 0

export function falseFixes(order: WorkOrder): number {
  const firstFinish = order.events.findIndex(({ type }) => type === 'finished')
  return firstFinish < 0
    ? 0
    : order.events.slice(firstFinish).filter(({ type }) => type === 'verificationFailed').length
}

export function wasNoFault(order: WorkOrder): boolean {
  const finished = order.events.findLast((event) => event.type === 'finished')
  return finished?.type === 'finished' && finished.noFault
}

function isRepeat(order: WorkOrder, all: readonly WorkOrder[]): boolean {
  const at = order.events[0]!.at
  return all.some((earlier) => {
    const ended = closedAt(earlier)
    return (
      earlier.id !== order.id &&
      earlier.device === order.device &&
      ended !== undefined &&
      ended <= at &&
      at - ended <= REPEAT_WITHIN_MS &&
      earlier.faults.some(({ code }) => order.faults.some((fault) => fault.code === code))
    )
  })
}

export function opening(order: WorkOrder): Extract<OrderEvent, { type: 'created' }> | undefined {
  return order.events.find((event) => event.type === 'created')
}

function closing(order: WorkOrder): Extract<OrderEvent, { type: 'closed' }> | undefined {
  return order.events.find((event) => event.type === 'closed')
}

const closedAt = (order: WorkOrder): number | undefined => closing(order)?.at

export const times = (order: WorkOrder, type: OrderEvent['type']): number =>
  order.events.filter((event) => event.type === type).length

const count = (id: KpiId, by: string, of: readonly WorkOrder[]): Kpi => ({ id, by, value: of.length, of: of.length })

const share = (id: KpiId, part: number, whole: number): Kpi => ({
  id,
  by: '',
  value: whole === 0 ? null : (part / whole) * 100,
  of: whole,
})
