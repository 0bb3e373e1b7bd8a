import { z } from 'zod'
import { roles } from '../domain/role.ts'
import { granted } from './acts.ts'
import { principalOf } from './identity.ts'
import { actFailures, failures, type RouteHost, type RouteParts } from './routes.ts'
import { count, unixMs } from './schemas.ts'

const userSchema = z
  .object({ name: z.string(), roles: z.array(z.enum(roles)), mustChange: z.boolean(), createdAt: unixMs })
  .meta({ id: 'User' })
const oneTimeSchema = z
  .object({ name: z.string(), password: z.string().describe('For one login; told only here.') })
  .meta({ id: 'OneTimePassword' })
const rolesSchema = z.array(z.enum(roles)).min(1).max(roles.length)
const userName = z.object({ name: z.string().max(64) })

const auditEntrySchema = z
  .object({
    seq: count,
    at: unixMs,
    actor: z.string(),
    action: z.string().describe('`order.accept`, `user.add` …'),
    subject: z.string(),
    detail: z.record(z.string(), z.unknown()),
    previous: z.string().describe('Hash of the entry before.'),
    hash: z.string(),
  })
  .meta({ id: 'AuditEntry' })

const verdictSchema = z
  .object({
    intact: z.boolean(),
    entries: count,
    head: z
      .string()
      .optional()
      .describe('Hash of the last entry: note it elsewhere to prove later that nothing was rewritten.'),
    brokenAt: count.optional().describe('Number of the first entry that does not fit.'),
    reason: z.string().optional(),
  })
  .meta({ id: 'AuditVerdict' })

/** Users and the audit log, for administrators. */
export function userRoutes(app: RouteHost, { views }: RouteParts): void {
  const { users, audit } = views.auth
  const config = { access: 'manage-users' } as const

  app.get(
    '/api/v1/users',
    {
      config,
      schema: {
        operationId: 'users',
        summary: 'Everybody who can sign in',
        response: { 200: z.object({ users: z.array(userSchema) }).describe('By name.'), ...failures },
      },
    },
    () => ({ users: users.list().map((user) => ({ ...user, roles: [...user.roles] })) }),
  )

  app.post(
    '/api/v1/users',
    {
      config,
      schema: {
        operationId: 'user-add',
        summary: 'Adds a user with a one-time password',
        body: z.strictObject({ name: z.string().max(64), roles: rolesSchema }),
        response: { 201: oneTimeSchema.describe('The password to hand over.'), ...actFailures },
      },
    },
    async (request, reply) => {
      const { password } = granted(await users.add(request.body, principalOf(request).user))
      return reply.code(201).send({ name: request.body.name, password })
    },
  )

  app.post(
    '/api/v1/users/:name/password',
    {
      config,
      schema: {
        operationId: 'user-password',
        summary: 'Gives a user a new one-time password and ends their sessions',
        params: userName,
        body: z.strictObject({}),
        response: { 200: oneTimeSchema.describe('The password to hand over.'), ...actFailures },
      },
    },
    async (request) => {
      const { name } = request.params
      return { name, ...granted(await users.resetPassword(name, principalOf(request).user)) }
    },
  )

  app.post(
    '/api/v1/users/:name/roles',
    {
      config,
      schema: {
        operationId: 'user-roles',
        summary: 'Sets the roles of a user; holds at once',
        params: userName,
        body: z.strictObject({ roles: rolesSchema }),
        response: { 200: userSchema.describe('The user as it is now.'), ...actFailures },
      },
    },
    async (request) => {
      const user = granted(await users.setRoles(request.params.name, request.body.roles, principalOf(request).user))
      return { ...user, roles: [...user.roles] }
    },
  )

  app.delete(
    '/api/v1/users/:name',
    {
      config,
      schema: {
        operationId: 'user-remove',
        summary: 'Removes a user and ends their sessions',
        params: userName,
        response: { 200: userSchema.describe('The user that was.'), ...actFailures },
      },
    },
    async (request) => {
      const user = granted(await users.remove(request.params.name, principalOf(request).user))
      return { ...user, roles: [...user.roles] }
    },
  )

  app.get(
    '/api/v1/audit',
    {
      config: { access: 'see-audit' },
      schema: {
        operationId: 'audit',
        summary: 'Who did what, newest first',
        querystring: z.strictObject({
          before: z.coerce.number().int().min(1).optional().describe('Go on below this number.'),
          limit: z.coerce.number().int().min(1).max(1000).default(100),
        }),
        response: { 200: z.object({ entries: z.array(auditEntrySchema) }).describe('Newest first.'), ...failures },
      },
    },
    async (request) => {
      const { before, limit } = request.query
      return { entries: [...(await audit.list({ limit, ...(before !== undefined && { before }) }))] }
    },
  )

  app.get(
    '/api/v1/audit/verify',
    {
      config: { access: 'see-audit' },
      schema: {
        operationId: 'audit-verify',
        summary: 'Follows the whole chain of hashes and names the first broken link',
        response: { 200: verdictSchema.describe('Intact, or where it is broken.'), ...failures },
      },
    },
    () => audit.verify(),
  )
}
