import { z } from 'zod'
import { idSchema } from '../config/hall-schema.ts'
import { csvOf, wantsCsv } from '../documents/csv.ts'
import { DEVICE_KINDS } from '../domain/device-kind.ts'
import { QUANTITIES } from '../domain/quantity.ts'
import { QUALIFIERS, wordsOf } from '../domain/words.ts'
import { deviceAnswer, isWanted, readingAnswer, summaryAnswer } from './device-answers.ts'
import { HttpRefusal } from './failures.ts'
import { deviceQuestion, readingQuestion } from './questions.ts'
import { failures, type RouteHost, type RouteParts } from './routes.ts'
import {
  deviceListSchema,
  deviceSchema,
  failureSchema,
  overviewSchema,
  readingListSchema,
  vocabularySchema,
} from './schemas.ts'

/** What the hall is like now: `/api/v1/overview`, `/devices`, `/devices/:id`, `/readings`, `/vocabulary`. */
export function deviceRoutes(app: RouteHost, { views, clock }: RouteParts): void {
  app.get(
    '/api/v1/overview',
    {
      schema: {
        operationId: 'overview',
        summary: 'How the whole hall is doing',
        response: { 200: overviewSchema.describe('Counts and rates of this moment.'), ...failures },
      },
    },
    () => {
      const { grafanaUrl = null, mainMeter = null } = views.dashboards()
      return {
        at: clock.wallMs(),
        zones: [...views.zones()],
        dashboards: { grafanaUrl, mainMeter },
        ...views.live.overview(),
      }
    },
  )

  app.get(
    '/api/v1/devices',
    {
      schema: {
        operationId: 'devices',
        summary: 'All devices with presence and a few readings',
        querystring: deviceQuestion,
        response: { 200: deviceListSchema.describe('In the order of hall.yaml.'), ...failures },
      },
    },
    (request) => {
      const at = clock.wallMs()
      const all = views.devices()
      const devices = all.filter((device) => isWanted(device, request.query))
      return { at, total: all.length, devices: devices.map((device) => summaryAnswer(device, at)) }
    },
  )

  app.get(
    '/api/v1/devices/:id',
    {
      schema: {
        operationId: 'device',
        summary: 'One device: every reading, its profile and its read plan',
        params: z.object({ id: idSchema }),
        response: {
          200: deviceSchema.describe('All that is known of it now.'),
          ...failures,
          404: failureSchema.describe('The hall has no such device.'),
        },
      },
    },
    (request) => {
      const { id } = request.params
      const device = views.device(id)
      if (!device) throw new HttpRefusal(404, 'HW_DEVICE_UNKNOWN', `The hall has no device "${id}".`)
      const at = clock.wallMs()
      const { title, level, connection, periodsMs = {} } = views.about(id) ?? {}
      const plan = views.plan(id)
      return {
        ...deviceAnswer(device),
        at,
        ...(title && { title }),
        ...(level && { level }),
        ...(connection && { connection }),
        readings: Object.keys(device.readings).map((quantity) => ({
          ...readingAnswer(quantity, device, at),
          ...(periodsMs[quantity] !== undefined && { periodMs: periodsMs[quantity] }),
        })),
        plan: plan ? { ...plan, rates: [...plan.rates], reads: [...plan.reads] } : null,
      }
    },
  )

  app.get(
    '/api/v1/readings',
    {
      schema: {
        operationId: 'readings',
        summary: 'Every reading of every device, as JSON or CSV',
        querystring: readingQuestion,
        response: {
          200: {
            description: 'One entry per device and quantity. CSV when the Accept header asks for text/csv.',
            content: { 'application/json': { schema: readingListSchema }, 'text/csv': { schema: z.string() } },
          },
          ...failures,
        },
      },
    },
    (request, reply) => {
      const at = clock.wallMs()
      const { quantity, ...wanted } = request.query
      const readings = views
        .devices()
        .filter((device) => isWanted(device, wanted))
        .flatMap((device) =>
          Object.keys(device.readings)
            .filter((id) => !quantity || quantity.includes(id))
            .map((id) => ({ device: device.id, ...readingAnswer(id, device, at) })),
        )
      const csv = wantsCsv(request.headers.accept)
      reply.type(csv ? CSV_TYPE : JSON_TYPE).header('vary', 'accept')
      if (!csv) return { at, readings }
      const rows = readings.map((r) => [r.device, r.quantity, r.value, r.unit, isoOf(r.at), r.quality, r.reason ?? ''])
      return csvOf(CSV_HEADER, rows)
    },
  )

  app.get(
    '/api/v1/vocabulary',
    {
      schema: {
        operationId: 'vocabulary',
        summary: 'The closed lists: device kinds and quantities with their units',
        response: { 200: vocabularySchema.describe('The same until the gateway is updated.'), ...failures },
      },
    },
    () => VOCABULARY,
  )
}

const JSON_TYPE = 'application/json; charset=utf-8'
const CSV_TYPE = 'text/csv; charset=utf-8'
const CSV_HEADER = ['device', 'quantity', 'value', 'unit', 'at', 'quality', 'reason']
const isoOf = (at: number | null) => (at === null ? null : new Date(at).toISOString())

const VOCABULARY = {
  kinds: Object.entries(DEVICE_KINDS).map(([id, name]) => ({ id, ...name })),
  quantities: Object.entries(QUANTITIES).map(([id, definition]) => {
    const { states, ...rest } = definition as typeof definition & { states?: readonly string[] }
    const words = wordsOf(id)
    return { id, ...rest, ...(states && { states: [...states] }), ...(words && { words }) }
  }),
  qualifiers: QUALIFIERS,
}
