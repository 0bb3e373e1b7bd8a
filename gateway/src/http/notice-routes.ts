import { z } from 'zod'
import { idSchema } from '../config/hall-schema.ts'
import { record, traceOf } from './acts.ts'
import { HttpRefusal } from './failures.ts'
import { actFailures, failures, type RouteHost, type RouteParts } from './routes.ts'
import { count, unixMs } from './schemas.ts'

const deadLetterSchema = z
  .object({
    key: z.string(),
    kind: z.string(),
    priority: z.string(),
    to: z.string().describe('Person or group.'),
    title: z.string(),
    channels: z.array(z.string()).describe('Those that were tried.'),
    createdAt: unixMs,
    code: z.string(),
    reason: z.string().describe('Why the last channel did not take it.'),
    at: unixMs.describe('When it was given up.'),
  })
  .meta({ id: 'DeadLetter' })

const channelSchema = z
  .object({
    id: z.string(),
    type: z.string(),
    working: z.boolean(),
    provedAt: unixMs.optional().describe('Last delivery; absent: none since the start.'),
    code: z.string().optional(),
    reason: z.string().optional(),
    usedThisMinute: count,
    perMinute: count.optional(),
  })
  .meta({ id: 'Channel' })

/** Messages that reached nobody, and the channels themselves. */
export function noticeRoutes(app: RouteHost, { views, log }: RouteParts): void {
  const { notices } = views
  const config = { access: 'see-notices' } as const

  app.get(
    '/api/v1/channels',
    {
      config,
      schema: {
        operationId: 'channels',
        summary: 'Notification channels: working or not, how full this minute',
        response: { 200: z.object({ channels: z.array(channelSchema) }).describe('As in hall.yaml.'), ...failures },
      },
    },
    () => ({ channels: [...notices.channels()] }),
  )

  app.post(
    '/api/v1/channels/:id/test',
    {
      config,
      schema: {
        operationId: 'channel-test',
        summary: 'Sends one test message now; the verdict is the vendor’s',
        params: z.object({ id: idSchema }),
        body: z.strictObject({ to: idSchema.optional().describe('Person, for channels that go to one person.') }),
        response: {
          200: z
            .object({
              accepted: z.boolean(),
              type: z.string(),
              code: z.string().optional(),
              reason: z.string().optional(),
            })
            .describe('What the other side said.'),
          ...actFailures,
        },
      },
    },
    async (request) => {
      const { id } = request.params
      const verdict = await notices.testChannel(id, request.body.to)
      if (!verdict) throw new HttpRefusal(404, 'HW_CHANNEL_UNKNOWN', `The hall has no channel "${id}".`)
      const { actor, detail } = traceOf(request)
      await record(views.auth.audit, log, { actor, action: 'channel.test', subject: id, detail })
      if (verdict.type === 'ok') return { accepted: true, type: verdict.type }
      const { type, code, reason } = verdict
      return { accepted: false, type, code, reason }
    },
  )

  app.get(
    '/api/v1/notices/dead-letters',
    {
      config,
      schema: {
        operationId: 'dead-letters',
        summary: 'Messages that no channel delivered',
        querystring: z.strictObject({ limit: z.coerce.number().int().min(1).max(1000).default(100) }),
        response: {
          200: z.object({ deadLetters: z.array(deadLetterSchema) }).describe('Newest first.'),
          ...failures,
        },
      },
    },
    async (request) => {
      const dead = await notices.deadLetters(request.query.limit)
      const deadLetters = dead.map(({ key, code, reason, at, notice }) => {
        const { kind, priority, to, title, channels, createdAt } = notice
        return { key, kind, priority, to, title, channels: [...channels], createdAt, code, reason, at }
      })
      return { deadLetters }
    },
  )

  app.post(
    '/api/v1/notices/dead-letters/retry',
    {
      config,
      schema: {
        operationId: 'dead-letter-retry',
        summary: 'Puts one back into the queue',
        body: z.strictObject({ key: z.string().min(1).max(300) }),
        response: { 200: z.object({ key: z.string() }).describe('It waits to be sent.'), ...actFailures },
      },
    },
    async (request) => {
      const { key } = request.body
      if (!(await notices.retry(key)))
        throw new HttpRefusal(404, 'HW_NOTICE_UNKNOWN', `No undelivered message has the key "${key}".`)
      const { actor, detail } = traceOf(request)
      await record(views.auth.audit, log, { actor, action: 'notice.retry', subject: key, detail })
      return { key }
    },
  )
}
