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
          404: failureSchema.describe('Nothing was ever stored of such a device.'),
          503: failureSchema.describe('The store cannot answer now.'),
        },
      },
    },
    async (request) => {
      const { device, quantity, resolution, maxPoints, ...span } = request.query
      const to = span.to ?? Math.max(clock.wallMs(), (span.from ?? 0) + 1)
      const from = span.from ?? Math.max(0, to - DEFAULT_SPAN_MS)
      const answer = await views.history.query({ device, quantities: quantity, from, to, resolution, maxPoints })
      const series = answer.series.map((one) => ({ ...one, points: one.points.map(([at, value]) => pair(at, value)) }))
      return { ...answer, device, from, to, series }
    },
  )
}

const pair = <Point>(at: number, value: Point): [number, Point] => [at, value]
