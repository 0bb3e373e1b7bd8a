import type { ErrorCode } from '../domain/error-codes.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'

/** A subject that behaved this long after its last trouble is well again; a shorter time would make every second message a change. */
export const WELL_AFTER_MS = 60_000
/** Subjects whose trouble is remembered. At the end the oldest is forgotten, and would be said once more. */
const MAX_REMEMBERED = 2000

interface Trouble {
  /** What was said already. */
  readonly codes: Set<ErrorCode>
  lastMs: number
  messages: number
  readonly fields: object
}

/** Says a trouble once when it begins and once when it is over. A subject is a device's topic, or a user. */
export function createTroubles(log: Log, clock: Clock) {
  const bySubject = new Map<string, Trouble>()
  return {
    /** Something went wrong for the subject; logged when it did not go wrong this way before. */
    add(subject: string, code: ErrorCode, fields: object, message: string): void {
      let known = bySubject.get(subject)
      if (!known) {
        if (bySubject.size >= MAX_REMEMBERED) bySubject.delete(bySubject.keys().next().value as string)
        known = { codes: new Set(), lastMs: 0, messages: 0, fields }
        bySubject.set(subject, known)
      }
      known.lastMs = clock.monotonicMs()
      known.messages++
      if (known.codes.has(code)) return
      known.codes.add(code)
      log.warn({ code, ...fields }, message)
    },
    /** Something went right. Cheap while nobody has troubles. */
    well(subject: string): void {
      if (bySubject.size === 0) return
      const known = bySubject.get(subject)
      if (!known || clock.monotonicMs() - known.lastMs < WELL_AFTER_MS) return
      bySubject.delete(subject)
      log.info({ ...known.fields, was: [...known.codes], messages: known.messages }, 'messages are as expected again')
    },
    /** After a change of the hall the same trouble is news again. */
    forget(isOver: (subject: string) => boolean): void {
      for (const subject of bySubject.keys()) if (isOver(subject)) bySubject.delete(subject)
    },
    size: () => bySubject.size,
  }
}
