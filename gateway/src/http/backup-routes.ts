import { z } from 'zod'
import { aboutSchema } from './about-schemas.ts'
import { granted, record, traceOf } from './acts.ts'
import { actFailures, failures, type RouteHost, type RouteParts } from './routes.ts'

/** `/api/v1/about` and `/api/v1/backup`. */
export function backupRoutes(app: RouteHost, { views, log }: RouteParts): void {
  app.get(
    '/api/v1/about',
    {
      config: { access: 'read-settings' },
      schema: {
        operationId: 'about',
        summary: 'Version, disk, clock, counts and licences',
        response: { 200: aboutSchema.describe('Of this moment.'), ...failures },
      },
    },
    () => views.setup.about(),
  )

  app.post(
    '/api/v1/backup',
    {
      config: { access: 'back-up' },
      schema: {
        operationId: 'backup',
        summary: 'One consistent copy of store, hall.yaml and profiles as a tar file',
        body: z.strictObject({}),
        response: {
          ...actFailures,
          200: {
            description:
              'Put it back with `hallwatt restore`. Holds no environment secrets, sessions or MQTT passwords.',
            content: { 'application/x-tar': { schema: z.string() } },
          },
        },
      },
    },
    async (request, reply) => {
      const { name, stream } = granted(await views.setup.backup())
      const { actor, detail } = traceOf(request)
      await record(views.auth.audit, log, { actor, action: 'backup.take', subject: name, detail })
      reply.header('content-disposition', `attachment; filename="${name}"`)
      return reply
        .serializer((raw: string) => raw)
        .type('application/x-tar')
        .send(stream as unknown as string)
    },
  )
}
