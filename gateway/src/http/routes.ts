import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import type { Clock } from '../ports/clock.ts'
import { failureSchema } from './schemas.ts'
import type { Streams } from './streams.ts'
import type { HttpViews } from './views.ts'

/** Where a route file hangs its routes. */
export type RouteHost = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>

/** What routes are made of. */
export interface RouteParts {
  readonly views: HttpViews
  readonly streams: Streams
  readonly clock: Clock
}

/** The failures every route under /api can answer with. */
export const failures = {
  400: failureSchema.describe('A parameter is wrong; `fields` names it.'),
  401: failureSchema.describe('The access token is missing or wrong.'),
  403: failureSchema.describe('The Host header names another machine.'),
  429: failureSchema.describe('Too many requests; see Retry-After.'),
  500: failureSchema.describe('Something that should be impossible; the log says what.'),
}
