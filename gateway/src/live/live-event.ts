import type { LiveDevice } from './live-device.ts'

/** How the whole hall is doing: the head line of every live view. */
export interface LiveOverview {
  readonly hall: { readonly id: string; readonly name: string }
  readonly devices: {
    readonly total: number
    readonly online: number
    readonly offline: number
    readonly unknown: number
  }
  /** Frames committed per second, over the last ten seconds. */
  readonly framesPerSecond: number
  readonly committedFrames: number
  /** Frames committed but not yet forwarded to InfluxDB; null when none is configured. */
  readonly backlogFrames: number | null
  /** Age of the oldest frame not yet forwarded; 0 when all are, null when no InfluxDB is configured. */
  readonly forwardLagS: number | null
}

/** What others know and live only passes on. */
export type GatewayFacts = Omit<LiveOverview, 'devices' | 'framesPerSecond'>

/**
 * What a subscriber gets, first a snapshot. `sequence` never falls; it grows by one per round of deltas, so with a filter
 * or a slow reader there are gaps, and none of them means that something is missing.
 */
export type LiveEvent =
  | {
      readonly type: 'snapshot'
      readonly sequence: number
      /** Wall clock of the gateway, Unix ms. */
      readonly at: number
      readonly overview: LiveOverview
      readonly devices: readonly LiveDevice[]
    }
  /** `removed` first, then `devices`, whose `readings` hold only what changed. */
  | {
      readonly type: 'delta'
      readonly sequence: number
      readonly at: number
      readonly removed: readonly string[]
      readonly devices: readonly LiveDevice[]
    }
  | { readonly type: 'heartbeat'; readonly sequence: number; readonly at: number; readonly overview: LiveOverview }
  /** The last event: the reader was too slow, or the gateway stops. Connect again and take a new snapshot. */
  | {
      readonly type: 'resnapshot'
      readonly sequence: number
      readonly at: number
      readonly reason: 'slow-reader' | 'closing'
    }

/** Where events go. */
export interface LiveSink {
  /** Takes one event. False: this one was taken, but nothing more until `resume()`; changes are kept as "which", not as copies. */
  deliver(event: LiveEvent): boolean
  /** Called once, after the last event; not when the subscriber itself closed. */
  end(): void
}
