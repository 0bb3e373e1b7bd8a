import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '../../../gateway/src/ports/clock.ts'
import { Opened } from '../../../gateway/src/wiring/opened.ts'

/** A clock that stands still until it is set. Only sleeping (between retries, until a deadline) takes real time. */
export class SteppedClock implements Clock {
  #now: number

  constructor(start: number) {
    this.#now = start
  }

  wallMs(): number {
    return this.#now
  }

  monotonicMs(): number {
    return this.#now
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    await sleep(ms, undefined, signal ? { signal } : {})
  }

  set(now: number): void {
    this.#now = now
  }
}

/** What the gateway does every so often, done at the stepped times: once a step for whatever is due. */
export class SteppedOpened extends Opened {
  readonly #recurring: { readonly ms: number; readonly act: () => unknown; dueAt: number }[] = []

  override every(ms: number, act: () => unknown): void {
    this.#recurring.push({ ms, act, dueAt: 0 })
  }

  async step(now: number): Promise<void> {
    for (const one of this.#recurring) {
      if (now < one.dueAt) continue
      one.dueAt = now + one.ms
      void one.act()
    }
  }
}
