import type { Value } from '../domain/frame.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import type { CommandStats } from './command.ts'

/** What a device forgets unless it is told again, as it is stored: one per device and quantity. */
export interface KeptCommand {
  readonly device: string
  readonly quantity: string
  readonly command: string
  readonly value?: Value
  /** The command that is kept. */
  readonly of: string
}

type Of = Pick<KeptCommand, 'device' | 'quantity'>

export interface KeptParts {
  /** What was kept when the gateway stopped. */
  readonly stored: readonly KeptCommand[]
  readonly clock: Clock
  readonly log: Log
  /** Milliseconds until the device forgets it; undefined: the hall does not give this command any more. */
  expiresMs(kept: KeptCommand): number | undefined
  online(device: string): boolean
  /** Resolves when the device answers again, or when aborted. */
  onlineAgain(device: string, signal: AbortSignal): Promise<void>
  /** The end of a command that is under way on the device: it may replace what is kept. */
  busyUntil(device: string): Promise<unknown> | undefined
  /** Writes it once more; undefined when the device acknowledged it, else why not. */
  renew(kept: KeptCommand, signal: AbortSignal): Promise<string | undefined>
  /** On disk it is kept no more. */
  forget(of: Of): void
}

/**
 * Current limits that a charger drops by itself a minute after the last write: written again well before, as long as they are wanted.
 * That is what the charger's own watchdog is for: when the gateway is gone, its safe current holds.
 */
export interface Kept {
  of(device: string, quantity: string): KeptCommand | undefined
  /** In place of what was kept of the same quantity; the device was told a moment ago. */
  keep(kept: KeptCommand): void
  /** Nothing more is written, also when a write is being prepared at this moment. */
  drop(of: Of): void
  /** Goes on with what was kept when the gateway stopped: a pause stays a pause. */
  start(): void
  stats(): Pick<CommandStats, 'commandsKept' | 'commandRenewals'>
  close(): void
}

/** Two writes may be lost before the device forgets it. */
const RENEWALS_PER_EXPIRY = 3
const RETRY_MS = 1000

export function createKept(parts: KeptParts): Kept {
  const { clock, log } = parts
  const all = new Map<string, { readonly kept: KeptCommand; readonly stop: AbortController }>()
  const keyOf = ({ device, quantity }: Of) => `${device} ${quantity}`
  let renewals = 0

  function begin(kept: KeptCommand, writtenMs: number): void {
    const entry = { kept, stop: new AbortController() }
    all.get(keyOf(kept))?.stop.abort()
    all.set(keyOf(kept), entry)
    void hold(kept, writtenMs, entry.stop.signal)
  }

  function drop(of: Of): void {
    all.get(keyOf(of))?.stop.abort()
    all.delete(keyOf(of))
  }

  async function hold(kept: KeptCommand, from: number, signal: AbortSignal): Promise<void> {
    const { device, of } = kept
    let writtenMs = from
    let failed = false
    let lapsed = false
    while (!signal.aborted) {
      const expiresMs = parts.expiresMs(kept)
      if (expiresMs === undefined) {
        drop(kept)
        parts.forget(kept)
        return
      }
      const dueMs = failed ? clock.monotonicMs() + RETRY_MS : writtenMs + expiresMs / RENEWALS_PER_EXPIRY
      await clock.sleep(Math.max(0, dueMs - clock.monotonicMs()), signal).catch(() => {})
      if (!signal.aborted && !parts.online(device)) await parts.onlineAgain(device, signal)
      if (!signal.aborted) await parts.busyUntil(device)
      if (signal.aborted) return
      const trouble = await parts.renew(kept, signal)
      if (signal.aborted) return
      const now = clock.monotonicMs()
      failed = trouble !== undefined
      if (failed && !lapsed && now - writtenMs > expiresMs) {
        lapsed = true
        log.warn(
          { code: 'HW_COMMAND_LAPSED', device, of, why: trouble },
          `${device}: ${kept.command} could not be written again; its own safe value holds`,
        )
      }
      if (failed) continue
      renewals++
      writtenMs = now
      if (lapsed) log.info({ was: 'HW_COMMAND_LAPSED', device, of }, `${device}: ${kept.command} holds again`)
      lapsed = false
    }
  }

  return {
    of: (device, quantity) => all.get(keyOf({ device, quantity }))?.kept,
    keep: (kept) => begin(kept, clock.monotonicMs()),
    drop,
    start() {
      for (const kept of parts.stored) if (!all.has(keyOf(kept))) begin(kept, Number.NEGATIVE_INFINITY)
    },
    stats: () => ({ commandsKept: all.size, commandRenewals: renewals }),
    close() {
      for (const { stop } of all.values()) stop.abort()
    },
  }
}
