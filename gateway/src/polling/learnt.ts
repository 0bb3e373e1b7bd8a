import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import type { AddressRange } from './read-plan.ts'

/** One thing a device taught us about what may be asked of it. */
export interface Learnt {
  readonly profile: string
  /** '' for a profile without variants. */
  readonly variant: string
  /** Set when it holds for this device only: a register that one firmware refuses may be there in the next. */
  readonly device?: string
  /** Refused with exception 1, 2 or 3. When `to` is `from` - 1: no request may reach across the border before `from`. */
  readonly range: AddressRange
  /** The device answered for it before it refused: it is asked again soon and not only after a day. */
  readonly answeredBefore?: true
  /** Unix ms. After a day it is forgotten, so that the device is asked again: its firmware may be newer. */
  readonly at: number
}

/** Where learnt limits outlive a restart. */
export interface LearntPort {
  load(): Promise<readonly Learnt[]>
  save(learnt: readonly Learnt[]): Promise<void>
}

export interface DeviceKey {
  readonly profile: string
  readonly variant: string
  readonly device: string
}

const FORGET_AFTER_MS = 24 * 3600_000
/** Far above what a hall can teach; a device gone mad must not fill the store. The oldest go first. */
const MAX_LEARNT = 5000

export class LearntLimits {
  /** Grows with every change, so that a plan knows when it is out of date. */
  version = 0
  #all: Learnt[] = []
  readonly #port: LearntPort
  readonly #clock: Clock
  readonly #log: Log
  #saving: Promise<void> | undefined
  #changedSinceSave = false

  constructor(port: LearntPort, clock: Clock, log: Log) {
    this.#port = port
    this.#clock = clock
    this.#log = log
  }

  get size(): number {
    return this.#all.length
  }

  async load(): Promise<void> {
    try {
      this.#all = [...(await this.#port.load())].slice(-MAX_LEARNT)
      this.version++
    } catch (cause) {
      this.#log.warn({ cause: (cause as Error).message }, 'learnt read limits cannot be loaded; they are learnt anew')
    }
  }

  /** Ranges this device must not be asked for: what it refused itself, and holes any device of its profile refused. */
  rangesFor(key: DeviceKey): AddressRange[] {
    return this.#all.flatMap((learnt) => (holdsFor(learnt, key) ? [learnt.range] : []))
  }

  /** Those of the ranges that this device once answered. */
  answeredBefore(key: DeviceKey): AddressRange[] {
    return this.#all.flatMap((learnt) => (learnt.answeredBefore && holdsFor(learnt, key) ? [learnt.range] : []))
  }

  /** The device answers for it again. */
  forgetRange(key: DeviceKey, range: AddressRange): void {
    const kept = this.#all.filter((learnt) => !sameLimit(learnt, { ...key, range }))
    if (kept.length === this.#all.length) return
    this.#all = kept
    this.#changed()
  }

  /** The device speaks again after it refused everything: what it refused then says nothing. */
  forgetDevice(key: DeviceKey): void {
    const kept = this.#all.filter((learnt) => learnt.device !== key.device)
    if (kept.length === this.#all.length) return
    this.#all = kept
    this.#changed()
  }

  add(learnt: Omit<Learnt, 'at'>): void {
    this.#all = this.#all.filter((other) => !sameLimit(other, learnt))
    this.#all.push({ ...learnt, at: this.#clock.wallMs() })
    if (this.#all.length > MAX_LEARNT) this.#all.shift()
    this.#changed()
  }

  /** Drops what was learnt a day ago, or in a future that a wrong clock once showed. */
  forgetOld(): void {
    const now = this.#clock.wallMs()
    const kept = this.#all.filter((learnt) => Math.abs(now - learnt.at) < FORGET_AFTER_MS)
    if (kept.length === this.#all.length) return
    this.#all = kept
    this.#changed()
  }

  /** Resolves when everything learnt so far is saved, or saving failed. */
  async saved(): Promise<void> {
    while (this.#saving) await this.#saving
  }

  #changed(): void {
    this.version++
    this.#changedSinceSave = true
    this.#saving ??= this.#save().finally(() => {
      this.#saving = undefined
    })
  }

  async #save(): Promise<void> {
    while (this.#changedSinceSave) {
      this.#changedSinceSave = false
      try {
        await this.#port.save([...this.#all])
      } catch (cause) {
        this.#log.warn({ cause: (cause as Error).message }, 'learnt read limits cannot be saved')
      }
    }
  }
}

const holdsFor = (learnt: Learnt, key: DeviceKey) =>
  learnt.profile === key.profile &&
  learnt.variant === key.variant &&
  (learnt.device === undefined || learnt.device === key.device)

const sameLimit = (a: Omit<Learnt, 'at'>, b: Omit<Learnt, 'at'>) =>
  a.profile === b.profile &&
  a.variant === b.variant &&
  a.device === b.device &&
  a.range.table === b.range.table &&
  a.range.from === b.range.from &&
  a.range.to === b.range.to
