import type { BadReason, Frame, Presence, Quality, Value } from '../domain/frame.ts'

/** The newest we know of one quantity of one device. `value` stays when it grows stale; it is undefined when none ever came. */
export interface Reading {
  readonly value: Value | undefined
  /** Unix ms at which `value` was read. */
  readonly at: number
  readonly quality: Quality
  readonly reason?: BadReason
}

/** The newest we know of one device. */
export interface DeviceState {
  readonly device: string
  readonly presence: Presence
  /** Unix ms since when `presence` holds. */
  readonly since: number
  /** Why it is offline or unknown, as a BadReason or an error code; absent while online. */
  readonly reason?: string
  /** Unix ms of the last frame; undefined when none ever came. */
  readonly lastFrameAt?: number
  readonly readings: ReadonlyMap<string, Reading>
}

/** What changed. `readings` names only the quantities that are new or changed quality. */
export type StateChange =
  | { readonly type: 'frame'; readonly frame: Frame }
  | { readonly type: 'state'; readonly state: DeviceState; readonly quantities: readonly string[] }
  | { readonly type: 'removed'; readonly device: string }

/** What readings need to know of a device; a ResolvedDevice fits. */
export interface WatchedDevice {
  readonly id: string
  readonly periodsMs: Readonly<Record<string, number>>
  readonly fingerprint: string
}

/** The present of the hall, kept in memory. Decides quality and age; knows no clock but the `now` it is given. */
export interface Readings {
  /** Tells which devices exist; forgets the others and starts changed ones as unknown. */
  setDevices(devices: readonly WatchedDevice[], now: number): void
  /** Takes a frame of a known device; returns false when the device is not in the hall. */
  accept(frame: Frame, now: number): boolean
  setPresence(device: string, presence: Presence, now: number, reason?: string): void
  /** Marks what grew too old: values stale after three periods, MQTT devices unknown. Call about once a second. */
  tick(now: number): void
  device(id: string): DeviceState | undefined
  all(): readonly DeviceState[]
  /** Called synchronously on every change; returns the way to stop it. */
  onChange(listener: (change: StateChange) => void): () => void
}
