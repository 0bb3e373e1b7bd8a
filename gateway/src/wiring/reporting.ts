import type { ResolvedHall } from '../config/resolved-hall.ts'
import type { HttpViews } from '../http/views.ts'
import { acceptedNotices } from '../notify/accepted-notices.ts'
import type { RepairChain } from '../repair/repair.ts'
import type { Store } from '../store/store.ts'
import { KPIS } from '../work-orders/kpi-definitions.ts'
import { type KpiInput, kpisCsv, kpisOf } from '../work-orders/kpis.ts'

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
}): Pick<HttpViews, 'kpis' | 'reports'> {
  const { hall, chain, store } = parts

  async function inputOf({ from, to }: { from: number; to: number }): Promise<KpiInput> {
    const { messages, deliveries } = await acceptedNotices(store, from, to)
    const transitions = await chain.alarmHistory({ from: from - EARLIER_MS, to, limit: MOST_TRANSITIONS })
    return {
      hall: {
        repair: hall().hall.repair,
        timeZone: hall().hall.hall.timeZone,
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

  return {
    kpis: {
      async json(span) {
        const kpis = kpisOf(await inputOf(span)).map((kpi) => ({ ...kpi, ...KPIS[kpi.id] }))
        return { ...span, kpis }
      },
      csv: async (span) => kpisCsv(kpisOf(await inputOf(span))),
    },
    reports: { weekly: async () => '', monthly: async () => '' },
  }
}
