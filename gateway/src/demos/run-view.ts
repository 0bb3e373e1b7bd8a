import type { PanelKind } from './panel-schema.ts'

/** What tablets and screens are told of a run. Plain data; every text in both languages, every figure with its unit. */

export interface Bilingual {
  readonly zh: string
  readonly en: string
}

/** live 实时: readings younger than three periods. replay 回放: a recorded run. simulated 示意: computed, no device. */
export type Mark = 'live' | 'replay' | 'simulated'

export type RunState =
  | 'checking'
  | 'offer'
  | 'refused'
  | 'ready'
  | 'running'
  | 'paused'
  | 'stopping'
  | 'finishing'
  | 'done'
  | 'aborted'

/** A figure as it is now; `value` null when it cannot be had, never 0 for “unknown”. */
export interface FigureView {
  readonly id: string
  readonly name: Bilingual
  readonly value: number | null
  readonly unit: string
  readonly digits?: number
  readonly formula?: string
  /** Kinds of truth it stands on; two of them are both named on screens. */
  readonly marks: readonly Mark[]
  /** False: 数据不完整, a gap in the samples. */
  readonly complete: boolean
  /** Ids of facts used: ef.grid.central.2023, zhejiang-household-tou. */
  readonly facts: readonly string[]
  readonly assumes?: Bilingual
}

export interface PanelItemView {
  readonly id: string
  readonly label: Bilingual
  readonly value: number | null
  readonly unit: string
  readonly digits?: number
  readonly mark: Mark
  readonly max?: number
  readonly min?: number
  readonly target?: number
  readonly bandMin?: number
  readonly bandMax?: number
  readonly on?: boolean
  readonly done?: boolean
  readonly at?: number
  readonly hours?: number
  readonly note?: Bilingual
  /** Its device answers no more: shown greyed. */
  readonly lost?: boolean
}

export interface PanelSeriesView {
  readonly id: string
  readonly label: Bilingual
  readonly unit: string
  readonly mark: Mark
  /** Seconds since the beginning of the series, and values; at most 600, thinned. */
  readonly points: readonly (readonly [number, number])[]
}

export interface PanelView {
  readonly id: string
  readonly kind: PanelKind
  readonly title: Bilingual
  readonly sentence?: Bilingual
  readonly sorted: boolean
  readonly items: readonly PanelItemView[]
  readonly series: readonly PanelSeriesView[]
  readonly sentences: readonly Bilingual[]
  /** Worst kind of truth in it: simulated, then replay, then live. */
  readonly mark: Mark
}

export interface RoleView {
  /** `inductionHob`, `load[2]` */
  readonly role: string
  readonly name: Bilingual
  /** Id of the device; absent in a rehearsal and for a replayed role. */
  readonly device?: string
  readonly mark: Mark
  readonly switched: boolean
  /** What its last reading says; null when nothing is known. */
  readonly on: boolean | null
  readonly onForS: number | null
  readonly powerW: number | null
  /** The other points, by quantity. */
  readonly values: Readonly<Record<string, number | boolean | string | null>>
  /** Age of the oldest point, seconds; null when never read. */
  readonly ageS: number | null
  /** `stale`: older than three periods. */
  readonly quality: 'good' | 'stale' | 'none'
  /** Why the run went on without it: it did not go on, or is not believed. For the tablet. */
  readonly trouble?: Bilingual
}

export interface InterlockView {
  /** I1 … I11, or the scenario’s own `ceiling`, `stopWhen`. */
  readonly id: string
  readonly clear: boolean
  readonly text: Bilingual
}

export interface CircuitView {
  readonly id: string
  readonly name: string
  readonly powerW: number | null
  readonly limitW: number
  /** Run that holds its lock. */
  readonly run?: string
}

export interface AskView {
  readonly question: Bilingual
  readonly options: readonly { readonly text: Bilingual; readonly guesses: number }[]
  /** Guesses are still taken; afterwards they stay as a bar beside the truth. */
  readonly open: boolean
  /** Index of the right one, once the run can tell. */
  readonly answer?: number
}

export interface Reason {
  readonly code: string
  readonly text: Bilingual
}

export interface InputView {
  readonly id: string
  readonly name: Bilingual
  readonly value: number
  readonly unit: string
  readonly min: number
  readonly max: number
  readonly step: number
  readonly labels?: readonly Bilingual[]
  readonly visitor: boolean
}

/** One run, whole; sent on every change and twice a second while it runs. */
export interface RunView {
  /** `R1042` */
  readonly id: string
  readonly scenario: string
  readonly version: number
  readonly name: Bilingual
  readonly state: RunState
  readonly mark: Mark
  readonly rehearsal: boolean
  /** Of a replay: when and where it was recorded, and how fast it plays. */
  readonly replay?: {
    readonly record: string
    readonly recordedAt: number
    readonly hall: string
    readonly speed: number
  }
  readonly by: string
  /** Screen it shows on. */
  readonly screen: string
  /** When it was prepared, Unix ms; of a run that is over, when it ended. */
  readonly at: number
  readonly startedAt: number | null
  /** Without pauses. */
  readonly elapsedS: number
  readonly step: {
    readonly id: string
    /** 1 is the first */
    readonly index: number
    readonly of: number
    readonly title: Bilingual
    readonly say?: Bilingual
    readonly waits: 'time' | 'guide' | 'condition'
    /** Seconds until it ends by itself; null when only the guide ends it. */
    readonly leftS: number | null
  } | null
  readonly next: Bilingual | null
  readonly panel: PanelView | null
  readonly ask: AskView | null
  readonly inputs: readonly InputView[]
  readonly roles: readonly RoleView[]
  readonly circuits: readonly CircuitView[]
  readonly figures: readonly FigureView[]
  /** Ids of the figures the audience sees, at most three. */
  readonly shown: readonly string[]
  readonly interlocks: readonly InterlockView[]
  /** Present when done: the sentence of the result, filled in. */
  readonly sentence?: Bilingual
  /** Why it was refused, stopped or aborted. For the tablet; screens never show it. */
  readonly reason?: Reason
  /** What may be done instead of a run that cannot be live. */
  readonly offers?: readonly {
    readonly kind: 'replay' | 'without' | 'rehearse'
    readonly missing: string
    readonly text: Bilingual
    readonly record?: string
  }[]
  /** 余热: still hot surfaces, with seconds at most. */
  readonly hot: readonly { readonly role: string; readonly name: Bilingual; readonly leftS: number }[]
  readonly playlist?: { readonly id: string; readonly index: number; readonly of: number }
}

/** One card of the launcher. */
export interface ScenarioView {
  readonly id: string
  readonly number: string
  readonly version: number
  readonly name: Bilingual
  readonly story: Bilingual
  readonly family: string
  readonly season?: 'summer' | 'winter'
  readonly lengthS: number
  readonly audience: readonly string[]
  readonly unattended: boolean
  /** live: can be played now. simulated: needs no device. replay: a recording is there, live is not possible. waiting: possible in `inS`. */
  readonly readiness: 'live' | 'simulated' | 'replay' | 'waiting' | 'blocked' | 'not-set-up'
  readonly inS?: number
  readonly reason?: Reason
  /** Device to repair, when one is the reason. */
  readonly device?: string
  /** Newest record that can be replayed. */
  readonly record?: string
  readonly inputs: readonly InputView[]
  readonly asksGuard: boolean
  /** 讲解卡, as the scenario has it; `sources` with who issued each fact, and for which year. */
  readonly card: {
    readonly points: readonly Bilingual[]
    readonly questions: readonly { readonly asks: Bilingual; readonly answer: Bilingual }[]
    readonly safety: Bilingual
    readonly sources: readonly Bilingual[]
  }
  readonly lastRunAt?: number
}

export interface PlaylistView {
  readonly id: string
  readonly name: Bilingual
  readonly minutes: number | null
  readonly scenarios: readonly string[]
  /** Runs again and again without a guide. */
  readonly loop: boolean
}

/** Everything the launcher shows. */
export interface DemosView {
  readonly at: number
  readonly scenarios: readonly ScenarioView[]
  readonly playlists: readonly PlaylistView[]
  readonly circuits: readonly CircuitView[]
  readonly interlocks: readonly InterlockView[]
  readonly runs: readonly RunView[]
}
