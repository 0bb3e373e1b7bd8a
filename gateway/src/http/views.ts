import type { Auth } from '../auth/auth.ts'
import type { BigScreens } from '../big-screens/big-screens.ts'
import type { Commands } from '../commands/command.ts'
import type { DemoRuns } from '../demo-runs/demo-run.ts'
import type { Flows } from '../flows/flows.ts'
import type { History } from '../history/history.ts'
import type { LiveDevice } from '../live/live-device.ts'
import type { LiveOverview, LiveSink } from '../live/live-event.ts'
import type { Outbox } from '../notify/outbox.ts'
import type { Tap, TapCheck } from '../notify/tap-links.ts'
import type { DevicePlan } from '../polling/plan-text.ts'
import type { RepairChain } from '../repair/repair.ts'
import type { SlaState } from '../work-orders/sla.ts'
import type { WorkOrder } from '../work-orders/work-order.ts'
import type { KpiList } from './repair-schemas.ts'
import type { SetupViews } from './setup-views.ts'

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
  /** Where Grafana stands and which meter speaks for the hall, as far as hall.yaml says. */
  dashboards(): { readonly grafanaUrl?: string | undefined; readonly mainMeter?: string | undefined }
  readonly live: {
    overview(): LiveOverview
    subscribe(options: { filter?: StreamFilter }, sink: LiveSink): { resume(): void; close(): void }
  }
  /** Everything that must hold for the gateway to do its work: store writable, broker listening, configuration valid. */
  health(): readonly HealthCheck[] | Promise<readonly HealthCheck[]>
  /** Prometheus text. */
  metrics(): Promise<{ readonly contentType: string; readonly text: string }>
  readonly repair: RepairViews
  readonly commands: CommandViews
  readonly demos: DemoViews
  readonly bigScreens: BigScreenViews
  readonly auth: AuthViews
  readonly taps: TapViews
  readonly kpis: KpiViews
  /** Whole printable pages of the week or month that holds the instant (Unix ms). Everything in them is escaped already. */
  readonly reports: { weekly(at: number): Promise<string>; monthly(at: number): Promise<string> }
  readonly notices: NoticeViews
  readonly setup: SetupViews
  /** Absent: this hall runs no Node-RED. */
  readonly flows?: FlowsView
}

export type FlowsView = Pick<Flows, 'target'>

export interface RepairViews
  extends Pick<
    RepairChain,
    | 'actOnAlarm'
    | 'actOnOrder'
    | 'report'
    | 'openAlarms'
    | 'openOrders'
    | 'alarm'
    | 'order'
    | 'alarmHistory'
    | 'orderHistory'
    | 'onStep'
  > {
  /** The SLA clocks of an order that run or ran. */
  clocks(order: WorkOrder, now: number): readonly SlaState[]
  /** Who repairs, and who of them is on duty. Names only. */
  people(now: number): readonly { readonly id: string; readonly name: string; readonly onDuty: boolean }[]
  /** How the hall calls a person; the id itself for one it does not know. */
  personName(id: string): string
}

export type CommandViews = Pick<Commands, 'begin' | 'ended' | 'recent' | 'available' | 'onChange'>

export type DemoViews = Omit<DemoRuns, 'runs' | 'attract' | 'stats'>
export type BigScreenViews = Pick<BigScreens, 'list' | 'isKnown' | 'offer' | 'pair' | 'isPaired' | 'setDark' | 'follow'>

export interface TapViews {
  /** What a one-tap link stands for, as of now. */
  verify(token: string): TapCheck
  /** The last part of a new one-tap address. */
  sign(tap: Pick<Tap, 'act' | 'order' | 'person'>): string
}

export type AuthViews = Pick<Auth, 'login' | 'session' | 'logout' | 'changePassword' | 'users' | 'audit'>

/** Figures of the orders and alarms in [from, to), Unix ms. */
export interface KpiViews {
  json(span: { readonly from: number; readonly to: number }): Promise<KpiList>
  csv(span: { readonly from: number; readonly to: number }): Promise<string>
}

export type NoticeViews = Pick<Outbox, 'channels' | 'deadLetters' | 'retry' | 'testChannel'>

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
    | { readonly via: 'dlt645'; readonly link: string; readonly meter: string }
    | { readonly via: 'mqtt' | 'asked' | 'power' | 'ocpp' }
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
