import type { Channel, Failure } from './channel.ts'
import type { Lanes } from './lanes.ts'

export interface ChannelState {
  readonly id: string
  readonly type: string
  /** False from a failure that needs a person (wrong key, quota, robot removed) until something is delivered again. */
  readonly working: boolean
  /** Unix ms of the last delivery, canaries included; absent: not proved since the start. */
  readonly provedAt?: number
  /** Of the newest failure, while nothing was delivered since. */
  readonly code?: string
  readonly reason?: string
  /** Messages of the last minute against what is sent at most: the fuel gauge. Personal channels: of the busiest person. */
  readonly usedThisMinute: number
  readonly perMinute?: number
}

/** Which channels work. Tells once when one breaks and once when it works again. */
export class ChannelStates {
  readonly #states = new Map<string, { working: boolean; provedAt?: number; code?: string; reason?: string }>()
  readonly #tell: (id: string, working: boolean, failure?: Failure) => void

  constructor(tell: (id: string, working: boolean, failure?: Failure) => void) {
    this.#tell = tell
  }

  proved(id: string, wallMs: number): void {
    const before = this.#states.get(id)
    this.#states.set(id, { working: true, provedAt: wallMs })
    if (before?.working === false) this.#tell(id, true)
  }

  failed(id: string, failure: Failure): void {
    const before = this.#states.get(id) ?? { working: true }
    const working = before.working && failure.type !== 'channel'
    this.#states.set(id, { ...before, working, code: failure.code, reason: failure.reason })
    if (before.working && !working) this.#tell(id, false, failure)
  }

  broken(): number {
    return [...this.#states.values()].filter((state) => !state.working).length
  }

  list(channels: ReadonlyMap<string, Channel>, lanes: Lanes, now: number): ChannelState[] {
    return [...channels].map(([id, { type, limits }]) => ({
      id,
      type,
      working: true,
      ...this.#states.get(id),
      usedThisMinute: Math.max(
        0,
        ...lanes.ofChannel(id).map((lane) => lane.sends.filter((at) => now - at < 60_000).length),
      ),
      ...(limits.perMinute === undefined ? {} : { perMinute: limits.perMinute }),
    }))
  }

  forgetAllBut(channels: ReadonlyMap<string, Channel>): void {
    for (const id of this.#states.keys()) if (!channels.has(id)) this.#states.delete(id)
  }
}
