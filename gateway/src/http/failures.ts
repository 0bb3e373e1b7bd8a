import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod'
import { ERROR_CODES, type ErrorCode } from '../domain/error-codes.ts'
import { HallwattError } from '../domain/errors.ts'
import type { Log } from '../ports/log.ts'

/** The one shape of every answer that is not a success. `fields` only where single parameters are wrong. */
export interface Failure {
  readonly code: ErrorCode
  readonly message: string
  readonly remedy: string
  readonly fields?: { readonly field: string; readonly message: string }[]
}

export const failure = (code: ErrorCode, message: string, fields?: Failure['fields']): Failure => ({
  code,
  message,
  remedy: ERROR_CODES[code].remedy,
  ...(fields && { fields }),
})

/** A refusal a handler throws: which status it travels under. */
export class HttpRefusal extends Error {
  readonly status: number
  readonly code: ErrorCode
  readonly headers: Readonly<Record<string, string>>

  constructor(status: number, code: ErrorCode, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message)
    this.status = status
    this.code = code
    this.headers = headers
  }
}

/** Turns everything that can go wrong behind a request into a `Failure`. What should be impossible is logged and said in general words only. */
export function answerFailures(app: FastifyInstance, log: Log): void {
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0]
    return reply.code(404).send(failure('HW_HTTP_NOT_FOUND', `There is no ${request.method} ${path}.`))
  })
  app.setErrorHandler((error: FastifyError | Error, request: FastifyRequest, reply: FastifyReply) => {
    const { status, body } = answerOf(error)
    if (status >= 500 && body.code === 'HW_INTERNAL') {
      const { method, routeOptions } = request
      log.error(
        { code: body.code, method, route: routeOptions.url, error: String(error.stack ?? error) },
        'a request failed',
      )
    }
    if (error instanceof HttpRefusal) reply.headers(error.headers)
    return reply.code(status).type('application/json; charset=utf-8').serializer(JSON.stringify).send(body)
  })
}

export function answerOf(error: FastifyError | Error): { status: number; body: Failure } {
  if (error instanceof HttpRefusal) return { status: error.status, body: failure(error.code, error.message) }
  if (hasZodFastifySchemaValidationErrors(error)) {
    const fields = error.validation.map((one) => ({
      field: one.instancePath.slice(1).replaceAll('/', '.') || String(one.params.keys ?? 'query'),
      message: one.message ?? 'is not valid',
    }))
    const said = fields.map(({ field, message }) => `${field}: ${message}`).join('; ')
    return { status: 400, body: failure('HW_HTTP_INVALID', said, fields) }
  }
  if (error instanceof HallwattError) {
    return { status: ROOM_REFUSALS[error.code] ?? 503, body: failure(error.code, error.message) }
  }
  const status = 'statusCode' in error ? (error.statusCode ?? 500) : 500
  if (status === 413 || status === 414 || status === 431)
    return { status, body: failure('HW_HTTP_TOO_LARGE', 'The request is too large.') }
  if (status >= 400 && status < 500) return { status, body: failure('HW_HTTP_INVALID', error.message) }
  return { status: 500, body: failure('HW_INTERNAL', 'The gateway could not answer. Its log says why.') }
}

/** What a room refuses in its own words, where it is the question's fault; otherwise the room cannot answer now (store busy, disk full). */
const ROOM_REFUSALS: Partial<Record<string, number>> = {
  HW_HISTORY_TOO_WIDE: 400,
  HW_HISTORY_UNKNOWN_DEVICE: 404,
}

const PARSER_FAILURES: Readonly<Record<string, { line: string; code: ErrorCode; message: string }>> = {
  HPE_HEADER_OVERFLOW: {
    line: '431 Request Header Fields Too Large',
    code: 'HW_HTTP_TOO_LARGE',
    message: 'The headers are too large.',
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    line: '408 Request Timeout',
    code: 'HW_HTTP_INVALID',
    message: 'The request did not arrive in time.',
  },
}

/** What to write to a socket whose bytes never became a request. */
export function rawFailure(parserCode: string | undefined): string {
  const { line, code, message } = PARSER_FAILURES[parserCode ?? ''] ?? {
    line: '400 Bad Request',
    code: 'HW_HTTP_INVALID' as const,
    message: 'This is not a valid HTTP request.',
  }
  const body = JSON.stringify(failure(code, message))
  return `HTTP/1.1 ${line}\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`
}
