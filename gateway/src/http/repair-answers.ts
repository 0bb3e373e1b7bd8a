import type { Alarm } from '../alarms/alarm.ts'
import { FAULT_CODES } from '../domain/fault-codes.ts'
import { faultFacts } from '../domain/fault-facts.ts'
import { PRIORITIES } from '../domain/priority.ts'
import { stillServing } from '../domain/still-serving.ts'
import { ORDER_STATES, type WorkOrder } from '../work-orders/work-order.ts'
import type { HttpViews } from './views.ts'

/** An alarm with what a person needs beside it: names, impact, first action, part. */
export function alarmAnswer(alarm: Alarm, views: HttpViews) {
  const device = views.device(alarm.fault.device)
  const { zh, en } = FAULT_CODES[alarm.fault.code]
  const { impact, firstAction, sparePart } = faultFacts(alarm.fault.code, alarm.fault.part, device?.kind)
  return {
    ...alarm,
    evidence: [...alarm.evidence],
    deviceName: device?.name ?? alarm.fault.device,
    zone: device?.zone ?? '',
    faultName: { zh, en },
    priorityName: PRIORITIES[alarm.priority],
    impact,
    firstAction,
    ...(sparePart && { sparePart }),
  }
}

/** An order without its history. */
export const orderAnswer = (order: WorkOrder, views: HttpViews, now: number) => orderAnswers(views, now)(order)

/** Answers for a list of orders: what still works in the hall is looked up once for all of them. */
export function orderAnswers(views: HttpViews, now: number) {
  const present = views.repair.openAlarms().filter(({ condition }) => condition !== 'cleared')
  const serving = stillServing(
    views.devices(),
    present.map(({ fault }) => fault),
  )
  return (order: WorkOrder) => answerOf(order, views, now, serving)
}

function answerOf(order: WorkOrder, views: HttpViews, now: number, serving: ReturnType<typeof stillServing>) {
  const { events, openAlarms, faults, ...rest } = order
  const kind = views.device(order.device)?.kind
  const created = events[0]
  const still = faults[0] && serving(faults[0])
  const waits = order.state === 'suspended' ? events.findLast(({ type }) => type === 'suspended') : undefined
  return {
    ...rest,
    openAlarms: [...openAlarms],
    faults: faults.map((fault) => {
      const { impact, firstAction, sparePart, selfTest } = faultFacts(fault.code, fault.part, kind)
      return {
        ...fault,
        name: nameOf(fault.code),
        impact,
        firstAction,
        ...(sparePart && { sparePart }),
        ...(selfTest && { selfTest }),
      }
    }),
    ...(still && { stillServing: { ...still, at: [...still.at] } }),
    ...(created?.type === 'created' && {
      onsetAt: created.onsetAt,
      ...(created.reopens !== undefined && { reopens: created.reopens }),
    }),
    ...(waits?.type === 'suspended' && {
      suspended: { reason: waits.reason, remark: waits.remark, until: waits.until ?? null },
    }),
    merged: events.filter(({ type }) => type === 'alarmJoined').length,
    createdAt: events[0]?.at ?? null,
    deviceName: views.device(order.device)?.name ?? order.device,
    stateName: ORDER_STATES[order.state],
    priorityName: PRIORITIES[order.priority],
    ...(order.assignee !== undefined && { assigneeName: views.repair.personName(order.assignee) }),
    // A clock that stands still is due at no time; JSON knows no Infinity.
    clocks: views.repair
      .clocks(order, now)
      .map((one) => ({ ...one, dueAt: Number.isFinite(one.dueAt) ? one.dueAt : null })),
  }
}

const nameOf = (code: keyof typeof FAULT_CODES) => {
  const { zh, en } = FAULT_CODES[code]
  return { zh, en }
}
