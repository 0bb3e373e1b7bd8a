import type { FastifyRequest } from 'fastify'
import type { ActResult, Refusal } from '../domain/act-result.ts'
import type { Log } from '../ports/log.ts'
import { HttpRefusal } from './failures.ts'
import { principalOf } from './identity.ts'
import type { AuthViews } from './views.ts'

/** The value of something done, or the refusal as an answer: what is not there 404, what cannot be so 400, else in the way 409. */
export function granted<T>(result: ActResult<T>): T {
  if (result.ok) return result.value
  throw new HttpRefusal(STATUS[result.code] ?? 409, result.code, result.message)
}

const STATUS: Partial<Record<Refusal['code'], number>> = {
  HW_ALARM_UNKNOWN: 404,
  HW_ORDER_UNKNOWN: 404,
  HW_DEVICE_UNKNOWN: 404,
  HW_AUTH_USER_UNKNOWN: 404,
  HW_COMMAND_UNKNOWN: 404,
  HW_COMMAND_NOT_ENABLED: 403,
  HW_COMMAND_FORBIDDEN: 403,
  HW_COMMAND_VALUE: 400,
  HW_COMMAND_NO_REVERT: 400,
  HW_COMMAND_NOT_RECORDED: 503,
  HW_ALARM_INVALID: 400,
  HW_ORDER_REASON_MISSING: 400,
  HW_ORDER_PERSON_UNKNOWN: 400,
  HW_AUTH_USER_INVALID: 400,
  HW_AUTH_PASSWORD_WEAK: 400,
  HW_LINK_UNKNOWN: 404,
  HW_STORE_IO: 503,
  HW_PROFILE_UNKNOWN: 404,
  HW_TARGET_REFUSED: 400,
  HW_BACKUP_FAILED: 503,
  HW_AUTH_WRONG: 401,
  HW_AUTH_LIMITED: 429,
  HW_AUTH_BUSY: 503,
}

export interface Done {
  readonly actor: string
  readonly action: string
  readonly subject: string
  readonly detail?: Readonly<Record<string, unknown>>
}

/**
 * Writes what was done into the audit log. It is done already, and alarms and orders carry their actor themselves: an entry
 * that cannot be stored is logged and does not undo it.
 */
export async function record(audit: AuthViews['audit'], log: Log, done: Done): Promise<void> {
  await audit.append(done).catch((error: unknown) => {
    const { actor, action, subject } = done
    log.error(
      { code: 'HW_AUDIT_NOT_WRITTEN', actor, action, subject, error: String(error) },
      'an act is not in the audit log',
    )
  })
}

/** Actor and way in, for the audit log. */
export function traceOf(request: FastifyRequest): { actor: string; detail: { via: string; address: string } } {
  const { user, via } = principalOf(request)
  return { actor: user, detail: { via, address: request.ip } }
}
