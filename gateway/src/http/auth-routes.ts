import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { roles } from '../domain/role.ts'
import { granted } from './acts.ts'
import { HttpRefusal } from './failures.ts'
import { principalOf } from './identity.ts'
import { actFailures, failures, type RouteHost, type RouteParts } from './routes.ts'
import { failureSchema } from './schemas.ts'
import { clearSessionCookie, sessionIdOf, setSessionCookie } from './session-cookie.ts'
import type { AuthViews } from './views.ts'

const meSchema = z
  .object({
    user: z.string(),
    name: z.string().describe('How the hall calls this person.'),
    roles: z.array(z.enum(roles)),
    via: z.enum(['session', 'token']),
    mustChange: z.boolean().describe('Signed in with a one-time password: only changing it is allowed.'),
  })
  .meta({ id: 'Me' })

const passwordSchema = z.string().min(1).max(200)
const loginFailures = {
  ...actFailures,
  401: failureSchema.describe('The user name or the password is wrong.'),
  429: failureSchema.describe('Too many failed logins, 5 of one user from one address in 5 minutes; see Retry-After.'),
}

/** Signing in and out, and one’s own password. */
export function authRoutes(app: RouteHost, { views }: RouteParts): void {
  const { auth } = views
  const nameOf = (user: string) => views.repair.personName(user)

  app.post(
    '/api/v1/login',
    {
      config: { access: 'open' },
      schema: {
        operationId: 'login',
        summary: 'Signs in; the session comes as an HttpOnly cookie',
        security: [],
        body: z.strictObject({ user: z.string().min(1).max(64), password: passwordSchema }),
        response: { 200: meSchema.describe('Who is signed in now.'), ...loginFailures },
      },
    },
    async (request, reply) => {
      const { user, password } = request.body
      const before = sessionIdOf(request)
      const signedIn = sessionFrom(await auth.login(user, password, request.ip), request, reply)
      // The browser has a new session; the one it came with would be left behind.
      if (before !== undefined) await auth.logout(before)
      return { ...signedIn, name: nameOf(signedIn.user) }
    },
  )

  app.post(
    '/api/v1/logout',
    {
      config: { access: 'open' },
      schema: {
        operationId: 'logout',
        summary: 'Ends the session',
        body: z.strictObject({}),
        response: { 200: z.object({ signedIn: z.literal(false) }).describe('Also when there was none.'), ...failures },
      },
    },
    async (request, reply) => {
      const id = sessionIdOf(request)
      clearSessionCookie(reply)
      if (id !== undefined) await auth.logout(id)
      return { signedIn: false as const }
    },
  )

  app.get(
    '/api/v1/me',
    {
      config: { access: 'signed-in' },
      schema: {
        operationId: 'me',
        summary: 'Who is signed in',
        response: { 200: meSchema.describe('Name, roles, way in.'), ...failures },
      },
    },
    (request) => {
      const { roles, ...rest } = principalOf(request)
      return { ...rest, roles: [...roles], name: nameOf(rest.user) }
    },
  )

  app.post(
    '/api/v1/me/password',
    {
      config: { access: 'signed-in' },
      schema: {
        operationId: 'me-password',
        summary: 'Changes one’s own password and ends all other sessions',
        body: z.strictObject({ current: passwordSchema, next: passwordSchema }),
        response: { 200: meSchema.describe('Signed in anew.'), ...loginFailures },
      },
    },
    async (request, reply) => {
      const { user, via } = principalOf(request)
      if (via === 'token') throw new HttpRefusal(403, 'HW_AUTH_FORBIDDEN', 'A token has no password.')
      const { current, next } = request.body
      const signedIn = sessionFrom(await auth.changePassword(user, current, next, request.ip), request, reply)
      return { ...signedIn, name: nameOf(user) }
    },
  )
}

/** Sets the cookie of a login that went well; throws what was refused. */
function sessionFrom(result: Awaited<ReturnType<AuthViews['login']>>, request: FastifyRequest, reply: FastifyReply) {
  if (!result.ok && result.retryAfterS !== undefined)
    throw new HttpRefusal(429, result.code, result.message, { 'retry-after': String(result.retryAfterS) })
  const { id, maxAgeS, roles, ...signedIn } = granted(result)
  setSessionCookie(request, reply, id, maxAgeS)
  return { ...signedIn, roles: [...roles], via: 'session' as const }
}
