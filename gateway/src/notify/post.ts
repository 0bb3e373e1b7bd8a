import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { Failure } from './channel.ts'

/** An answer of the other side, whatever it says. */
export interface Answer {
  readonly status: number
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** At most 64 KiB. */
  readonly text: string
}

const LONGEST_ANSWER_BYTES = 65_536
const TIMEOUT_MS = 10_000

/**
 * One POST, no redirects: a redirect to a login page is an answer like another, and no success.
 * @returns the answer, or why there is none; the reason names neither address nor key
 */
export function post(
  url: string,
  body: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Answer | { readonly failure: Failure }> {
  const { promise, resolve } = Promise.withResolvers<Answer | { failure: Failure }>()
  const target = new URL(url)
  const request = (target.protocol === 'https:' ? httpsRequest : httpRequest)(
    target,
    {
      method: 'POST',
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'content-length': Buffer.byteLength(body),
        ...headers,
      },
      // A kept connection that the other side closes just then would leave open whether the message arrived.
      agent: false,
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    },
    (response) => {
      const chunks: Buffer[] = []
      let size = 0
      response.on('data', (chunk: Buffer) => {
        if (size < LONGEST_ANSWER_BYTES) chunks.push(chunk)
        size += chunk.length
      })
      response.on('error', (error) => resolve({ failure: noAnswer(error) }))
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(chunks).subarray(0, LONGEST_ANSWER_BYTES).toString('utf8'),
        }),
      )
    },
  )
  request.on('error', (error) => resolve({ failure: noAnswer(error) }))
  request.end(body)
  return promise
}

/** Only the error's code: its message holds the address, and with robots the address is the secret. */
function noAnswer(error: NodeJS.ErrnoException): Failure {
  const timedOut = error.name === 'TimeoutError' || error.name === 'AbortError'
  const code = timedOut ? 'TIMEOUT' : (error.code ?? error.name)
  const certificate = /CERT|SELF_SIGNED|ALTNAME|UNABLE_TO_VERIFY/.test(code)
  return certificate
    ? { type: 'channel', code, reason: 'the certificate of the other side is not trusted' }
    : { type: 'retry', code, reason: timedOut ? 'no answer in time' : 'no connection' }
}

/** The JSON object of a body, undefined when it is none. */
export function jsonObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}

/** An answer without a readable body: by its status, and a 2xx is no success, since only the body can say so. */
export function byStatus(answer: Answer): Failure {
  const code = `HTTP ${answer.status}`
  const afterMs = retryAfterMs(answer)
  const after = afterMs === undefined ? {} : { afterMs }
  if (answer.status === 429) return { type: 'throttle', afterMs: afterMs ?? 60_000, code, reason: 'too many messages' }
  if (answer.status >= 500 || answer.status === 408)
    return { type: 'retry', ...after, code, reason: 'the server fails' }
  if (answer.status >= 300 && answer.status < 400)
    return { type: 'channel', code, reason: 'redirected: a login page or a wrong address' }
  if ([401, 403, 404, 407, 410].includes(answer.status))
    return { type: 'channel', code, reason: 'the server refuses this address or key' }
  if (answer.status === 413) return { type: 'content', code, reason: 'too long' }
  return { type: 'unknown', code, reason: 'an answer that is not of this service' }
}

const LONGEST_RETRY_AFTER_MS = 3_600_000

/** What `Retry-After` asks for: seconds or a date, which is compared with the server's own clock. RFC 9110 §10.2.3 */
export function retryAfterMs({ headers }: Answer): number | undefined {
  const text = headers['retry-after']
  if (typeof text !== 'string') return undefined
  if (/^\d+$/.test(text.trim())) return Math.min(Number(text) * 1000, LONGEST_RETRY_AFTER_MS)
  const wait = Date.parse(text) - Date.parse(String(headers.date))
  return Number.isNaN(wait) ? undefined : Math.min(Math.max(wait, 0), LONGEST_RETRY_AFTER_MS)
}

/** The server's clock, for a signature that was refused because ours is wrong. */
export function serverClockMs({ headers }: Answer): number | undefined {
  const at = Date.parse(String(headers.date))
  return Number.isNaN(at) ? undefined : at
}
