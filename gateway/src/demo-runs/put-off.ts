import type { Commands } from '../commands/command.ts'
import type { Clock } from '../ports/clock.ts'

const FIRST_PAUSE_MS = 2000
const MAX_PAUSE_MS = 30_000
/** One that fails may have been overtaken by another switching off. */
const TOLD_AFTER_TRIES = 2

/** Switches off what no run holds: tried until it is confirmed, and told when it is not. */
export function createPutOff(parts: {
  readonly commands: Pick<Commands, 'allOff'>
  readonly clock: Pick<Clock, 'sleep'>
  /** Still nobody’s, and it would hear: it is tried again. */
  goesOn(device: string): boolean
  /** Told to go off, and not known to be. */
  onNotOff(device: string): void
}) {
  const { commands, clock } = parts
  const underWay = new Set<string>()
  const stop = new AbortController()

  async function untilOff(device: string, reason: string): Promise<void> {
    let pauseMs = FIRST_PAUSE_MS
    for (let tries = 1; !stop.signal.aborted; tries++) {
      const { off } = await commands.allOff({ by: 'gateway', via: 'demo', reason }, [device])
      if (off || stop.signal.aborted) return
      if (tries === TOLD_AFTER_TRIES) parts.onNotOff(device)
      await clock.sleep(pauseMs, stop.signal).catch(() => {})
      pauseMs = Math.min(MAX_PAUSE_MS, pauseMs * 2)
      if (!parts.goesOn(device)) return
    }
  }

  return {
    putOff(device: string, reason: string): void {
      if (underWay.has(device)) return
      underWay.add(device)
      void untilOff(device, reason).finally(() => underWay.delete(device))
    },
    close: () => stop.abort(),
  }
}
