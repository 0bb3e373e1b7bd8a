import helmet from '@fastify/helmet'
import rateLimit from '@fastify/rate-limit'
import swagger from '@fastify/swagger'
import fastify from 'fastify'
import {
  jsonSchemaTransform,
  jsonSchemaTransformObject,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod'
import type { Log } from '../ports/log.ts'
import { deviceRoutes } from './device-routes.ts'
import { answerFailures, answerOf, rawFailure } from './failures.ts'
import { type GuardSettings, guard } from './guard.ts'
import { healthRoutes } from './health-routes.ts'
import { historyRoutes } from './history-routes.ts'
import { pageRoutes } from './page-routes.ts'
import type { RouteParts } from './routes.ts'
import { streamRoutes } from './stream-routes.ts'

export interface AppParts extends RouteParts {
  readonly guard: GuardSettings
  readonly onAnswer: (status: number) => void
  readonly log: Log
}

const MAX_BODY_BYTES = 16 * 1024
const MAX_HEADER_BYTES = 16 * 1024
/** A request that has not arrived by then is given up; answers may take longer. */
const REQUEST_TIMEOUT_MS = 10_000
const KEEP_ALIVE_MS = 15_000

/** All routes behind the guard, not yet listening. */
export async function buildApp(parts: AppParts) {
  const app = fastify({
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 100 },
    http: { maxHeaderSize: MAX_HEADER_BYTES },
    clientErrorHandler(error, socket) {
      parts.onAnswer(400)
      if (socket.writable && error.code !== 'ECONNRESET') socket.end(rawFailure(error.code))
      else socket.destroy()
    },
    frameworkErrors(error, _request, reply) {
      // Too early for a route's types: an address that cannot be decoded matches none.
      parts.onAnswer(400)
      const { status, body } = answerOf(error)
      reply.raw.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body))
    },
  }).withTypeProvider<ZodTypeProvider>()
  app.setValidatorCompiler(validatorCompiler)
  // Answers are typed by their schemas and tested against the description; checking each again would hold up the whole gateway
  // for 0.2 s per list of 4,000 readings.
  app.setSerializerCompiler(() => (answer) => JSON.stringify(answer))

  await app.register(helmet, {
    // Plain HTTP in the hall: a browser told to insist on HTTPS would lock itself out.
    strictTransportSecurity: false,
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        connectSrc: ["'self'"],
        imgSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
  })
  await app.register(rateLimit, { global: false })
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Hallwatt',
        version: 'v1',
        description:
          'Live and stored readings of one electricity service hall. Described for people in gateway/docs/api.md.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: [{ url: '/' }],
      components: {
        securitySchemes: {
          token: { type: 'http', scheme: 'bearer', description: 'Needed when the gateway was started with a token.' },
        },
      },
      security: [{}, { token: [] }],
    },
    transform: jsonSchemaTransform,
    transformObject: withoutInputTwins,
  })

  answerFailures(app, parts.log)
  guard(app, parts.guard)
  app.addHook('onResponse', async (_request, reply) => parts.onAnswer(reply.statusCode))
  app.addHook('onSend', async (request, reply) => {
    if (request.routeOptions.url !== '/' && !reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store')
  })

  deviceRoutes(app, parts)
  historyRoutes(app, parts)
  streamRoutes(app, parts)
  healthRoutes(app, parts)
  pageRoutes(app)
  return app
}

/** Named shapes are only ever sent, never received; the generator describes both directions of each. */
const withoutInputTwins: typeof jsonSchemaTransformObject = (swaggerObject) => {
  const document = jsonSchemaTransformObject(swaggerObject)
  const schemas: Record<string, unknown> = ('components' in document && document.components?.schemas) || {}
  for (const name of Object.keys(schemas))
    if (name.endsWith('Input') && name.slice(0, -5) in schemas) delete schemas[name]
  return document
}
