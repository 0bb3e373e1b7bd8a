import type { DemoSettings } from '../config/demos-schema.ts'
import type { DeviceKind } from '../domain/device-kind.ts'

/** One device that the hall gives to a role. */
export type Binding = Exclude<DemoSettings['roles'][string], readonly unknown[]>

/** The devices of a role, in their order; none: the hall has not said. A scenario’s own devices come before those of all. */
export function bindingsOf({ roles, scenarioRoles }: DemoSettings, scenario: string, role: string): readonly Binding[] {
  const bound = scenarioRoles[scenario]?.[role] ?? roles[role]
  if (bound === undefined) return []
  return Array.isArray(bound) ? bound : [bound as Binding]
}

/** Where a point of a bound device is read: on the device itself, or on another (a probe) that the hall names. */
export function sourceOf(
  { device, points }: Binding,
  point: string,
): { readonly device: string; readonly quantity: string } {
  const elsewhere = points[point]
  if (elsewhere === undefined) return { device, quantity: point }
  const slash = elsewhere.indexOf('/')
  return { device: elsewhere.slice(0, slash), quantity: elsewhere.slice(slash + 1) }
}

/** What switches a device on and off, of the commands that the hall allows. */
export interface Switches {
  readonly on:
    | {
        readonly command: string
        readonly value?: number
        /** Commands that set the same value while it is on. */
        readonly adjustedBy?: readonly string[]
        readonly canRevert: boolean
      }
    | undefined
  readonly off: boolean
}

/** What is known of a device when a run is prepared. */
export interface KnownDevice {
  readonly id: string
  readonly name: string
  readonly kind: DeviceKind
  readonly online: boolean
  /** An open alarm of P1 or P2. */
  readonly faulty: boolean
  /** Milliseconds between two readings; undefined when it reports only changes, or has none. */
  periodMs(quantity: string): number | undefined
  isGood(quantity: string): boolean
  /** Unix ms of the newest good reading. */
  readAt(quantity: string): number | undefined
  readonly commands: readonly string[]
  readonly switches: Switches
}
