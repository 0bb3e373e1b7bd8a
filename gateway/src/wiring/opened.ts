import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import type { HallSource } from './hall-source.ts'

export interface GatewayOptions {
  /** Paths in hall.yaml are relative to it. */
  readonly folder: string
  /** Where secrets come from. */
  readonly environment: Record<string, string | undefined>
  readonly clock: Clock
  readonly log: Log
  /** The build of the web console; without it the gateway has an API but no pages. */
  readonly consoleFolder?: string
  /** In [0, 1). */
  readonly random: () => number
  /** The files the hall was started from; without them settings can be read and not changed. */
  readonly source?: HallSource
  /** Shows a person the one-time password of the first administrator; it is told nowhere else. */
  readonly onFirstStart?: (first: { readonly user: string; readonly password: string }) => void
}

/** What was opened, to be closed in the opposite order: writers before what they write to. */
export class Opened {
  readonly #closers: (() => unknown)[] = []

  add(close: () => unknown): void {
    this.#closers.push(close)
  }

  every(ms: number, act: () => unknown): void {
    const timer = setInterval(act, ms)
    this.add(() => clearInterval(timer))
  }

  async close(): Promise<void> {
    for (let close = this.#closers.pop(); close; close = this.#closers.pop()) await close()
  }
}
