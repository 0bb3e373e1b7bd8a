import { type Interval, subtract, union } from './intervals.ts'
import type { Stage } from './kpi-definitions.ts'
import { happenedAt, type OrderEvent, type WorkOrder } from './work-order.ts'

/** Each stage an order went through, as the time it took: 挂起 is cut out of `fix` and `toRepair`. */
export function stagesOf(order: WorkOrder): Partial<Record<Stage, readonly Interval[]>> {
  const created = order.events[0]
  if (created?.type !== 'created') return {}
  const accepted = first(order, 'accepted')
  const arrived = first(order, 'arrived')
  const finished = last(order, 'finished')
  const proved = finished === undefined ? undefined : last(order, 'verificationPassed')
  const paused = union(suspensionsOf(order))
  return {
    ...(order.source === 'telemetry' ? { detect: [{ from: created.onsetAt, to: created.at }] } : {}),
    ...between('acknowledge', created.at, accepted),
    ...between('arrive', accepted, arrived),
    ...between('fix', arrived, finished, paused),
    ...between('verify', finished, proved),
    ...between('toSite', created.at, arrived),
    ...between('toRepair', created.at, proved, paused),
  }
}

/** From each 挂起 until the order moved again; one that never did is left out. */
export function suspensionsOf(order: WorkOrder): (Interval & { reason: 'parts' | 'vendor' | 'other' })[] {
  const found: (Interval & { reason: 'parts' | 'vendor' | 'other' })[] = []
  let open: Extract<OrderEvent, { type: 'suspended' }> | undefined
  for (const event of order.events)
    if (event.type === 'suspended') open ??= event
    else if (open && ['resumed', 'handedOver', 'returned', 'closed'].includes(event.type)) {
      found.push({ from: happenedAt(open), to: happenedAt(event), reason: open.reason })
      open = undefined
    }
  return found
}

const between = (
  stage: Stage,
  from: number | undefined,
  to: number | undefined,
  without: readonly Interval[] = [],
): Partial<Record<Stage, readonly Interval[]>> =>
  from === undefined || to === undefined || to < from ? {} : { [stage]: subtract([{ from, to }], without) }

const first = (order: WorkOrder, type: OrderEvent['type']) => timeOf(order.events.find((event) => event.type === type))
const last = (order: WorkOrder, type: OrderEvent['type']) =>
  timeOf(order.events.findLast((event) => event.type === type))
const timeOf = (event: OrderEvent | undefined) => event && happenedAt(event)

/** Mean of the middle two when there is an even number; null of nothing. */
export function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  if (sorted.length === 0) return null
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/** The ⌈share·n⌉-th smallest; null of nothing. */
export function percentile(values: readonly number[], share: number): number | null {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null
}
