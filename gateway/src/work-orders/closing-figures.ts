import { mergedInto } from './create-order-book.ts'
import { total } from './intervals.ts'
import { falseFixes, isRepaired, opening, times, wasNoFault } from './kpis.ts'
import { type SlaHall, slaOf } from './sla.ts'
import { stagesOf, suspensionsOf } from './stage-times.ts'
import type { WorkOrder } from './work-order.ts'

const STAGE_QUANTITIES = {
  detect: 'orderDetectTime',
  acknowledge: 'orderAcknowledgeTime',
  arrive: 'orderArriveTime',
  fix: 'orderFixTime',
  verify: 'orderVerifyTime',
  toSite: 'orderToSiteTime',
  toRepair: 'orderToRepairTime',
} as const

/**
 * What an order tells about itself once, with the event that closes it: its stage times in seconds, and its share in each rate as
 * 100 or 0 %, so that means and percentiles over many orders are the hall's figures. Whatever does not apply is left out, as in
 * `kpisOf`; an order that was merged into another tells nothing.
 */
export function closingFigures(order: WorkOrder, hall: SlaHall): Readonly<Record<string, number>> {
  const closed = order.events.at(-1)
  if (closed?.type !== 'closed' || mergedInto(order) !== undefined) return {}
  const figures: Record<string, number> = {}
  if (isRepaired(order)) {
    for (const [stage, intervals] of Object.entries(stagesOf(order)))
      figures[STAGE_QUANTITIES[stage as keyof typeof STAGE_QUANTITIES]] = total(intervals) / 1000
    figures.orderSuspendedTime = total(suspensionsOf(order)) / 1000
  }
  const clocks = slaOf(order, hall, closed.at)
  if (clocks.length > 0) figures.orderInTime = percent(clocks.every(({ overdueMs }) => overdueMs === 0))
  const visits = times(order, 'arrived')
  if (visits > 0) figures.orderFirstTimeFix = percent(visits === 1 && falseFixes(order) === 0)
  if (order.source !== 'preventive') figures.orderFoundByUs = percent(order.source === 'telemetry')
  figures.orderFalseAlarm = percent(wasNoFault(order))
  figures.orderReopened = percent(opening(order)?.reopens !== undefined)
  return figures
}

const percent = (is: boolean): number => (is ? 100 : 0)
