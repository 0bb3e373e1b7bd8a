import { stagesOf } from '../work-orders/stage-times.ts'
import { happenedAt, type WorkOrder } from '../work-orders/work-order.ts'

const REPEAT_MS = 7 * 86_400_000

/** How often one device needed repair, and how long it took. `orders` are its own, oldest first. */
export function repairHistory(orders: readonly WorkOrder[]): {
  readonly orders: number
  readonly openOrders: number
  readonly repeatFaults: number
  readonly meanRepairMinutes: number | null
} {
  const times = orders.flatMap((order) => {
    const spans = stagesOf(order).toRepair ?? []
    return spans.length === 0 ? [] : [spans.reduce((sum, { from, to }) => sum + to - from, 0)]
  })
  const mean = times.length === 0 ? null : times.reduce((sum, ms) => sum + ms, 0) / times.length / 60_000
  return {
    orders: orders.length,
    openOrders: orders.filter(({ state }) => state !== 'closed').length,
    repeatFaults: orders.filter((order, i) => orders.slice(0, i).some((earlier) => isRepeat(order, earlier))).length,
    meanRepairMinutes: mean === null ? null : Math.round(mean * 10) / 10,
  }
}

function isRepeat(order: WorkOrder, earlier: WorkOrder): boolean {
  const begun = order.events[0]
  const ended = earlier.events.findLast(({ type }) => type === 'finished' || type === 'closed')
  if (!begun || !ended) return false
  const since = happenedAt(begun) - happenedAt(ended)
  const codes = earlier.faults.map(({ code }) => code)
  return since >= 0 && since <= REPEAT_MS && order.faults.some(({ code }) => codes.includes(code))
}
