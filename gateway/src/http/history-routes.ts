import { HttpRefusal } from './failures.ts'
import { historyQuestion } from './questions.ts'
import { failures, type RouteHost, type RouteParts } from './routes.ts'
import { failureSchema, historySchema } from './schemas.ts'

const DEFAULT_SPAN_MS = 60 * 60 * 1000

/** `/api/v1/history`: what a device measured, from the embedded store. */
export function historyRoutes(app: RouteHost, { views, clock }: RouteParts): void {
  app.get(
    '/api/v1/history',
    {
      schema: {
        operationId: 'history',
        summary: 'Stored values of one device; without `from` the last hour, without `to` until now',
        querystring: historyQuestion,
        response: {
          200: historySchema.describe('One series per quantity asked for, oldest point first.'),
          ...failures,
          404: failureSchema.describe('The hall has no such device.'),
          503: failureSchema.describe('The store cannot answer now.'),
        },
      },
    },
    async (request) => {
      const { device, quantity, resolution, maxPoints, ...span } = request.query
      if (!views.device(device)) throw new HttpRefusal(404, 'HW_DEVICE_UNKNOWN', `The hall has no device "${device}".`)
      const to = span.to ?? Math.max(clock.wallMs(), (span.from ?? 0) + 1)
      const from = span.from ?? Math.max(0, to - DEFAULT_SPAN_MS)
      const answer = await views.history.query({ device, quantities: quantity, from, to, resolution, maxPoints })
      const series = answer.series.map((one) => ({ ...one, points: [...one.points] }))
      return { device, from, to, resolution: answer.resolution, series }
    },
  )
}
