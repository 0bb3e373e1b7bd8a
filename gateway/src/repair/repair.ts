import type { Alarm, AlarmAct, AlarmTransition } from '../alarms/alarm.ts'
import type { ActResult } from '../domain/act-result.ts'
import type { FaultEvent } from '../domain/fault-event.ts'
import type { OrderAct, OrderEvent, OrderSource, WorkOrder } from '../work-orders/work-order.ts'

/**
 * From a fault to a repaired device. Each step (a fault event, a person's act, the passing of time) is decided by the pure
 * rooms, committed whole in one transaction (alarm transitions, order events, notices to send), and only then told.
 */
export interface RepairChain {
  takeFaults(events: readonly FaultEvent[]): void
  actOnAlarm(act: AlarmAct): Promise<ActResult<Alarm>>
  actOnOrder(act: OrderAct): Promise<ActResult<WorkOrder>>
  report(report: {
    device: string
    source: Exclude<OrderSource, 'telemetry'>
    text: string
    by: string
  }): Promise<ActResult<WorkOrder>>
  openAlarms(): readonly Alarm[]
  openOrders(): readonly WorkOrder[]
  /** Open or closed. */
  alarm(id: string): Promise<Alarm | undefined>
  order(id: string): Promise<WorkOrder | undefined>
  /** Newest first, at most `limit`. */
  alarmHistory(query: { from: number; to: number; device?: string; limit: number }): Promise<readonly AlarmTransition[]>
  /** Orders that were open at some time in [from, to), oldest first: for KPIs and reports. */
  orderHistory(query: { from: number; to: number }): Promise<readonly WorkOrder[]>
  /** After a step is committed. */
  onStep(listener: (step: RepairStep) => void): () => void
  stats(): RepairStats
  close(): Promise<void>
}

export interface RepairStep {
  readonly transitions: readonly AlarmTransition[]
  readonly orderEvents: readonly OrderEvent[]
}

export interface RepairStats {
  readonly openAlarms: number
  readonly unacknowledgedAlarms: number
  readonly openOrders: number
  readonly steps: number
  /** Steps decided and not yet on disk. */
  readonly waitingSteps: number
  /** Commits that had to be tried again. */
  readonly retriedCommits: number
}
