import type { Alarm } from '../alarms/alarm.ts'
import { FAULT_CODES } from '../domain/fault-codes.ts'
import { faultFacts } from '../domain/fault-facts.ts'
import { PRIORITIES } from '../domain/priority.ts'
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
export function orderAnswer(order: WorkOrder, views: HttpViews, now: number) {
  const { events, openAlarms, faults, ...rest } = order
  return {
    ...rest,
    openAlarms: [...openAlarms],
    faults: faults.map((fault) => ({ ...fault, name: nameOf(fault.code) })),
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
