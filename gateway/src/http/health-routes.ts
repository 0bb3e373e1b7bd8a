import { z } from 'zod'
import { failure } from './failures.ts'
import type { RouteHost, RouteParts } from './routes.ts'
import { failures } from './routes.ts'
import { notReadySchema, readinessSchema } from './schemas.ts'

/** `/healthz` (the process lives), `/readyz` (it can do its work), `/metrics`, and the description of the API. */
export function healthRoutes(app: RouteHost, { views }: RouteParts): void {
  app.get(
    '/healthz',
    {
      schema: {
        operationId: 'healthz',
        summary: 'The process answers',
        security: [],
        response: { 200: z.object({ alive: z.literal(true) }).describe('It does.') },
      },
    },
    () => ({ alive: true as const }),
  )

  app.get(
    '/readyz',
    {
      schema: {
        operationId: 'readyz',
        summary: 'The gateway can do its work: store writable, broker listening, configuration valid',
        security: [],
        response: {
          200: readinessSchema.describe('Every check holds.'),
          503: notReadySchema.describe('At least one check fails; each says why.'),
        },
      },
    },
    async (_request, reply) => {
      const checks = [...(await views.health())]
      const failing = checks.filter(({ ok }) => !ok)
      if (failing.length === 0) return { ready: true, checks }
      const reasons = failing.map(({ name, message }) => (message ? `${name}: ${message}` : name)).join('; ')
      return reply.code(503).send({ ...failure('HW_NOT_READY', reasons), checks })
    },
  )

  app.get(
    '/metrics',
    {
      schema: {
        operationId: 'metrics',
        summary: 'Everything the gateway counts about itself, for Prometheus',
        description: 'Listed in gateway/docs/metrics.md.',
        response: {
          200: { description: 'Prometheus text.', content: { 'text/plain': { schema: z.string() } } },
          ...failures,
        },
      },
    },
    async (_request, reply) => {
      const { contentType, text } = await views.metrics()
      return reply.type(contentType).send(text)
    },
  )

  app.get(
    '/api/v1/openapi.json',
    {
      schema: {
        operationId: 'openapi',
        summary: 'This description',
        response: { 200: z.record(z.string(), z.unknown()).describe('OpenAPI 3.1.'), ...failures },
      },
    },
    () => ({ ...app.swagger() }),
  )
}
