import type { DeviceKind } from '../domain/device-kind.ts'
import type { Profile } from '../profiles/profile-schema.ts'
import type { AskedConnection, PowerConnection } from './asked-device.ts'
import type { OcppConnection } from './charge-point-device.ts'
import type { Hall, Link, SerialSettings } from './hall-schema.ts'

/** How the gateway reaches a device. */
export type Connection =
  | AskedConnection
  | PowerConnection
  | OcppConnection
  /** `serial`: where the device needs other settings than the rest of its serial port. */
  | { readonly via: 'modbus'; readonly link: string; readonly unitId: number; readonly serial?: SerialSettings }
  /** `meter`: 12 digits, or AA for pairs of them from the left. */
  | { readonly via: 'dlt645'; readonly link: string; readonly meter: string; readonly serial?: SerialSettings }
  | {
      readonly via: 'mqtt' /** Values for the `{names}` in the profile's topics; `{device}` and `{hall}` are always there. */
      readonly parameters: Readonly<Record<string, string>>
      /** The broker user that publishes for it: the device itself, or a bridge that speaks for several. */
      readonly user: string
    }

/** One device of hall.yaml joined with its profile: all that a room needs, nothing left to look up. */
export interface ResolvedDevice {
  readonly id: string
  readonly name: string
  readonly hall: string
  readonly zone: string
  readonly kind: DeviceKind
  /** `vendor/model`, the profile's path without its ending. */
  readonly profileId: string
  readonly profile: Profile
  /** Register variant of the profile, where it has several. */
  readonly variant?: string
  readonly connection: Connection
  /** Period in which each quantity is expected anew, milliseconds; older than three of them it is stale. Absent: never by age. */
  readonly periodsMs: Readonly<Record<string, number>>
  /** Names of the profile's commands that the hall allows; none: read only. */
  readonly commands?: readonly string[]
  /** What the load behind its switch draws at least while it is on, W. */
  readonly leastLoadW?: number
  /** Changes exactly when anything above, or the profile's content, changes. */
  readonly fingerprint: string
}

export interface ResolvedHall {
  readonly hall: Hall
  readonly links: ReadonlyMap<string, Link & { readonly fingerprint: string }>
  readonly devices: ReadonlyMap<string, ResolvedDevice>
}
