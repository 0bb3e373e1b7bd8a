import type { DeviceKind } from '../../../gateway/src/domain/device-kind.ts'
import type { ExpectedRow } from './arithmetic.ts'
import type { Fact, Facts } from './facts.ts'

/** What a person looks at: devices, from when to when, and how fine the course of time is drawn. */
export interface Situation {
  readonly from: number
  readonly to: number
  readonly intervalMs: number
  readonly isChosen: (device: string) => boolean
  readonly facts: Facts
}

/** What a panel must show in a situation. */
export type Expectation = (seen: Seen) => readonly ExpectedRow[]
export type Expectations = Readonly<Record<string, Expectation>>

/** The facts of a situation, by what a board asks for. */
export class Seen {
  readonly from: number
  readonly to: number
  readonly intervalMs: number
  readonly #situation: Situation

  constructor(situation: Situation) {
    this.from = situation.from
    this.to = situation.to
    this.intervalMs = situation.intervalMs
    this.#situation = situation
  }

  /** Readings of chosen devices of these kinds, in the time range. */
  readings(...kinds: DeviceKind[]): Fact[] {
    return this.history(...kinds).filter(({ at }) => at >= this.from)
  }

  /** The same, with what was before the time range. */
  history(...kinds: DeviceKind[]): Fact[] {
    return kinds.flatMap((kind) => this.#upTo(kind, this.#situation.isChosen)).sort((a, b) => a.at - b.at)
  }

  status(): Fact[] {
    return this.#within('status', this.#situation.isChosen)
  }

  /** Alarms of chosen devices, and those of the hall as a whole. */
  alarms(): Fact[] {
    return this.#within('alarm', (device) => device === 'gateway' || this.#situation.isChosen(device))
  }

  orders(): Fact[] {
    return this.#within('work_order', (device) => device === 'gateway' || this.#situation.isChosen(device))
  }

  /** Demonstrations that ended; they are of no device. */
  runs(): Fact[] {
    return this.#within('demo_run', () => true)
  }

  gateway(): Fact[] {
    return this.#within('gateway', () => true)
  }

  /** The gateway's own facts, with what was before the time range. */
  gatewayHistory(): Fact[] {
    return this.#upTo('gateway', () => true)
  }

  #within(subject: string, isChosen: (device: string) => boolean): Fact[] {
    return this.#upTo(subject, isChosen).filter(({ at }) => at >= this.from)
  }

  #upTo(subject: string, isChosen: (device: string) => boolean): Fact[] {
    return (this.#situation.facts.get(subject) ?? []).filter(({ at, device }) => at <= this.to && isChosen(device))
  }
}
