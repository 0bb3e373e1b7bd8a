import { createReadStream } from 'node:fs'
import { z } from 'zod'
import { idSchema } from '../config/hall-schema.ts'
import { granted } from './acts.ts'
import { HttpRefusal } from './failures.ts'
import { actFailures, failures, type RouteHost, type RouteParts } from './routes.ts'
import { bilingual, count, failureSchema, unixMs } from './schemas.ts'

/** A day and a night: yesterday’s traffic. */
const MOST_MINUTES = 24 * 60

const targetSchema = z.union([z.strictObject({ link: idSchema }), z.strictObject({ device: idSchema })])
const recordingSchema = z
  .object({
    file: z.string(),
    of: z.enum(['modbus-tcp', 'serial', 'mqtt']),
    name: z.string().describe('Link, or device that sends by MQTT.'),
    startedAt: unixMs,
    bytes: count,
    until: unixMs.optional().describe('While it is under way: when it ends by itself.'),
    dropped: count.optional().describe('Exchanges that a slow disk did not take.'),
  })
  .meta({ id: 'TrafficRecording' })

/** `/api/v1/links/:id/traffic` and `/api/v1/recordings`: raw bytes as they go over a line. */
export function trafficRoutes(app: RouteHost, { views }: RouteParts): void {
  const { traffic } = views.setup

  app.get(
    '/api/v1/links/:id/traffic',
    {
      config: { access: 'see-inside' },
      schema: {
        operationId: 'link-traffic',
        summary: 'Requests and answers on a line, byte by byte; listening begins with the first question',
        params: z.object({ id: idSchema }),
        querystring: z.strictObject({
          after: z.coerce.number().int().min(0).default(0).describe('`seq` of the last exchange that is known.'),
        }),
        response: {
          200: z.object({
            exchanges: z.array(
              z.object({
                seq: z.int(),
                at: unixMs,
                ms: z.number().optional().describe('Until the last byte of the answer; absent without one.'),
                sent: z.string().describe('Hexadecimal.'),
                received: z.string(),
                said: bilingual,
              }),
            ),
          }),
          ...failures,
          404: failureSchema,
        },
      },
    },
    (request) => {
      const exchanges = traffic.look(request.params.id, request.query.after)
      if (!exchanges) throw new HttpRefusal(404, 'HW_LINK_UNKNOWN', `The hall has no link "${request.params.id}".`)
      return { exchanges: [...exchanges] }
    },
  )

  app.get(
    '/api/v1/recordings',
    {
      config: { access: 'see-inside' },
      schema: {
        operationId: 'recordings',
        summary: 'Recordings of raw traffic, newest first',
        response: { 200: z.object({ recordings: z.array(recordingSchema) }), ...failures },
      },
    },
    async () => ({ recordings: [...(await traffic.recordings())] }),
  )

  app.post(
    '/api/v1/recordings',
    {
      config: { access: 'commission' },
      schema: {
        operationId: 'start-recording',
        summary: 'Records a line, or the messages of a device; it ends by itself',
        body: z.strictObject({ target: targetSchema, minutes: z.number().min(1).max(MOST_MINUTES).default(60) }),
        response: { 201: recordingSchema, ...actFailures },
      },
    },
    async (request, reply) => {
      const { target, minutes } = request.body
      reply.code(201)
      return granted(await traffic.record(target, minutes))
    },
  )

  app.post(
    '/api/v1/recordings/stop',
    {
      config: { access: 'commission' },
      schema: {
        operationId: 'stop-recording',
        summary: 'Ends a recording; what it holds stays',
        body: z.strictObject({ target: targetSchema }),
        response: { 200: z.object({ recordings: z.array(recordingSchema) }), ...actFailures },
      },
    },
    async (request) => {
      traffic.stop(request.body.target)
      return { recordings: [...(await traffic.recordings())] }
    },
  )

  app.get(
    '/api/v1/recordings/:file',
    {
      config: { access: 'see-inside' },
      schema: {
        operationId: 'recording',
        summary: 'One recording as lines of JSON; `hallwatt replay` tries a profile on it',
        params: z.object({ file: z.string().max(200) }),
        response: {
          200: {
            description: 'The first line says what it is; each of the others is one exchange or message.',
            content: { 'application/x-ndjson': { schema: z.string() } },
          },
          ...failures,
          404: failureSchema,
        },
      },
    },
    async (request, reply) => {
      const { file } = request.params
      const path = await traffic.pathOf(file)
      if (!path) throw new HttpRefusal(404, 'HW_RECORDING_UNKNOWN', `There is no recording ${file}.`)
      reply.header('content-disposition', `attachment; filename="${file}"`)
      return reply
        .serializer((raw: string) => raw)
        .type('application/x-ndjson')
        .send(createReadStream(path) as unknown as string)
    },
  )
}
