import type { History } from '../history/history.ts'
import type { LiveDevice } from '../live/live-device.ts'
import type { LiveOverview, LiveSink } from '../live/live-event.ts'
import type { DevicePlan } from '../polling/plan-text.ts'

/** What HTTP shows, as narrow as it needs it; the gateway fills it from its rooms. */
export interface HttpViews {
  zones(): readonly { readonly id: string; readonly name: string }[]
  devices(): readonly LiveDevice[]
  device(id: string): LiveDevice | undefined
  /** What stands behind a device: how it is reached and how far its profile is proved. */
  about(id: string): DeviceAbout | undefined
  /** The read plan of a polled device; undefined for one that sends by itself. */
  plan(id: string): DevicePlan | undefined
  readonly history: Pick<History, 'query'>
  readonly live: {
    overview(): LiveOverview
    subscribe(options: { filter?: StreamFilter }, sink: LiveSink): { resume(): void; close(): void }
  }
  /** Everything that must hold for the gateway to do its work: store writable, broker listening, configuration valid. */
  health(): readonly HealthCheck[] | Promise<readonly HealthCheck[]>
  /** Prometheus text. */
  metrics(): Promise<{ readonly contentType: string; readonly text: string }>
}

export interface StreamFilter {
  readonly devices?: readonly string[]
  readonly zones?: readonly string[]
  readonly kinds?: readonly string[]
}

export interface DeviceAbout {
  readonly title: { readonly zh: string; readonly en: string }
  readonly level: 'draft' | 'bench' | 'field'
  readonly connection:
    | { readonly via: 'modbus'; readonly link: string; readonly unitId: number }
    | { readonly via: 'mqtt' }
  /** Milliseconds in which each quantity is expected anew. */
  readonly periodsMs: Readonly<Record<string, number>>
}

export interface HealthCheck {
  readonly name: string
  readonly ok: boolean
  /** Why not, for a person. */
  readonly message?: string
  readonly code?: string
}
