import cookie from '@fastify/cookie'
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
import { PERMISSIONS } from '../domain/role.ts'
import { alarmRoutes } from './alarm-routes.ts'
import { authRoutes } from './auth-routes.ts'
import { backupRoutes } from './backup-routes.ts'
import { commandRoutes } from './command-routes.ts'
import { commissioningRoutes } from './commissioning-routes.ts'
import { consoleRoutes } from './console-routes.ts'
import { demoRoutes } from './demo-routes.ts'
import { deviceInsideRoutes } from './device-inside-routes.ts'
import { deviceRoutes } from './device-routes.ts'
import { answerFailures, answerOf, rawFailure } from './failures.ts'
import { flowsRoutes } from './flows-routes.ts'
import { formRoutes } from './form-routes.ts'
import { type GuardSettings, guard } from './guard.ts'
import { healthRoutes } from './health-routes.ts'
import { historyRoutes } from './history-routes.ts'
import { journalRoutes } from './journal-routes.ts'
import { noticeRoutes } from './notice-routes.ts'
import { orderRoutes } from './order-routes.ts'
import { reportRoutes } from './report-routes.ts'
import type { RouteParts } from './routes.ts'
import { screenRoutes } from './screen-routes.ts'
import { settingsRoutes } from './settings-routes.ts'
import { streamRoutes } from './stream-routes.ts'
import { trafficRoutes } from './traffic-routes.ts'
import { userRoutes } from './user-routes.ts'

export interface AppParts extends RouteParts {
  /** The build of the web console. */
  readonly consoleFolder: string | undefined
  readonly guard: GuardSettings
  readonly onAnswer: (status: number) => void
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
    // A one-tap link with the longest person id is 180 characters.
    routerOptions: { maxParamLength: 512 },
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
    schemaController: {
      // Given here, Fastify does not load its own: ajv and fast-json-stringify take 0.15 s and 3 MB.
      compilersFactory: {
        // Its types know no other validator than ajv's.
        buildValidator: (() => validatorCompiler) as never,
        // Answers are typed by their schemas and tested against the description; checking each again would hold up the whole
        // gateway for 0.2 s per list of 4,000 readings.
        buildSerializer: () => () => (answer) => JSON.stringify(answer),
      },
    },
  }).withTypeProvider<ZodTypeProvider>()

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
        imgSrc: ["'self'", 'data:', 'blob:'],
        mediaSrc: ["'self'", 'blob:'],
        workerSrc: ["'self'"],
        manifestSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
  })
  await app.register(cookie)
  await app.register(rateLimit, { global: false })
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Hallwatt',
        version: 'v1',
        description:
          'Readings, alarms and work orders of one electricity service hall. Described for people in gateway/docs/api.md.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      servers: [{ url: '/' }],
      components: {
        securitySchemes: {
          token: {
            type: 'http',
            scheme: 'bearer',
            description: 'For programs, when the gateway was started with a token.',
          },
          session: {
            type: 'apiKey',
            in: 'cookie',
            name: 'hallwatt_session',
            description: 'For people, from /api/v1/login.',
          },
        },
      },
      security: [{}, { token: [] }, { session: [] }],
    },
    transform: withRoles,
    transformObject: withoutInputTwins,
  })

  answerFailures(app, parts.log)
  guard(app, parts.guard)
  app.addHook('onResponse', async (_request, reply) => parts.onAnswer(reply.statusCode))
  app.addHook('onSend', async (_request, reply) => {
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store')
  })

  deviceRoutes(app, parts)
  historyRoutes(app, parts)
  streamRoutes(app, parts)
  healthRoutes(app, parts)
  authRoutes(app, parts)
  userRoutes(app, parts)
  alarmRoutes(app, parts)
  commandRoutes(app, parts)
  demoRoutes(app, parts)
  screenRoutes(app, parts)
  orderRoutes(app, parts)
  journalRoutes(app, parts)
  noticeRoutes(app, parts)
  reportRoutes(app, parts)
  deviceInsideRoutes(app, parts)
  settingsRoutes(app, parts)
  trafficRoutes(app, parts)
  commissioningRoutes(app, parts)
  backupRoutes(app, parts)
  await formRoutes(app, parts)
  await flowsRoutes(app, parts)
  await consoleRoutes(app, parts.consoleFolder)
  return app
}

/** Says beside every act who may do it. */
const withRoles: typeof jsonSchemaTransform = (route) => {
  const { schema, url } = jsonSchemaTransform(route)
  const access = route.route.config?.access
  if (access === undefined || access === 'open' || access === 'form' || access === 'read') return { schema, url }
  const description =
    access === 'signed-in' ? 'Needs a session or a token.' : `Roles: ${PERMISSIONS[access].join(', ')}.`
  return { schema: { ...schema, description, security: [{ token: [] }, { session: [] }] }, url }
}

/** Named shapes are only ever sent, never received; the generator describes both directions of each. */
const withoutInputTwins: typeof jsonSchemaTransformObject = (swaggerObject) => {
  const document = jsonSchemaTransformObject(swaggerObject)
  const schemas: Record<string, unknown> = ('components' in document && document.components?.schemas) || {}
  for (const name of Object.keys(schemas))
    if (name.endsWith('Input') && name.slice(0, -5) in schemas) delete schemas[name]
  return document
}
