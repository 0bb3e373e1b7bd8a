import type { ErrorCode } from '../domain/error-codes.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'

/** The same trouble of the same client is said once per ten minutes; what happens in between is in the counters. */
const QUIET_MS = 10 * 60 * 1000
const MAX_REMEMBERED = 2000

/** Says what a client did wrong without letting a client that repeats it fill the log. */
export function createTroubleLog(log: Log, clock: Clock) {
  const said = new Map<string, number>()
  return {
    /** `who` is a user, client id or address. */
    warn(code: ErrorCode, who: string, message: string, fields: object = {}): void {
      const key = `${code} ${who}`
      const now = clock.monotonicMs()
      const last = said.get(key)
      if (last !== undefined && now - last < QUIET_MS) return
      said.delete(key)
      if (said.size >= MAX_REMEMBERED) said.delete(said.keys().next().value ?? '')
      said.set(key, now)
      log.warn({ code, ...fields }, message)
    },
    /** After a change of the hall the same trouble is news again. */
    forget(code: ErrorCode): void {
      for (const key of said.keys()) if (key.startsWith(`${code} `)) said.delete(key)
    },
  }
}

export type TroubleLog = ReturnType<typeof createTroubleLog>
