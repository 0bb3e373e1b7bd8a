import type { ErrorCode } from '../domain/error-codes.ts'
import type { Value } from '../domain/frame.ts'
import type { Fact } from './fact-book.ts'
import type { Prices } from './money.ts'
import type { ReadScenario } from './read-scenarios.ts'
import type { Bilingual, Mark, RunState } from './run-view.ts'
import type { ScenarioStep } from './scenario-schema.ts'
import type { Tracks } from './track.ts'

/** One device in its role in one run. */
export interface Slot {
  /** `inductionHob`, `load[2]` */
  readonly key: string
  readonly role: string
  /** Of a list role. */
  readonly index: number | undefined
  readonly name: Bilingual
  readonly mark: Mark
  /** Absent in a rehearsal and for a replayed role. */
  readonly device: string | undefined
  readonly circuit: string | undefined
  readonly ratedW: number | undefined
  readonly required: boolean
  readonly switched: boolean
  readonly hot: boolean
  readonly points: readonly string[]
  /** Shown where the device has them. */
  readonly alsoPoints: readonly string[]
}

/** waiting: it may go on once its restart delay is over. */
type LoadState = 'off' | 'waiting' | 'turning-on' | 'on' | 'turning-off'

/** A switched slot, as the run knows it. */
export interface Load {
  readonly state: LoadState
  /** Unix ms since when; of `on`, when it was switched. */
  readonly since: number
  /** How long it was on before, in this run. */
  readonly beforeMs: number
  /** Grows with every switching on: the last one on is the first to go. */
  readonly order: number
  /** It was on when the run was paused, and goes on again with it. */
  readonly resumes?: boolean
  readonly failed?: boolean
  /** The device said that it is off. */
  readonly said?: boolean
}

/** One step of the run, a repeated one for its device. */
export interface PlannedStep {
  readonly step: ScenarioStep
  /** `heat`, `try[2]` */
  readonly key: string
  readonly variables: Readonly<Record<string, number>>
}

export interface RunReason {
  readonly code: ErrorCode
  readonly text: Bilingual
}

/** One run at one moment. Plain data; readings are kept beside it. */
export interface Run {
  readonly id: string
  readonly read: ReadScenario
  readonly plan: readonly PlannedStep[]
  readonly slots: readonly Slot[]
  readonly rehearsal: boolean
  readonly by: string
  /** The asker may switch on outside the schedule. */
  readonly override: boolean
  readonly screen: string
  readonly playlist?: { readonly id: string; readonly index: number; readonly of: number }
  readonly state: RunState
  readonly reason?: RunReason
  /** Unix ms, as all times of a run. */
  readonly at: number
  readonly startedAt?: number
  readonly endedAt?: number
  /** Index into `plan`; -1 before the start. */
  readonly step: number
  /** When the step began, moved by every pause. */
  readonly stepAt: number
  readonly pausedAt?: number
  readonly pausedMs: number
  /** When everything was told to go off. */
  readonly leavingAt?: number
  /** “Load not disconnected” was raised. */
  readonly alarmed: boolean
  readonly loads: Readonly<Record<string, Load>>
  /** By name, of a repeated step by `name[index]`. */
  readonly marks: Readonly<Record<string, number>>
  readonly inputs: Readonly<Record<string, number>>
  /** By key of the step that asked. */
  readonly guesses: Readonly<Record<string, readonly number[]>>
  /** When each `during` of this step last came true, by index. */
  readonly during: Readonly<Record<number, number>>
  /** What was commanded last, by slot and command; not what failed, nor before a slot went on. */
  readonly sent: Readonly<Record<string, Value>>
  /** Index of the step that asked last. */
  readonly asked?: number
  readonly panel?: string
  /** When the leading tablet was heard last. */
  readonly heardAt: number
  readonly guardConfirmed: boolean
  /** Why a slot that the run can do without went off, or is not believed; until it goes on again. */
  readonly troubles: Readonly<Record<string, RunReason>>
  /** Interlocks that are not clear, with the time since when. */
  readonly tripped: Readonly<Record<string, number>>
}

/** What the world looks like to a run. */
export interface Situation {
  readonly tracks: Tracks
  /** The newest good reading. */
  reading(slot: string, point: string): Value | undefined
  /** Of the newest readings of a slot: good, older than three periods, or never read. */
  quality(slot: string): 'good' | 'stale' | 'none'
  /** Of the gateway’s own history: hours before now, and values; read once when the run is prepared. */
  history(slot: string, point: string): readonly (readonly [number, number])[]
  /** Age of what I6 watches of a slot; undefined when it was never read. */
  ageMs(slot: string): number | undefined
  /** When the device in a slot was last switched off, in whatever run. */
  offAt(slot: string): number | undefined
  readonly circuits: ReadonlyMap<string, { readonly limitW: number; readonly powerW: number | undefined }>
  /** I11: something may be switched on now. */
  readonly open: boolean
  readonly staleMs: number
  readonly prices: Prices
  fact(id: string): Fact | undefined
}

export type RunEvent =
  | { readonly is: 'tick' }
  /** A reading came and is noted. */
  | { readonly is: 'reading'; readonly slot: string; readonly at: number }
  | { readonly is: 'act'; readonly act: 'start' | 'pause' | 'resume' | 'next' | 'back' | 'finish' | 'cancel' }
  | { readonly is: 'beat' }
  | { readonly is: 'guard' }
  | { readonly is: 'input'; readonly input: string; readonly value: number }
  | { readonly is: 'guess'; readonly option: number; readonly change: 1 | -1 }
  /** What came of an effect. */
  | {
      readonly is: 'switched'
      readonly slot: string
      readonly on: boolean
      readonly ok: boolean
      readonly why?: string
    }
  /** A command was refused, or is not known to be in force: it may be given again. */
  | { readonly is: 'not-set'; readonly slot: string; readonly command: string }
  /** Something outside the run ends it: E-stop, smoke, broker lost, all-off. */
  | { readonly is: 'stop'; readonly interlock?: string; readonly reason: RunReason }

export type Effect =
  | { readonly do: 'on'; readonly slot: string }
  | { readonly do: 'off'; readonly slot: string }
  | { readonly do: 'command'; readonly slot: string; readonly command: string; readonly value: Value | undefined }
  /** P1 负载未断开 */
  | { readonly do: 'alarm'; readonly slots: readonly string[] }
  /** It is over: write its record. */
  | { readonly do: 'record' }

/** One event being worked on. */
export interface Turn {
  run: Run
  readonly effects: Effect[]
  readonly situation: Situation
  readonly now: number
  /** When what happens happened: of a reading, its own time. */
  at: number
}

export function change(turn: Turn, changes: Partial<Run>): void {
  turn.run = { ...turn.run, ...changes }
}

export const stepOf = ({ plan, step }: Run): PlannedStep | undefined => plan[step]

/** Seconds the run goes, without pauses. */
export function elapsedS(run: Run, now: number): number {
  if (run.startedAt === undefined) return 0
  const end = run.pausedAt ?? run.endedAt ?? now
  return Math.max(0, end - run.startedAt - run.pausedMs) / 1000
}

export const isUnderWay = ({ state }: Pick<Run, 'state'>): boolean =>
  state === 'running' || state === 'paused' || state === 'stopping' || state === 'finishing'

export const isOver = ({ state }: Pick<Run, 'state'>): boolean =>
  state === 'done' || state === 'aborted' || state === 'refused' || state === 'offer'
