import type { AllOffResult, CommandRequest } from '../commands/command.ts'
import type { Bilingual, DemosView, FigureView, Mark, PanelView, RunState, RunView } from '../demos/run-view.ts'
import type { ActResult } from '../domain/act-result.ts'
import type { Role } from '../domain/role.ts'

/** Who asks. */
export interface DemoActor {
  readonly by: string
  readonly roles: readonly Role[]
}

export interface PrepareRequest extends DemoActor {
  readonly scenario: string
  /** Screen to show it on. Default: the first of the hall. */
  readonly screen?: string
  readonly inputs?: Readonly<Record<string, number>>
  /** On simulated devices: nothing is switched, everything is marked 示意. */
  readonly rehearsal?: boolean
  /** Id of the record to play instead. */
  readonly replay?: string
  /** Go on without the roles that are missing, where the scenario allows it. */
  readonly without?: boolean
  readonly playlist?: { readonly id: string; readonly index: number }
  /** Asked by a flow: what heats, is strong or needs a guard is refused. */
  readonly forFlow?: boolean
}

export type DemoAct = 'start' | 'pause' | 'resume' | 'next' | 'back' | 'finish' | 'cancel'

/** One line of the list of runs. */
export interface RecordHead {
  readonly id: string
  readonly scenario: string
  readonly name: Bilingual
  readonly state: RunState
  readonly mark: Mark
  readonly rehearsal: boolean
  readonly by: string
  /** Unix ms */
  readonly startedAt: number
  readonly endedAt: number
  /** The checksum fits and samples are there. */
  readonly playable: boolean
  readonly audience?: number
  readonly remark?: string
  readonly reason?: { readonly code: string; readonly text: Bilingual }
}

/** What is kept of a run. */
export interface RunRecord extends RecordHead {
  readonly version: number
  readonly hall: { readonly id: string; readonly name: string }
  readonly gatewayVersion: string
  readonly devices: readonly {
    readonly role: string
    readonly device: string
    readonly profile: string
    readonly model?: string
    readonly serial?: string
  }[]
  /** Seconds between samples, as it was. */
  readonly samplingS: number
  readonly inputs: Readonly<Record<string, number>>
  readonly figures: readonly FigureView[]
  readonly facts: readonly {
    readonly id: string
    readonly name: Bilingual
    readonly value: number | null
    readonly unit: string
    readonly issuer: string
    readonly year: number | null
    readonly grade: string
  }[]
  readonly guesses: readonly { readonly step: string; readonly counts: readonly number[] }[]
  readonly sentence?: Bilingual
  /** SHA-256 over everything that was measured, hexadecimal. */
  readonly checksum: string
}

/** What the attract loop shows: panels of the scenarios that may run without a guide, as of now. */
export interface Attraction {
  readonly panels: readonly PanelView[]
  readonly sentence: Bilingual | null
}

/** Demonstrations of the experience zone: the one way to run them. */
export interface DemoRuns {
  view(): DemosView
  run(id: string): RunView | undefined
  /** Runs that are under way, and those that ended within the last five minutes. */
  runs(): readonly RunView[]
  /** A run that is `ready`, `refused` (with its reason) or has an `offer`. */
  prepare(request: PrepareRequest): ActResult<RunView>
  act(run: string, act: DemoAct, who: DemoActor & { readonly guardConfirmed?: boolean }): ActResult<RunView>
  guess(run: string, option: number, change: 1 | -1): ActResult<RunView>
  setInput(run: string, input: string, value: number, who: DemoActor): ActResult<RunView>
  /** The tablet that leads the run is still there. False when nobody leads it under this name. */
  beat(run: string, by: string): boolean
  /** Everything off, every run over; nothing refuses it. */
  allOff(who: Pick<CommandRequest, 'by' | 'via' | 'reason'>): Promise<AllOffResult>
  attract(): Attraction
  records(query: { scenario?: string; before?: number; limit: number }): Promise<readonly RecordHead[]>
  record(id: string): Promise<RunRecord | undefined>
  remark(id: string, said: { remark?: string; audience?: number }, who: DemoActor): Promise<ActResult<RecordHead>>
  /** Called on every change of a run, and twice a second while it runs. Returns the way to stop it. */
  onChange(listener: (run: RunView) => void): () => void
  stats(): DemoStats
}

export interface DemoStats {
  readonly demoRunsUnderWay: number
  readonly demoRunsDone: number
  readonly demoRunsAborted: number
  readonly demoRunsRefused: number
  readonly demoRecords: number
}
