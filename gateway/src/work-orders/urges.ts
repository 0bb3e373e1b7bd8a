import type { Priority } from '../domain/priority.ts'
import { runningClock, SLA_CLOCKS, type SlaHall } from './sla.ts'
import type { OrderEvent, SlaClock, WorkOrder } from './work-order.ts'

type Percent = 50 | 80 | 100

/** 催办 at these shares of the time allowed. */
const URGE_AT: Record<Priority, readonly Percent[]> = {
  P1: [50, 80, 100],
  P2: [50, 80, 100],
  P3: [80, 100],
  P4: [100],
}

/** Who hears of a clock that ran out, and at which share of it. P3 and P4 stand in the weekly report instead. */
const ESCALATE_AT: Record<Priority, readonly { readonly percent: number; readonly to: 'lead' | 'operations' }[]> = {
  P1: [
    { percent: 100, to: 'lead' },
    { percent: 150, to: 'operations' },
  ],
  P2: [{ percent: 100, to: 'lead' }],
  P3: [],
  P4: [],
}

/** An urge or escalation that has not been said yet, and when it is to be said. */
export interface Urge {
  readonly at: number
  readonly event:
    | { readonly type: 'urged'; readonly clock: SlaClock; readonly percent: Percent; readonly to: string }
    | { readonly type: 'escalated'; readonly clock: SlaClock; readonly to: string }
}

/**
 * What is still to be said about an order, soonest first. What its history says was said is never in it: neither a restart nor
 * a clock that jumps says anything twice. Groups are `lead` and `operations`; without a lead, operations stands in.
 */
export function urgesOf(order: WorkOrder, hall: SlaHall, groups: { lead: boolean; operations: boolean }): Urge[] {
  const said = new Set(order.events.map(sayingOf))
  const urges: Urge[] = []
  const say = (at: number, event: Urge['event']) => {
    if (at === Number.POSITIVE_INFINITY || said.has(sayingOf(event))) return
    said.add(sayingOf(event))
    urges.push({ at, event })
  }
  for (const clock of SLA_CLOCKS) {
    const reaches = runningClock(order, hall, clock)
    if (!reaches) continue
    for (const percent of URGE_AT[order.priority])
      say(reaches(percent), { type: 'urged', clock, percent, to: order.assignee ?? 'lead' })
    for (const { percent, to } of ESCALATE_AT[order.priority]) {
      const group = to === 'lead' && !groups.lead ? 'operations' : to
      if (groups[group]) say(reaches(percent), { type: 'escalated', clock, to: group })
    }
  }
  return urges.sort((a, b) => a.at - b.at)
}

/** When the first of its running clocks is due; Infinity when none runs. */
export const dueOf = (order: WorkOrder, hall: SlaHall): number =>
  Math.min(...SLA_CLOCKS.map((clock) => runningClock(order, hall, clock)?.(100) ?? Number.POSITIVE_INFINITY))

const sayingOf = (event: OrderEvent | Urge['event']): string => {
  if (event.type === 'urged') return `${event.clock} ${event.percent}`
  return event.type === 'escalated' ? `${event.clock} ${event.to}` : ''
}
