import type { FaultKey } from '../domain/fault-event.ts'
import type { Priority } from '../domain/priority.ts'

/** The repair life cycle in the hall's own words. */
export const ORDER_STATES = {
  pending: { zh: '待派单', en: 'Waiting for dispatch' },
  dispatched: { zh: '已派单', en: 'Dispatched' },
  accepted: { zh: '已接单', en: 'Accepted' },
  onSite: { zh: '已到现场', en: 'On site' },
  finished: { zh: '工作结束', en: 'Work finished' },
  verifying: { zh: '设备自检中', en: 'Device proving itself' },
  awaitingFeedback: { zh: '待回访', en: 'Waiting for feedback' },
  closed: { zh: '已关闭', en: 'Closed' },
  suspended: { zh: '挂起', en: 'Suspended' },
  returned: { zh: '退回', en: 'Returned' },
} as const satisfies Record<string, { zh: string; en: string }>

export type OrderState = keyof typeof ORDER_STATES

/** Where an order came from: found-by-us rate. */
export type OrderSource = 'telemetry' | 'qr' | 'counter' | 'preventive'

/** What happened to an order, in order. The order is the fold of its events; clocks are computed from them, never stored. */
export type OrderEvent = {
  readonly order: string
  /** When the gateway heard of it, Unix ms; never runs backwards within an order. */
  readonly at: number
  readonly actor: string
  /** When the person did it, where that was earlier: on a phone without signal. */
  readonly doneAt?: number
  /** Made up by who asked: what is sent again with the same key is the same act. */
  readonly key?: string
} & (
  | {
      readonly type: 'created'
      readonly source: OrderSource
      readonly device: string
      readonly zone: string
      readonly priority: Priority
      readonly fault?: FaultKey
      /** Alarm that made it; absent for QR, counter and preventive orders. */
      readonly alarm?: string
      /** Onset at the device, Unix ms. */
      readonly onsetAt: number
      readonly text: string
      /** The closed order of the same device and code, ≤ 24 h old, that this one reopens. */
      readonly reopens?: string
    }
  | { readonly type: 'dispatched'; readonly to: string }
  | { readonly type: 'accepted' }
  | { readonly type: 'handedOver'; readonly to: string; readonly reason: string }
  | { readonly type: 'arrived' }
  | { readonly type: 'finished'; readonly remark: string; readonly noFault: boolean }
  | { readonly type: 'verificationStarted' }
  | { readonly type: 'verificationPassed' }
  | { readonly type: 'verificationFailed'; readonly reason: string }
  | { readonly type: 'feedback'; readonly satisfied: boolean; readonly remark: string }
  | { readonly type: 'closed'; readonly override?: string; readonly inspect: boolean }
  | {
      readonly type: 'suspended'
      readonly reason: 'parts' | 'vendor' | 'other'
      readonly remark: string
      /** When the waiting is expected to end, Unix ms. */
      readonly until?: number
    }
  | { readonly type: 'resumed' }
  | { readonly type: 'returned'; readonly reason: string }
  | { readonly type: 'alarmJoined'; readonly alarm: string; readonly fault: FaultKey; readonly priority: Priority }
  | { readonly type: 'alarmCleared'; readonly alarm: string }
  | { readonly type: 'alarmReturned'; readonly alarm: string }
  | { readonly type: 'urged'; readonly clock: SlaClock; readonly percent: 50 | 80 | 100; readonly to: string }
  | { readonly type: 'escalated'; readonly clock: SlaClock; readonly to: string }
  | { readonly type: 'noted'; readonly text: string }
)

export type SlaClock = 'acknowledge' | 'arrive' | 'finish'

/** When it happened, as clocks and figures count it. */
export const happenedAt = ({ doneAt, at }: OrderEvent): number => doneAt ?? at

export interface WorkOrder {
  /** `W20261122-0003` */
  readonly id: string
  readonly state: OrderState
  readonly source: OrderSource
  readonly device: string
  readonly zone: string
  readonly priority: Priority
  readonly text: string
  readonly assignee?: string
  /** Alarms it repairs that are still present. */
  readonly openAlarms: readonly string[]
  readonly faults: readonly FaultKey[]
  readonly events: readonly OrderEvent[]
}

/** What a person may do with an order. Refused with HW_ORDER_CONFLICT when the order is no longer where they saw it. */
export type OrderAct = {
  readonly order: string
  readonly by: string
  /** When it was done, Unix ms, where that was before now; see act-time.ts. */
  readonly doneAt?: number
  readonly key?: string
} & (
  | { readonly act: 'dispatch'; readonly to: string }
  | { readonly act: 'accept' }
  | { readonly act: 'hand-over'; readonly to: string; readonly reason: string }
  | { readonly act: 'arrive' }
  | { readonly act: 'finish'; readonly remark: string; readonly noFault: boolean }
  | {
      readonly act: 'suspend'
      readonly reason: 'parts' | 'vendor' | 'other'
      readonly remark: string
      readonly until?: number
    }
  | { readonly act: 'resume' }
  | { readonly act: 'return'; readonly reason: string }
  | { readonly act: 'feedback'; readonly satisfied: boolean; readonly remark: string }
  | { readonly act: 'override-close'; readonly reason: string }
  | { readonly act: 'note'; readonly text: string }
)
