import { z } from 'zod'
import { streamQuestion } from './questions.ts'
import { failures, type RouteHost, type RouteParts } from './routes.ts'
import { failureSchema } from './schemas.ts'
import { sessionIdOf } from './session-cookie.ts'

/** `/api/v1/stream`: the hall as it changes. */
export function streamRoutes(app: RouteHost, { streams, views }: RouteParts): void {
  app.get(
    '/api/v1/stream',
    {
      // A stream has no end, so there is nothing to say about it without one.
      exposeHeadRoute: false,
      schema: {
        operationId: 'stream',
        summary: 'Server-Sent Events: one snapshot, then what changed',
        description:
          'Events `snapshot`, `delta`, `heartbeat` (every 5 s) and `resnapshot` (the last one: connect again); `demo` with a whole run on each of its changes; `scan` while a line is looked through for devices; `alarm` and `order` for each change of one, without an id: take /api/v1/alarms and /api/v1/orders after the snapshot. The id is the sequence number. Last-Event-ID is answered with a fresh snapshot, so nothing has to be kept for readers that are away.',
        querystring: streamQuestion,
        response: {
          200: {
            description: 'A stream without end.',
            content: { 'text/event-stream': { schema: z.string() } },
          },
          ...failures,
          503: failureSchema.describe('All live streams are taken; see Retry-After.'),
        },
      },
    },
    (request, reply) => {
      const { device, zone, kind } = request.query
      const filter = { ...(device && { devices: device }), ...(zone && { zones: zone }), ...(kind && { kinds: kind }) }
      const headers = Object.fromEntries(
        Object.entries(reply.getHeaders()).map(([name, value]) => [name, String(value)]),
      )
      const id = request.principal?.via === 'session' ? sessionIdOf(request) : undefined
      const allowed = () => id === undefined || views.auth.session(id, false) !== undefined
      streams.open(filter, reply.raw, headers, allowed)
      reply.hijack()
    },
  )
}
