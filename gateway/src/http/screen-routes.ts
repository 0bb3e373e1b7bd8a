import type { ServerResponse } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { idSchema } from '../config/hall-schema.ts'
import { granted } from './acts.ts'
import { screenStateSchema, screenViewSchema } from './demo-schemas.ts'
import { HttpRefusal } from './failures.ts'
import { principalOf } from './identity.ts'
import { actFailures, failures, type RouteHost, type RouteParts } from './routes.ts'
import { failureSchema, unixMs } from './schemas.ts'
import { keepScreenSecret, screenSecretOf } from './screen-cookie.ts'

const HEARTBEAT_MS = 5_000
/** All big screens of a hall together, with room for those that are being started anew. */
const MAX_SCREEN_STREAMS = 16
/** A screen this far behind is dropped; it comes back and takes the whole picture. */
const MAX_BUFFERED_BYTES = 1024 * 1024
const CODES_PER_MINUTE = 20
const TRIES_PER_MINUTE = 10

const nameParams = z.object({ name: idSchema })

/**
 * `/api/v1/screens`: big screens for the public. A screen has no account: it shows six digits, a guide enters them, and from then
 * on a cookie that no script can read lets this one browser see this one screen.
 */
export function screenRoutes(app: RouteHost, { views, clock }: RouteParts): void {
  const { bigScreens } = views
  const streams = new Set<ServerResponse>()
  const codes = app.createRateLimit({ max: CODES_PER_MINUTE, timeWindow: 60_000 })
  const tries = app.createRateLimit({ max: TRIES_PER_MINUTE, timeWindow: 60_000 })

  function refuseUnknown(name: string): void {
    if (!bigScreens.isKnown(name)) throw new HttpRefusal(404, 'HW_SCREEN_UNKNOWN', `The hall has no screen "${name}".`)
  }

  app.get(
    '/api/v1/screens',
    {
      schema: {
        operationId: 'screens',
        summary: 'The big screens of the hall and what they show',
        response: { 200: z.object({ screens: z.array(screenStateSchema) }), ...failures },
      },
    },
    () => ({ screens: [...bigScreens.list()] }),
  )

  app.get(
    '/api/v1/screens/:name',
    {
      config: { access: 'open' },
      schema: {
        operationId: 'screen-pairing',
        summary: 'Whether this browser is paired as this screen',
        params: nameParams,
        response: { 200: z.object({ paired: z.boolean() }), ...failures, 404: failureSchema },
      },
    },
    (request) => {
      const { name } = request.params
      refuseUnknown(name)
      return { paired: bigScreens.isPaired(name, screenSecretOf(request, name)) }
    },
  )

  app.post(
    '/api/v1/screens/:name/pairing',
    {
      config: { access: 'open' },
      schema: {
        operationId: 'offer-screen',
        summary: 'Six digits for a screen to show; whoever enters them on the tablet pairs it',
        params: nameParams,
        body: z.strictObject({}),
        response: { 200: z.object({ code: z.string(), until: unixMs }), ...actFailures },
      },
    },
    async (request, reply) => {
      const { name } = request.params
      refuseUnknown(name)
      await refuseTooMany(codes, request)
      const { secret, code, until } = bigScreens.offer(name, screenSecretOf(request, name))
      keepScreenSecret(request, reply, name, secret)
      return { code, until }
    },
  )

  app.post(
    '/api/v1/screens/pair',
    {
      config: { access: 'run-demos' },
      schema: {
        operationId: 'pair-screen',
        summary: 'Enters the six digits a screen shows',
        body: z.strictObject({ code: z.string().regex(/^\d{6}$/) }),
        response: { 200: z.object({ screen: z.string() }), ...actFailures },
      },
    },
    async (request) => {
      await refuseTooMany(tries, request)
      return granted(await bigScreens.pair(request.body.code, principalOf(request).user))
    },
  )

  app.post(
    '/api/v1/screens/:name/dark',
    {
      config: { access: 'run-demos' },
      schema: {
        operationId: 'dark-screen',
        summary: 'Makes a screen black, or shows its picture again (黑场)',
        params: nameParams,
        body: z.strictObject({ dark: z.boolean() }),
        response: { 200: z.object({ dark: z.boolean() }), ...actFailures },
      },
    },
    (request) => {
      const { name } = request.params
      refuseUnknown(name)
      bigScreens.setDark(name, request.body.dark)
      return { dark: request.body.dark }
    },
  )

  app.get(
    '/api/v1/screens/:name/stream',
    {
      config: { access: 'open' },
      exposeHeadRoute: false,
      schema: {
        operationId: 'screen-stream',
        summary: 'Server-Sent Events for a paired screen: the whole picture at once and on every change',
        description:
          'Events `screen` (a ScreenView, whole each time, at most twice a second) and `heartbeat` (every 5 s).',
        params: nameParams,
        response: {
          200: {
            description: 'A stream without end.',
            content: { 'text/event-stream': { schema: screenViewSchema } },
          },
          ...failures,
          404: failureSchema,
          503: failureSchema.describe('All streams for screens are taken.'),
        },
      },
    },
    (request, reply) => {
      const { name } = request.params
      refuseUnknown(name)
      const secret = screenSecretOf(request, name)
      if (!bigScreens.isPaired(name, secret))
        throw new HttpRefusal(401, 'HW_SCREEN_NOT_PAIRED', 'This browser is not paired as this screen.')
      if (streams.size >= MAX_SCREEN_STREAMS)
        throw new HttpRefusal(503, 'HW_HTTP_TOO_MANY_STREAMS', 'All streams for screens are taken.', {
          'retry-after': '10',
        })
      stream(reply, name)
    },
  )

  function stream(reply: FastifyReply, name: string): void {
    const response = reply.raw
    const headers = Object.fromEntries(Object.entries(reply.getHeaders()).map(([key, value]) => [key, String(value)]))
    response.writeHead(200, {
      ...headers,
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    })
    reply.hijack()
    streams.add(response)
    const left = new AbortController()
    const write = (event: string, data: object) => {
      if (response.writableLength > MAX_BUFFERED_BYTES) response.destroy()
      else response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
    }
    const leave = bigScreens.follow(name, (view) => write('screen', view))
    response.once('close', () => {
      leave()
      left.abort()
      streams.delete(response)
    })
    // A reset connection is a screen that left; `close` follows.
    response.on('error', () => {})
    void beat(left.signal, () => write('heartbeat', { type: 'heartbeat', at: clock.wallMs() }))
  }

  async function beat(signal: AbortSignal, tell: () => void): Promise<void> {
    while (!signal.aborted) {
      await clock.sleep(HEARTBEAT_MS, signal).catch(() => {}) // the screen left
      if (!signal.aborted) tell()
    }
  }

  app.addHook('preClose', async () => {
    for (const response of streams) response.destroy()
  })
}

async function refuseTooMany(within: ReturnType<RouteHost['createRateLimit']>, request: FastifyRequest): Promise<void> {
  const rate = await within(request)
  if (rate.isAllowed || !rate.isExceeded) return
  const after = String(Math.max(1, rate.ttlInSeconds))
  throw new HttpRefusal(429, 'HW_HTTP_RATE_LIMITED', `Too many tries. Wait ${after} s.`, { 'retry-after': after })
}
