import type { Alarm, AlarmTransition } from '../alarms/alarm.ts'
import type { RepairStep } from '../repair/repair.ts'
import type { OrderEvent, WorkOrder } from '../work-orders/work-order.ts'
import type { RepairViews } from './views.ts'

export interface SmallChain extends RepairViews {
  /** Makes an alarm on a device, and its order. */
  raise(device: string): { alarm: string; order: string }
}

const PEOPLE: Readonly<Record<string, string>> = { zhang: '张师傅', li: '李师傅' }

/** As much of the repair chain as routes can be tried with: alarms that can be acknowledged, orders that one person has. */
export function smallChain(): SmallChain {
  const alarms = new Map<string, Alarm>()
  const orders = new Map<string, WorkOrder>()
  const transitions: AlarmTransition[] = []
  const listeners = new Set<(step: RepairStep) => void>()
  const tell = (step: Partial<RepairStep>) => {
    for (const listener of listeners) listener({ transitions: [], orderEvents: [], ...step })
  }

  function change(alarm: Alarm, cause: AlarmTransition['cause'], actor: string): Alarm {
    const from = alarms.get(alarm.id)?.state ?? 'normal'
    alarms.set(alarm.id, alarm)
    const transition = { alarm, from, cause, at: Date.now(), actor }
    transitions.unshift(transition)
    tell({ transitions: [transition] })
    return alarm
  }

  function happen(order: WorkOrder, changed: Partial<WorkOrder>, event: OrderEvent): WorkOrder {
    const next = { ...order, ...changed, events: [...order.events, event] }
    orders.set(next.id, next)
    tell({ orderEvents: [event] })
    return next
  }

  function makeOrder(device: string, source: WorkOrder['source'], text: string, actor: string): WorkOrder {
    const id = `W20261122-000${orders.size + 1}`
    const priority = 'P2'
    const order = { id, state: 'pending', source, device, zone: 'power', priority, text } as const
    const at = Date.now()
    return happen(
      { ...order, openAlarms: [], faults: [], events: [] },
      {},
      {
        ...{ order: id, at, actor, type: 'created', source, device, zone: 'power', priority, onsetAt: at, text },
      },
    )
  }

  return {
    raise(device) {
      const fault = { device, code: 'prn.paper_jam', part: 'paperPath.receipt' } as const
      const id = `A20261122-000${alarms.size + 1}`
      change(
        {
          ...{ id, fault, state: 'unacknowledged', condition: 'present', defaultPriority: 'P2', priority: 'P2' },
          ...{ raisedAt: Date.now(), latched: false, evidence: [], sequence: 1 },
        },
        'raised',
        'gateway',
      )
      return { alarm: id, order: makeOrder(device, 'telemetry', '卡纸', 'gateway').id }
    },
    async actOnAlarm(act) {
      const alarm = alarms.get(act.alarm)
      if (!alarm) return { ok: false, code: 'HW_ALARM_UNKNOWN', message: `There is no alarm "${act.alarm}".` }
      if (act.act !== 'acknowledge') return { ok: true, value: alarm }
      const acknowledged = { at: Date.now(), by: act.by }
      return { ok: true, value: change({ ...alarm, state: 'acknowledged', acknowledged }, 'acknowledged', act.by) }
    },
    async actOnOrder(act) {
      const order = orders.get(act.order)
      if (!order) return { ok: false, code: 'HW_ORDER_UNKNOWN', message: `There is no order "${act.order}".` }
      if (act.act !== 'accept') return { ok: true, value: order }
      if (order.assignee === act.by) return { ok: true, value: order }
      if (order.assignee !== undefined)
        return { ok: false, code: 'HW_ORDER_CONFLICT', message: `${order.id} 由 ${PEOPLE[order.assignee]} 负责。` }
      const event = { order: order.id, at: Date.now(), actor: act.by, type: 'accepted' } as const
      return { ok: true, value: happen(order, { state: 'accepted', assignee: act.by }, event) }
    },
    report: async ({ device, source, text, by }) => ({ ok: true, value: makeOrder(device, source, text, by) }),
    openAlarms: () => [...alarms.values()],
    openOrders: () => [...orders.values()],
    alarm: async (id) => alarms.get(id),
    order: async (id) => orders.get(id),
    alarmHistory: async ({ device }) => transitions.filter(({ alarm }) => !device || alarm.fault.device === device),
    orderHistory: async () => [...orders.values()],
    onStep(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    clocks: () => [
      {
        ...{ clock: 'acknowledge', startedAt: 0, dueAt: Number.POSITIVE_INFINITY, remainingMs: 1, overdueMs: 0 },
        ...{ percent: 50, paused: true },
      },
    ],
    people: () => Object.entries(PEOPLE).map(([id, name]) => ({ id, name, onDuty: true })),
    personName: (id) => PEOPLE[id] ?? id,
  }
}
