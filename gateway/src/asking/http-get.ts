import { request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { TLSSocket } from 'node:tls'

/** How a GET ended. */
export type Got =
  | {
      readonly answer: 'response'
      readonly status: number
      /** Cut at `maxBytes`. */
      readonly body: Buffer
      readonly truncated: boolean
      /** Unix ms at which the certificate ends, as the server says it; unchecked otherwise: terminals sign for themselves. */
      readonly certificateEndsMs?: number
    }
  /** The host is there and takes no such connection; `connected`: it takes it, and speaks something else. */
  | { readonly answer: 'refused'; readonly connected: boolean }
  /** `connected`: somebody took the connection, and then said nothing. */
  | { readonly answer: 'silent'; readonly connected: boolean }
  | { readonly answer: 'link-down' }

export interface GetRequest {
  readonly host: string
  readonly port: number
  readonly tls: boolean
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly timeoutMs: number
  readonly maxBytes: number
}

/** One GET over a connection of its own. Redirects are not followed: only what the hall names is asked. */
export function httpGet(
  { host, port, tls, path, headers, timeoutMs, maxBytes }: GetRequest,
  signal: AbortSignal,
): Promise<Got> {
  return new Promise((resolve) => {
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])
    const options = {
      ...{ host, port, path, signal: deadline, agent: false as const },
      headers: { 'user-agent': 'hallwatt', accept: '*/*', connection: 'close', ...headers },
    }
    const request = tls ? httpsRequest({ ...options, rejectUnauthorized: false }) : httpRequest(options)
    let certificateEndsMs: number | undefined
    let connected = false
    const failed = (error: { code?: string }): Got => {
      const answer = deadline.aborted ? 'silent' : networkAnswer(error.code)
      return answer === 'link-down' ? { answer } : { answer, connected }
    }
    request.on('socket', (socket) => {
      socket.once('connect', () => {
        connected = true
      })
      socket.once('secureConnect', () => {
        const ends = Date.parse((socket as TLSSocket).getPeerCertificate().valid_to)
        if (!Number.isNaN(ends)) certificateEndsMs = ends
      })
    })
    request.once('error', (error: Error & { code?: string }) => resolve(failed(error)))
    request.once('response', (response) => {
      void bodyOf(response, maxBytes).then((read) => {
        request.destroy()
        if (read === undefined) return resolve(failed({}))
        const { body, truncated } = read
        resolve({
          ...{ answer: 'response', status: response.statusCode ?? 0, body, truncated },
          ...(certificateEndsMs !== undefined && { certificateEndsMs }),
        })
      })
    })
    request.end()
  })
}

/** Undefined when the connection broke in the middle. */
async function bodyOf(response: IncomingMessage, maxBytes: number) {
  const parts: Buffer[] = []
  let bytes = 0
  try {
    for await (const part of response) {
      parts.push(part as Buffer)
      bytes += (part as Buffer).length
      if (bytes > maxBytes) break
    }
  } catch {
    return undefined
  }
  return { body: Buffer.concat(parts).subarray(0, maxBytes), truncated: bytes > maxBytes }
}

/** A host that cannot be reached is silent; a network that is not there says nothing about the host. */
export function networkAnswer(code: string | undefined): 'refused' | 'silent' | 'link-down' {
  if (code === 'ENETUNREACH' || code === 'ENETDOWN' || code === 'EAI_AGAIN' || code === 'EADDRNOTAVAIL')
    return 'link-down'
  if (code === 'EHOSTUNREACH' || code === 'EHOSTDOWN' || code === 'ETIMEDOUT' || code === 'ENOTFOUND') return 'silent'
  return 'refused'
}
