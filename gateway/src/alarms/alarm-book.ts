import type { Repair } from '../config/repair-schema.ts'
import type { ActResult } from '../domain/act-result.ts'
import type { DeviceKind } from '../domain/device-kind.ts'
import type { FaultEvent } from '../domain/fault-event.ts'
import type { Alarm, AlarmAct, AlarmTransition } from './alarm.ts'

/** What alarms need to know of a device; a ResolvedDevice fits with its link. */
export interface AlarmDevice {
  readonly id: string
  readonly name: string
  readonly kind: DeviceKind
  readonly zone: string
  /** Link or broker user through which it is heard: devices of one link are explained by the link. */
  readonly link: string
  /** Quantities its profile gives: which functions it has. Absent: every function units of its kind can have. */
  readonly quantities?: readonly string[]
}

export interface AlarmHall {
  readonly devices: readonly AlarmDevice[]
  readonly repair: Pick<Repair, 'openingHours' | 'alwaysOpen' | 'topology' | 'maintenance'>
  readonly timeZone: string
}

/** All alarms of a hall and how they move. Pure: it knows no clock but `now` (Unix ms) and writes nothing; the caller keeps what it returns. */
export interface AlarmBook {
  /** The hall changed; alarms of devices that are gone return to normal with cause `cleared`. */
  setHall(hall: AlarmHall, now: number): AlarmTransition[]
  take(event: FaultEvent, now: number): AlarmTransition[]
  act(act: AlarmAct, now: number): ActResult<AlarmTransition[]>
  /** On-delays, hold-offs, ends of shelving, maintenance and opening hours, settling of chattering. Call about once a second. */
  tick(now: number): AlarmTransition[]
  /** A live order on the device puts its further alarms out of service. */
  setInRepair(device: string, inRepair: boolean, now: number): AlarmTransition[]
  alarm(id: string): Alarm | undefined
  /** Every alarm that is not `normal`, most urgent first, then oldest. */
  open(): readonly Alarm[]
  /** The alarms this one explains and speaks for, oldest first. */
  explainedBy(id: string): readonly Alarm[]
  /** More than ten alarms called somebody within ten minutes, and it is not over yet: digests instead of single messages. */
  flooded(): boolean
}
