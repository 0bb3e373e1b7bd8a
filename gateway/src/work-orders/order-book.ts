import type { AlarmTransition } from '../alarms/alarm.ts'
import type { Repair } from '../config/repair-schema.ts'
import type { ActResult } from '../domain/act-result.ts'
import type { OrderAct, OrderEvent, OrderSource, WorkOrder } from './work-order.ts'

export interface OrderHall {
  readonly repair: Repair
  readonly timeZone: string
  readonly devices: readonly {
    readonly id: string
    readonly name: string
    readonly kind: string
    readonly zone: string
  }[]
}

/** What the readings say about a device that is to prove itself. */
export interface Health {
  /** No alarm present, evidence good. Undefined while evidence is missing: then nothing is proved. */
  healthy(device: string): boolean | undefined
  /** Result of a self-test begun at or after `since`; absent or undefined: this device has none to run. */
  selfTest?(device: string, since: number): 'running' | 'passed' | 'failed' | undefined
  /** What the device said about its newest self-test. */
  selfTestText?(device: string): string | undefined
}

/** All work orders of a hall and how they move. Pure: it knows no clock but `now` (Unix ms) and writes nothing. */
export interface OrderBook {
  setHall(hall: OrderHall): void
  /** One order per device and root cause: makes, joins or reopens one, or says that its alarm is over. */
  onAlarm(transition: AlarmTransition, now: number): OrderEvent[]
  act(act: OrderAct, now: number): ActResult<OrderEvent[]>
  /** An order that no telemetry asked for. */
  report(
    report: { device: string; source: Exclude<OrderSource, 'telemetry'>; text: string; by: string },
    now: number,
  ): ActResult<OrderEvent[]>
  /** 催办, escalation, verification, dispatch of what waits. Call about once a second. */
  tick(now: number, health: Health): OrderEvent[]
  order(id: string): WorkOrder | undefined
  /** Every order that is not closed, by time left. */
  open(now: number): readonly WorkOrder[]
}
