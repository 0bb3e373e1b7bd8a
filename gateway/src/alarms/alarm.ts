import type { Evidence, FaultKey } from '../domain/fault-event.ts'
import type { Priority } from '../domain/priority.ts'

/** ISA-18.2 / IEC 62682. Shelving, suppression and out-of-service lie over it as flags. */
export type AlarmState = 'normal' | 'unacknowledged' | 'acknowledged' | 'returnedUnacknowledged'

/** Why an alarm does not call anybody though its condition holds. Recording goes on. */
export type Suppression =
  /** The alarm of a parent (power, network, link, device) explains it. */
  { readonly by: 'parent'; readonly alarm: string } | { readonly by: 'hall-closed' | 'maintenance' | 'out-of-service' }

/** One occurrence of a fault a person must act on. A condition that comes back after `normal` is a new occurrence. */
export interface Alarm {
  /** Unique for ever; grows with time, good to say on the phone: `A20261122-0007`. */
  readonly id: string
  readonly fault: FaultKey
  readonly state: AlarmState
  /** What the readings say now; `unknown` while evidence is missing. */
  readonly condition: 'present' | 'cleared' | 'unknown'
  /** Of the taxonomy or the rule. */
  readonly defaultPriority: Priority
  /** After redundancy and opening hours: how urgent it is in this hall now. */
  readonly priority: Priority
  readonly raisedAt: number
  readonly clearedAt?: number
  readonly acknowledged?: { readonly at: number; readonly by: string }
  /** A person has to have looked (note jam, skimmer …): clearing by itself does not return it to normal. */
  readonly latched: boolean
  readonly shelved?: { readonly until: number; readonly by: string; readonly reason: string }
  readonly suppressed?: Suppression
  /** Chattering: came and went too often; shown once, not each time. */
  readonly flapping?: boolean
  readonly evidence: readonly Evidence[]
  /** Grows by one with every transition of this alarm. */
  readonly sequence: number
}

export type AlarmCause =
  | 'raised'
  | 'cleared'
  | 'unknown'
  /** The evidence is back and the condition still holds: nothing new for anybody who was told. */
  | 'confirmed'
  | 'acknowledged'
  | 'latch-released'
  | 'shelved'
  | 'unshelved'
  | 'suppressed'
  | 'unsuppressed'
  | 'priority-changed'
  | 'flapping'
  | 'settled'

/** Every change of an alarm, kept for ever: what it was, what it is, why, when, who. */
export interface AlarmTransition {
  readonly alarm: Alarm
  readonly from: AlarmState
  readonly cause: AlarmCause
  readonly at: number
  /** User name; `gateway` when nobody asked for it. */
  readonly actor: string
  /** Why a person did it, where they must say so. */
  readonly reason?: string
  /** More than ten alarms called somebody within ten minutes: tell it in a digest. */
  readonly flood?: true
}

/** What a person may do. */
export type AlarmAct =
  | { readonly act: 'acknowledge'; readonly alarm: string; readonly by: string }
  | {
      readonly act: 'shelve'
      readonly alarm: string
      readonly by: string
      readonly minutes: number
      readonly reason: string
    }
  | { readonly act: 'unshelve'; readonly alarm: string; readonly by: string }
  | { readonly act: 'release-latch'; readonly alarm: string; readonly by: string; readonly reason: string }
