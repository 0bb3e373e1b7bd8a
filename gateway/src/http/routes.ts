import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
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
  readonly log: Log
}

/** The failures every route under /api can answer with. */
export const failures = {
  400: failureSchema.describe('A parameter is wrong; `fields` names it.'),
  401: failureSchema.describe('Nobody is signed in, or the access token is missing or wrong.'),
  403: failureSchema.describe('The role does not allow it, or the Host header names another machine.'),
  429: failureSchema.describe('Too many requests; see Retry-After.'),
  500: failureSchema.describe('Something that should be impossible; the log says what.'),
}

/** The failures an act can answer with besides. */
export const actFailures = {
  ...failures,
  403: failureSchema.describe('The role does not allow it, or another web page asked.'),
  404: failureSchema.describe('There is no such thing.'),
  409: failureSchema.describe('It is no longer in the state in which this can be done; the message says who has it.'),
  415: failureSchema.describe('The body is not JSON.'),
  503: failureSchema.describe('The store cannot take it now.'),
}
