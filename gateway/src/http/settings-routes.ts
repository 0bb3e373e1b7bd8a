import { z } from 'zod'
import { idSchema } from '../config/hall-schema.ts'
import { allows, PERMISSIONS } from '../domain/role.ts'
import { changeSchema, permissionOf } from '../settings/change-schema.ts'
import { record, traceOf } from './acts.ts'
import { factsSchema } from './facts-schemas.ts'
import { failure, HttpRefusal } from './failures.ts'
import { principalOf } from './identity.ts'
import { actFailures, failures, type RouteHost, type RouteParts } from './routes.ts'
import { failureSchema } from './schemas.ts'
import {
  effectiveRulesSchema,
  profileListSchema,
  profileSchema,
  refusedSettingsSchema,
  savedSchema,
  settingsSchema,
  staleSettingsSchema,
} from './settings-schemas.ts'

/** A hall of 2,000 devices replaced at once would be 400 KB; nobody does that by hand. */
const MAX_BODY_BYTES = 256 * 1024
const CHANGES_PER_MINUTE = 60

const changeBody = z.strictObject({
  revision: z.string().min(1).max(80).describe('`source.revision` of the settings the person saw.'),
  changes: z.array(changeSchema).min(1).max(200).describe('Done in this order, all or none.'),
  dryRun: z.boolean().default(false).describe('Only say what would be written, and what is wrong with it.'),
})

/** `/api/v1/settings` and `/api/v1/profiles`: what the hall is made of, and changing it in hall.yaml. */
export function settingsRoutes(app: RouteHost, { views, log }: RouteParts): void {
  const { settings, profiles, facts } = views.setup
  const read = { access: 'read-settings' } as const
  const withinRate = app.createRateLimit({ max: CHANGES_PER_MINUTE, timeWindow: 60_000 })

  app.get(
    '/api/v1/settings',
    {
      config: read,
      schema: {
        operationId: 'settings',
        summary: 'Everything that stands in hall.yaml, with defaults and lines; no secrets',
        response: { 200: settingsSchema.describe('As it is applied now.'), ...failures },
      },
    },
    () => settings.read(),
  )

  app.get(
    '/api/v1/facts',
    {
      config: read,
      schema: {
        operationId: 'facts',
        summary:
          'Price lists and emission factors with their source and review date, and the prices of the next seven days',
        response: { 200: factsSchema, ...failures },
      },
    },
    () => facts(),
  )

  app.get(
    '/api/v1/settings/rules',
    {
      config: read,
      schema: {
        operationId: 'settings-rules',
        summary: 'The fault rules that hold for one device, after all layers',
        querystring: z.strictObject({ device: idSchema }),
        response: {
          200: effectiveRulesSchema.describe('From words of parts, kind, profile and hall.'),
          ...failures,
          404: failureSchema.describe('The hall has no such device.'),
        },
      },
    },
    (request) => {
      const { device } = request.query
      const rules = settings.rules(device)
      if (!rules) throw new HttpRefusal(404, 'HW_DEVICE_UNKNOWN', `The hall has no device "${device}".`)
      return rules
    },
  )

  app.patch(
    '/api/v1/settings',
    {
      config: { access: 'change-devices' },
      bodyLimit: MAX_BODY_BYTES,
      schema: {
        operationId: 'settings-change',
        summary: 'Changes hall.yaml: checked as a whole, written as a whole, applied at once',
        body: changeBody,
        response: {
          ...actFailures,
          200: savedSchema.describe('Written and applied, or what would be.'),
          409: staleSettingsSchema.describe(
            'HW_SETTINGS_STALE: the file was changed meanwhile; both versions. HW_SETTINGS_READ_ONLY, HW_SETTINGS_UNFIT: the message says why.',
          ),
          422: refusedSettingsSchema.describe('The file would have problems; nothing was written.'),
        },
      },
    },
    async (request, reply) => {
      const { user, roles } = principalOf(request)
      const { revision, changes, dryRun } = request.body
      const lacking = changes.map(permissionOf).find((permission) => !allows(roles, permission))
      if (lacking)
        throw new HttpRefusal(
          403,
          'HW_AUTH_FORBIDDEN',
          `${user} may change devices and links only. Roles that may change the rest: ${PERMISSIONS[lacking].join(', ')}.`,
        )
      const rate = await withinRate(request)
      if (!rate.isAllowed && rate.isExceeded)
        throw new HttpRefusal(429, 'HW_HTTP_RATE_LIMITED', 'Too many changes of settings in a minute.', {
          'retry-after': String(Math.max(1, rate.ttlInSeconds)),
        })
      const result = await settings.change({ revision, changes, dryRun })
      if (result.ok) {
        if (result.value.written) {
          const { actor, detail } = traceOf(request)
          const done = changes.slice(0, 20).map(summaryOf)
          const more = changes.length > done.length ? { more: changes.length - done.length } : {}
          await record(views.auth.audit, log, {
            actor,
            action: 'settings.change',
            subject: 'hall.yaml',
            detail: { ...detail, changes: done, ...more, from: revision, to: result.value.revision },
          })
        }
        return result.value
      }
      const body = failure(result.code, result.message)
      if (result.kind === 'invalid')
        return reply.code(422).send({ ...body, problems: [...result.problems], diff: result.diff })
      if (result.kind === 'stale') {
        const { current, yours, rebased } = result
        const onto = rebased && { diff: rebased.diff, problems: [...rebased.problems] }
        return reply.code(409).send({ ...body, current, yours, rebased: onto })
      }
      return reply.code(409).send(body)
    },
  )

  app.get(
    '/api/v1/profiles',
    {
      config: read,
      schema: {
        operationId: 'profiles',
        summary: 'All device profiles this gateway knows',
        response: { 200: profileListSchema.describe('By id; and files that could not be read.'), ...failures },
      },
    },
    () => profiles.list(),
  )

  app.get(
    '/api/v1/profiles/:vendor/:model',
    {
      config: read,
      schema: {
        operationId: 'profile',
        summary: 'One profile: its points with addresses, rates and sources',
        params: z.object({ vendor: z.string().max(80), model: z.string().max(80) }),
        response: {
          200: profileSchema.describe('As the file says.'),
          ...failures,
          404: failureSchema.describe('There is no such profile.'),
        },
      },
    },
    async (request) => {
      const id = `${request.params.vendor}/${request.params.model}`
      const profile = await profiles.get(id)
      if (!profile) throw new HttpRefusal(404, 'HW_PROFILE_UNKNOWN', `There is no profile "${id}".`)
      return profile
    },
  )
}

/** What an audit entry says of a change: which thing, never its content. */
function summaryOf(change: z.infer<typeof changeSchema>): string {
  const fields: Record<string, unknown> = { ...change }
  const item = fields[change.do.split('.', 1)[0] ?? ''] as { id?: string } | undefined
  const which = fields.id ?? item?.id ?? fields.index
  return which === undefined ? change.do : `${change.do} ${String(which)}`
}
