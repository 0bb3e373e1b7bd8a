import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import type { CommandRecord, CommandStats } from './command.ts'
import type { PendingRevert } from './pending-revert.ts'

export interface RevertsParts {
  /** What was pending when the gateway stopped. */
  readonly pending: readonly PendingRevert[]
  readonly clock: Clock
  readonly log: Log
  online(device: string): boolean
  /** Resolves when the device answers again, or when aborted. */
  onlineAgain(device: string, signal: AbortSignal): Promise<void>
  /** The end of a switching off that is under way on the device: it may make the revert needless. */
  busyUntil(device: string): Promise<unknown> | undefined
  /** Gives the command that takes it back; undefined when there is nothing left to give it to. */
  give(revert: PendingRevert): Promise<CommandRecord> | undefined
}

/** What is to be taken back, until a reading confirms it. One per device and quantity, so as many as a hall has switches. */
export interface Reverts {
  of(device: string, quantity: string): PendingRevert | undefined
  /** In place of what was pending for the same quantity. */
  add(revert: PendingRevert, afterMs: number): void
  drop(revert: Pick<PendingRevert, 'device' | 'quantity'>): void
  /** Its time has come, and it is not confirmed yet. */
  overdue(device: string, quantity: string): boolean
  /**
   * Takes back what was pending, whatever time was left: nobody knows how long the gateway was gone, and who wanted it on can
   * ask again.
   */
  start(): void
  stats(): Pick<CommandStats, 'revertsPending' | 'revertsOverdue'>
  /** Stops waiting; returns what is still to be taken back on devices that answer. */
  close(): PendingRevert[]
}

const FIRST_PAUSE_MS = 2000
const MAX_PAUSE_MS = 30_000

interface Waiting {
  readonly revert: PendingRevert
  readonly stop: AbortController
  overdue: boolean
}

export function createReverts(parts: RevertsParts): Reverts {
  const { clock, log } = parts
  const waiting = new Map<string, Waiting>()
  const keyOf = ({ device, quantity }: Pick<PendingRevert, 'device' | 'quantity'>) => `${device} ${quantity}`

  function add(revert: PendingRevert, afterMs: number): void {
    drop(revert)
    const entry: Waiting = { revert, stop: new AbortController(), overdue: afterMs <= 0 }
    waiting.set(keyOf(revert), entry)
    if (afterMs > 0) void after(entry, afterMs)
    else void takeBack(entry)
  }

  function drop(revert: Pick<PendingRevert, 'device' | 'quantity'>): void {
    const key = keyOf(revert)
    waiting.get(key)?.stop.abort()
    waiting.delete(key)
  }

  async function after(entry: Waiting, ms: number): Promise<void> {
    await clock.sleep(ms, entry.stop.signal).catch(() => {})
    if (entry.stop.signal.aborted) return
    entry.overdue = true
    await takeBack(entry)
  }

  /** Again and again until it is confirmed (which drops it), or something newer is commanded. */
  async function takeBack({ revert, stop: { signal } }: Waiting): Promise<void> {
    const { device, of } = revert
    let complained = false
    for (let pauseMs = FIRST_PAUSE_MS; !signal.aborted; pauseMs = Math.min(MAX_PAUSE_MS, pauseMs * 2)) {
      await parts.busyUntil(device)
      if (signal.aborted) return
      const record = await parts.give(revert)
      if (!record) {
        log.warn(
          { code: 'HW_COMMAND_REVERT_FAILED', device, of },
          `${device} left the hall before ${of} was taken back`,
        )
        drop(revert)
        return
      }
      if (record.state === 'confirmed') {
        if (complained) log.info({ was: 'HW_COMMAND_REVERT_FAILED', device, of }, `${device}: ${of} is taken back`)
        return
      }
      if (signal.aborted) return
      if (!complained)
        log.error(
          { code: 'HW_COMMAND_REVERT_FAILED', device, of, why: record.code },
          `${device}: ${of} is not taken back yet`,
        )
      complained = true
      if (parts.online(device)) await clock.sleep(pauseMs, signal).catch(() => {})
      else await parts.onlineAgain(device, signal)
    }
  }

  return {
    of: (device, quantity) => waiting.get(keyOf({ device, quantity }))?.revert,
    add,
    drop,
    overdue: (device, quantity) => waiting.get(keyOf({ device, quantity }))?.overdue === true,
    start() {
      for (const revert of parts.pending) add(revert, 0)
    },
    stats: () => ({
      revertsPending: waiting.size,
      revertsOverdue: [...waiting.values()].filter(({ overdue }) => overdue).length,
    }),
    close() {
      for (const { stop } of waiting.values()) stop.abort()
      return [...waiting.values()].flatMap(({ revert }) => (parts.online(revert.device) ? [revert] : []))
    },
  }
}
