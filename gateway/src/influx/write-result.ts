import type { ErrorCode } from '../domain/error-codes.ts'

/** What can become of one write request. All of it happens, so it is a value and never a throw. */
export type WriteResult = { readonly ok: true } | WriteRefusal

export interface WriteRefusal {
  readonly ok: false
  readonly failure: WriteFailure
  /** HTTP status, when there was an answer. */
  readonly status?: number
  /** What the server or the system said, cut to 500 characters. */
  readonly message: string
  /** The server asks to be left alone so long. */
  readonly retryAfterMs: number
}

/** Kinds of failure, with the code under which each is logged. */
export const FAILURE_CODES = {
  unreachable: 'HW_INFLUX_UNREACHABLE', // refused, reset, no route, no name, TLS
  timeout: 'HW_INFLUX_UNREACHABLE', // no whole answer in time
  unauthorized: 'HW_INFLUX_UNAUTHORIZED', // 401, 403
  'not-found': 'HW_INFLUX_NOT_FOUND', // 404: no such database, bucket, organisation or API
  'too-large': 'HW_INFLUX_LINE_REJECTED', // 413
  rejected: 'HW_INFLUX_REFUSED', // 400, 422
  busy: 'HW_INFLUX_BUSY', // 429, 503
  'server-error': 'HW_INFLUX_FAILING', // other 5xx
  unexpected: 'HW_INFLUX_REFUSED', // anything else that is not 204, a 200 and a redirect included
} as const satisfies Record<string, ErrorCode>

export type WriteFailure = keyof typeof FAILURE_CODES

/** Only 204 says that every point is stored; a 200 comes from something that is not an InfluxDB. */
export function failureOfStatus(status: number): WriteFailure | undefined {
  if (status === 204) return undefined
  if (status === 400 || status === 422) return 'rejected'
  if (status === 401 || status === 403) return 'unauthorized'
  if (status === 404) return 'not-found'
  if (status === 413) return 'too-large'
  if (status === 429 || status === 503) return 'busy'
  return status >= 500 ? 'server-error' : 'unexpected'
}

/**
 * True when a 400 is about lines of the batch, not about the request as a whole: only then may a line be put aside for it.
 * InfluxDB 1.x and 2: "partial write: …", "unable to parse '…'", "… dropped=2"; 3: "write of line protocol failed"; 422: outside retention.
 */
export const blamesLines = ({ status, message }: WriteRefusal): boolean =>
  status === 422 ||
  /partial write|pars(e|ing)|dropped|type conflict|retention|max key|too long|line protocol/i.test(message)

/** How many points the server says it left out, where it says so. */
export function droppedPoints(message: string): number | undefined {
  const match = /dropped=(\d+)/.exec(message)
  return match ? Number(match[1]) : undefined
}
