import { createHash, timingSafeEqual } from 'node:crypto'
import { isIP } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { HallwattError } from '../domain/errors.ts'
import { HttpRefusal } from './failures.ts'

/** Shorter ones can be guessed within the rate limit in a lifetime. */
const SHORTEST_TOKEN = 16

export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))

/** Throws HW_BIND_REFUSED when the port would be open to the network without a usable token. */
export function refuseOpenBind(host: string, token: string | undefined): void {
  if (token !== undefined && token.length < SHORTEST_TOKEN) {
    throw new HallwattError('HW_BIND_REFUSED', `HALLWATT_HTTP_TOKEN is shorter than ${SHORTEST_TOKEN} characters.`)
  }
  if (token === undefined && !isLoopback(host)) {
    throw new HallwattError(
      'HW_BIND_REFUSED',
      `http.host is ${host}, which the network can reach, but HALLWATT_HTTP_TOKEN is not set.`,
    )
  }
}

export interface GuardSettings {
  readonly host: string
  readonly token: string | undefined
  readonly requestsPerMinute: number
  /** Called with the status of every refusal. */
  readonly onRefused: (status: number) => void
}

/**
 * Stands before every route, unknown ones too: host name (a web page of another origin can reach loopback by DNS rebinding),
 * rate, token. `/healthz` and `/readyz` are never refused for their rate: a watchdog shares the address with everybody here.
 */
export function guard(app: FastifyInstance, { host, token, requestsPerMinute, onRefused }: GuardSettings): void {
  const withinRate = app.createRateLimit({ max: requestsPerMinute, timeWindow: 60_000 })
  const expected = token === undefined ? undefined : digest(token)

  app.addHook('onRequest', async (request) => {
    // The route that matched, not the address as sent: `/%61pi` is `/api` to the router.
    const route = request.routeOptions.url ?? ''
    try {
      if (isLoopback(host) && !isLoopback(request.hostname.replace(/^\[|\]$/g, ''))) {
        throw new HttpRefusal(403, 'HW_HTTP_HOST_REFUSED', 'The Host header names another machine than this one.')
      }
      if (route === '/healthz' || route === '/readyz') return
      const rate = await withinRate(request)
      if (!rate.isAllowed && rate.isExceeded) {
        const retryAfter = String(Math.max(1, rate.ttlInSeconds))
        const message = `More than ${requestsPerMinute} requests in a minute. Try again in ${retryAfter} s.`
        throw new HttpRefusal(429, 'HW_HTTP_RATE_LIMITED', message, { 'retry-after': retryAfter })
      }
      const needsToken = route.startsWith('/api') || route === '/metrics'
      if (expected && needsToken && !isBearer(request.headers.authorization, expected)) {
        const message = request.headers.authorization ? 'The access token is wrong.' : 'An access token is needed.'
        throw new HttpRefusal(401, 'HW_HTTP_UNAUTHORIZED', message, { 'www-authenticate': 'Bearer realm="hallwatt"' })
      }
    } catch (error) {
      if (error instanceof HttpRefusal) onRefused(error.status)
      throw error
    }
  })
}

const digest = (text: string) => createHash('sha256').update(text).digest()

/** Compared as digests: equal length whatever was sent, and the time says nothing about how much of it was right. */
function isBearer(header: string | undefined, expected: Buffer): boolean {
  const sent = /^Bearer (\S+)$/i.exec(header ?? '')?.[1]
  return sent !== undefined && timingSafeEqual(digest(sent), expected)
}
