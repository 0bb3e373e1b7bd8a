import type { ResolvedHall } from '../config/resolved-hall.ts'
import type { HttpViews } from '../http/views.ts'
import { acceptedNotices } from '../notify/accepted-notices.ts'
import type { Clock } from '../ports/clock.ts'
import type { RepairChain } from '../repair/repair.ts'
import { monthlyReport, type ReportInput, weeklyReport } from '../reports/reports.ts'
import type { Store } from '../store/store.ts'
import { KPIS } from '../work-orders/kpi-definitions.ts'
import { type KpiInput, kpisCsv, kpisOf } from '../work-orders/kpis.ts'
import { addDays, instantOf, wallClock, weekdayOf } from '../work-orders/zoned-time.ts'

const DAY_MS = 86_400_000
/** An alarm that lasts longer than this before a period is counted from the period's beginning. */
const EARLIER_MS = 31 * DAY_MS
/** Repeat faults look back this far. */
const REPEAT_MS = 7 * DAY_MS
const MOST_TRANSITIONS = 200_000

/** Figures and printable pages from what the repair chain has on record. */
export function reporting(parts: {
  hall: () => ResolvedHall
  chain: RepairChain
  store: Store
  clock: Clock
}): Pick<HttpViews, 'kpis' | 'reports'> {
  const { hall, chain, store, clock } = parts
  const timeZone = () => hall().hall.hall.timeZone

  async function inputOf({ from, to }: { from: number; to: number }): Promise<KpiInput> {
    const { messages, deliveries } = await acceptedNotices(store, from, to)
    const transitions = await chain.alarmHistory({ from: from - EARLIER_MS, to, limit: MOST_TRANSITIONS })
    return {
      hall: {
        repair: hall().hall.repair,
        timeZone: timeZone(),
        devices: [...hall().devices.values()],
      },
      from,
      to,
      orders: await chain.orderHistory({ from: from - REPEAT_MS, to }),
      transitions: transitions.toReversed(),
      openAlarms: chain.openAlarms(),
      notices: messages,
      deliveries,
    }
  }

  async function reportOf(span: { from: number; to: number }): Promise<ReportInput> {
    const input = await inputOf(span)
    return {
      hallName: hall().hall.hall.name,
      timeZone: timeZone(),
      devices: input.hall.devices,
      ...span,
      printedAt: clock.wallMs(),
      kpis: kpisOf(input),
      orders: input.orders,
    }
  }

  return {
    kpis: {
      async json(span) {
        const kpis = kpisOf(await inputOf(span)).map((kpi) => ({ ...kpi, ...KPIS[kpi.id] }))
        return { ...span, kpis }
      },
      csv: async (span) => kpisCsv(kpisOf(await inputOf(span))),
    },
    reports: {
      weekly: async (at) => weeklyReport(await reportOf(weekOf(at, timeZone()))),
      monthly: async (at) => monthlyReport(await reportOf(monthOf(at, timeZone()))),
    },
  }
}

/** Monday 00:00 to Monday 00:00 of the hall's week that holds the instant. */
function weekOf(at: number, timeZone: string): { from: number; to: number } {
  const { date } = wallClock(at, timeZone)
  const monday = addDays(date, -((weekdayOf(date) + 6) % 7))
  return { from: instantOf(monday, 0, timeZone), to: instantOf(addDays(monday, 7), 0, timeZone) }
}

function monthOf(at: number, timeZone: string): { from: number; to: number } {
  const first = `${wallClock(at, timeZone).date.slice(0, 7)}-01`
  const next = `${addDays(first, 31).slice(0, 7)}-01`
  return { from: instantOf(first, 0, timeZone), to: instantOf(next, 0, timeZone) }
}
