import type { FastifyInstance, FastifyRequest } from 'fastify'
import { isLoopback } from '../config/loopback.ts'
import { HallwattError } from '../domain/errors.ts'
import { HttpRefusal } from './failures.ts'
import { type Access, accessOf, type Identity, type Principal, refuseUnlessAllowed } from './identity.ts'

/** Shorter ones can be guessed within the rate limit in a lifetime. */
const SHORTEST_TOKEN = 16

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
  readonly identity: Identity
  /** On loopback without a token: reading needs nobody to sign in. */
  readonly openReading: boolean
  /** Under which people reach the gateway, when that is not where it listens. */
  readonly publicUrl: string | undefined
  readonly requestsPerMinute: number
  /** Called with the status of every refusal. */
  readonly onRefused: (status: number) => void
}

/**
 * Stands before every route, unknown ones too: host name (a web page of another origin can reach loopback by DNS rebinding),
 * rate, who asks and what they may, and for acts that no other page asks in somebody's name. `/healthz` and `/readyz` are never
 * refused for their rate: a watchdog shares the address with everybody here. Nor are the files of the console: one page is made of
 * dozens, and browsers keep them.
 */
export function guard(app: FastifyInstance, settings: GuardSettings): void {
  const { host, identity, openReading, requestsPerMinute, onRefused } = settings
  const published = settings.publicUrl === undefined ? undefined : new URL(settings.publicUrl)
  const withinRate = app.createRateLimit({ max: requestsPerMinute, timeWindow: 60_000 })
  app.decorateRequest('principal', undefined)

  app.addHook('onRequest', async (request) => {
    const route = request.routeOptions.url ?? ''
    try {
      refuseForeignHost(request.hostname, host, published)
      if (route === '/healthz' || route === '/readyz' || route.startsWith('/assets/')) return
      const rate = await withinRate(request)
      if (!rate.isAllowed && rate.isExceeded) {
        const retryAfter = String(Math.max(1, rate.ttlInSeconds))
        const message = `More than ${requestsPerMinute} requests in a minute. Try again in ${retryAfter} s.`
        throw new HttpRefusal(429, 'HW_HTTP_RATE_LIMITED', message, { 'retry-after': retryAfter })
      }
      const access = accessOf(request)
      if (route !== '' && request.method !== 'GET' && request.method !== 'HEAD' && access !== 'form')
        refuseForgery(request, published, access)
      if (access === 'open' || access === 'form') return
      request.principal = identity.of(request)
      refuseUnlessAllowed(access, request.principal, openReading)
    } catch (error) {
      if (error instanceof HttpRefusal) onRefused(error.status)
      throw error
    }
  })
}

/**
 * An act comes from our own page or from a program: as JSON, which no foreign form can send, and from no other origin. This
 * holds beside SameSite=Strict, to which another port of this machine is the same site.
 */
function refuseForgery(request: FastifyRequest, published: URL | undefined, access: Access): void {
  const { origin, 'sec-fetch-site': site } = request.headers
  const foreignOrigin = origin !== undefined && !isOurs(origin, request.host, published)
  const foreignSite = origin === undefined && site !== undefined && site !== 'same-origin' && site !== 'none'
  if (foreignOrigin || foreignSite) throw originRefused()
  // The flow editor sends some acts without a body; there the Origin has to be named, see flows-routes.ts.
  if (access === 'edit-flows') {
    if (origin === undefined && request.headers.authorization === undefined) throw originRefused()
    return
  }
  if (request.method !== 'DELETE' && !/^application\/json\s*(;|$)/i.test(request.headers['content-type'] ?? ''))
    throw new HttpRefusal(415, 'HW_HTTP_NOT_JSON', 'Acts are sent as JSON.')
}

const originRefused = () =>
  new HttpRefusal(403, 'HW_HTTP_ORIGIN_REFUSED', 'Another web page asked for this, not the one of the gateway.')

function refuseForeignHost(hostname: string, host: string, published: URL | undefined): void {
  const name = hostname.replace(/^\[|\]$/g, '')
  if (isLoopback(host) && !isLoopback(name) && name !== published?.hostname)
    throw new HttpRefusal(403, 'HW_HTTP_HOST_REFUSED', 'The Host header names another machine than this one.')
}

/**
 * The same for a request to become a WebSocket, which passes no hook of Fastify. A browser sends cookies along from any page, so
 * the Origin has to be ours; a program with a token has none.
 */
export function guardUpgrade(
  request: Pick<FastifyRequest, 'headers' | 'cookies'>,
  access: Access,
  settings: GuardSettings,
): Principal | undefined {
  const { host, identity, openReading, onRefused } = settings
  const published = settings.publicUrl === undefined ? undefined : new URL(settings.publicUrl)
  const { host: named = '', origin, authorization } = request.headers
  try {
    refuseForeignHost(URL.canParse(`http://${named}`) ? new URL(`http://${named}`).hostname : '', host, published)
    if (origin === undefined ? authorization === undefined : !isOurs(origin, named, published)) throw originRefused()
    const principal = identity.of(request)
    refuseUnlessAllowed(access, principal, openReading)
    return principal
  } catch (error) {
    if (error instanceof HttpRefusal) onRefused(error.status)
    throw error
  }
}

/** `null` (a page without an origin) is never ours. */
function isOurs(origin: string, host: string, published: URL | undefined): boolean {
  if (!URL.canParse(origin)) return false
  return new URL(origin).host === host.toLowerCase() || origin === published?.origin
}
