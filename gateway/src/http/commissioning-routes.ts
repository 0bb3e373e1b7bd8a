import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { granted, record, traceOf } from './acts.ts'
import {
  alternativesRequestSchema,
  alternativesSchema,
  listenAnswerSchema,
  scanRequestSchema,
  scanSchema,
  tryAnswerSchema,
  tryRequestSchema,
} from './commissioning-schemas.ts'
import { HttpRefusal } from './failures.ts'
import { principalOf } from './identity.ts'
import { actFailures, failures, type RouteHost, type RouteParts } from './routes.ts'
import { failureSchema } from './schemas.ts'

const PER_MINUTE = 40
const scanId = z.object({ id: z.string().max(40) })

/** `/api/v1/commissioning`: finding devices on a line, trying a profile, hearing who wants to join. */
export function commissioningRoutes(app: RouteHost, { views, log }: RouteParts): void {
  const { commissioning } = views.setup
  const config = { access: 'commission' } as const
  const withinRate = app.createRateLimit({ max: PER_MINUTE, timeWindow: 60_000 })
  const unknownScan = (id: string) => new HttpRefusal(404, 'HW_SCAN_UNKNOWN', `There is no scan "${id}" any more.`)

  async function refuseHaste(request: FastifyRequest): Promise<void> {
    const rate = await withinRate(request)
    if (rate.isAllowed || !rate.isExceeded) return
    throw new HttpRefusal(429, 'HW_HTTP_RATE_LIMITED', `At most ${PER_MINUTE} tries a minute.`, {
      'retry-after': String(Math.max(1, rate.ttlInSeconds)),
    })
  }

  app.post(
    '/api/v1/commissioning/scan',
    {
      config,
      schema: {
        operationId: 'scan',
        summary: 'Looks for Modbus devices on a line; one scan at a time',
        body: scanRequestSchema,
        response: {
          202: scanSchema.describe('It runs; ask for it by its id, or hear `scan` on the stream.'),
          ...actFailures,
        },
      },
    },
    async (request, reply) => {
      await refuseHaste(request)
      const scan = granted(await commissioning.scan(request.body, principalOf(request).user))
      const { actor, detail } = traceOf(request)
      const { unitIds } = request.body
      const done = { actor, action: 'commissioning.scan', subject: scan.target, detail: { ...detail, unitIds } }
      await record(views.auth.audit, log, done)
      return reply.code(202).send(scan)
    },
  )

  app.get(
    '/api/v1/commissioning/scans/:id',
    {
      config,
      schema: {
        operationId: 'scan-state',
        summary: 'How far a scan is and what it found',
        params: scanId,
        response: {
          200: scanSchema.describe('The last 10 scans are remembered until the gateway stops.'),
          ...failures,
          404: failureSchema.describe('There is no such scan any more.'),
        },
      },
    },
    (request) => {
      const scan = commissioning.scanState(request.params.id)
      if (!scan) throw unknownScan(request.params.id)
      return scan
    },
  )

  app.post(
    '/api/v1/commissioning/scans/:id/cancel',
    {
      config,
      schema: {
        operationId: 'scan-cancel',
        summary: 'Ends a scan; what it found stays',
        params: scanId,
        body: z.strictObject({}),
        response: { 200: scanSchema.describe('As it is now.'), ...actFailures },
      },
    },
    (request) => {
      const scan = commissioning.cancel(request.params.id)
      if (!scan) throw unknownScan(request.params.id)
      return scan
    },
  )

  app.post(
    '/api/v1/commissioning/try',
    {
      config,
      schema: {
        operationId: 'try-profile',
        summary: 'Reads every point of a profile once and says which values can be right',
        body: tryRequestSchema,
        response: { 200: tryAnswerSchema.describe('In the order of the profile.'), ...actFailures },
      },
    },
    async (request) => {
      await refuseHaste(request)
      return granted(await commissioning.tryProfile(request.body))
    },
  )

  app.post(
    '/api/v1/commissioning/alternatives',
    {
      config,
      schema: {
        operationId: 'try-alternatives',
        summary: 'One point in every word order and one address beside: which reading can be right?',
        body: alternativesRequestSchema,
        response: { 200: alternativesSchema.describe('The plausible ones first.'), ...actFailures },
      },
    },
    async (request) => {
      await refuseHaste(request)
      return granted(await commissioning.alternatives(request.body))
    },
  )

  app.post(
    '/api/v1/commissioning/listen',
    {
      config,
      schema: {
        operationId: 'strangers',
        summary: 'MQTT clients the hall does not know, their topics, and profiles of that shape',
        body: z.strictObject({}),
        response: { 200: listenAnswerSchema.describe('Latest first.'), ...actFailures },
      },
    },
    () => commissioning.listen(),
  )
}
