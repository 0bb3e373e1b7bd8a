import type { ResolvedDevice } from '../config/resolved-hall.ts'

/** What runs switch on is told again within this time. */
const TOLD_AGAIN_S = 50

/**
 * Whether a device that runs switch on ends it without any gateway: by its own countdown. A charger is on its own watchdog, which
 * pauses it or leaves it at the current of its fallback.
 */
export function goesOffAlone({ profile: { kind, commands } }: ResolvedDevice, on: string): boolean {
  const command = commands[on]
  if (!command) return false
  return (command.timed?.mostS ?? 0) >= TOLD_AGAIN_S || (kind === 'evse' && command.message === undefined)
}
