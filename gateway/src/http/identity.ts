import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { allows, PERMISSIONS, type Permission, ROLES, type Role } from '../domain/role.ts'
import { HttpRefusal } from './failures.ts'
import { sessionIdOf } from './session-cookie.ts'
import type { AuthViews } from './views.ts'

/**
 * Who may use a route. `open`: anybody. `form`: anybody, by a plain HTML form that carries its own right (a signed link, a QR
 * report). `signed-in`: anybody with a session. `read`: everybody who may see the hall. Else a permission of domain/role.ts.
 */
export type Access = 'open' | 'form' | 'signed-in' | 'read' | Exclude<Permission, 'read-hall'>

/** Who asks. */
export interface Principal {
  readonly user: string
  readonly roles: readonly Role[]
  readonly via: 'session' | 'token'
  /** A one-time password: nothing but changing it is allowed. */
  readonly mustChange: boolean
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Without it: `read` under /api, /reports and for /metrics, `open` elsewhere. */
    access?: Access
  }
  interface FastifyRequest {
    principal: Principal | undefined
  }
}

/** The API token is a service account: it may do everything, and the audit log names it so. */
const SERVICE: Principal = { user: 'api-token', roles: ['admin'], via: 'token', mustChange: false }
const BEARER = { 'www-authenticate': 'Bearer realm="hallwatt"' }

export interface Identity {
  /** Throws HW_HTTP_UNAUTHORIZED when a token was sent and is wrong; an ended session is nobody. */
  of(request: Pick<FastifyRequest, 'headers' | 'cookies'>): Principal | undefined
}

export function createIdentity(auth: Pick<AuthViews, 'session'>, token: string | undefined): Identity {
  const expected = token === undefined ? undefined : digest(token)
  return {
    of(request) {
      const { authorization } = request.headers
      if (authorization !== undefined && expected) {
        if (isBearer(authorization, expected)) return SERVICE
        throw new HttpRefusal(401, 'HW_HTTP_UNAUTHORIZED', 'The access token is wrong.', BEARER)
      }
      const id = sessionIdOf(request)
      const session = id === undefined ? undefined : auth.session(id)
      return session && { ...session, via: 'session' }
    },
  }
}

export function accessOf(request: FastifyRequest): Access {
  const { access } = request.routeOptions.config
  if (access) return access
  // The route that matched, not the address as sent: `/%61pi` is `/api` to the router.
  const route = request.routeOptions.url ?? ''
  return route.startsWith('/api') || route.startsWith('/reports') || route === '/metrics' ? 'read' : 'open'
}

/** @param openReading  true on loopback without a token: programs of this machine may read without signing in. */
export function refuseUnlessAllowed(access: Access, principal: Principal | undefined, openReading: boolean): void {
  if (access === 'open' || access === 'form' || (access === 'read' && openReading)) return
  if (!principal) throw new HttpRefusal(401, 'HW_HTTP_UNAUTHORIZED', 'Sign in, or send an access token.', BEARER)
  if (access === 'signed-in') return
  if (principal.mustChange)
    throw new HttpRefusal(403, 'HW_AUTH_PASSWORD_CHANGE', 'Change your one-time password first.')
  const permission = access === 'read' ? 'read-hall' : access
  if (!allows(principal.roles, permission)) {
    const needed = PERMISSIONS[permission].map((role) => `${ROLES[role].zh} ${role}`).join(', ')
    throw new HttpRefusal(403, 'HW_AUTH_FORBIDDEN', `${principal.user} may not do this. Roles that may: ${needed}.`)
  }
}

/** Behind a route whose access names somebody there always is one. */
export function principalOf(request: FastifyRequest): Principal {
  if (!request.principal) throw new Error('a route without access control asked who acts')
  return request.principal
}

const digest = (text: string) => createHash('sha256').update(text).digest()

/** Compared as digests: equal length whatever was sent, and the time says nothing about how much of it was right. */
function isBearer(header: string, expected: Buffer): boolean {
  const sent = /^Bearer (\S+)$/i.exec(header)?.[1]
  return sent !== undefined && timingSafeEqual(digest(sent), expected)
}
