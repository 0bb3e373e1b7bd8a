import { type IncomingHttpHeaders, type IncomingMessage, request as send } from 'node:http'
import type { Duplex } from 'node:stream'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { answerOf, HttpRefusal } from './failures.ts'
import { type GuardSettings, guardUpgrade } from './guard.ts'
import { type Principal, principalOf } from './identity.ts'
import type { RouteHost, RouteParts } from './routes.ts'
import { sessionIdOf } from './session-cookie.ts'

/** A deploy of all flows; Node-RED itself takes no more. */
const MAX_BODY_BYTES = 5 * 1024 * 1024
/** Node-RED hangs or thinks: the page gets an answer all the same. */
const ANSWER_WITHIN_MS = 30_000
/** Open editor pages; one more is refused. */
const MAX_SOCKETS = 8
/** An editor page whose session ended is cut off within so long. */
const SESSION_CHECK_MS = 5000

/**
 * The editor evaluates expressions and writes its nodes' scripts into the page, so it cannot live under the gateway's own policy.
 * It still loads nothing from and sends nothing to another machine.
 */
const EDITOR_POLICY = [
  "default-src 'self'",
  "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "worker-src 'self' blob:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** Headers that speak of one connection, and those by which somebody is known: none of them goes on to Node-RED. */
const NOT_PASSED_ON = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'cookie',
  'set-cookie',
  'authorization',
  'x-hallwatt-flows',
])

type FlowsParts = Pick<RouteParts, 'views' | 'log'> & { readonly guard: GuardSettings }

/** `/flows`: the Node-RED editor, for administrators who are signed in here. Absent where the hall runs no Node-RED. */
export async function flowsRoutes(app: RouteHost, parts: FlowsParts): Promise<void> {
  const { flows, auth } = parts.views
  if (!flows) return

  await app.register(async (scope: FastifyInstance) => {
    // Bodies pass through as they come: they are Node-RED's to read.
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', { bodyLimit: MAX_BODY_BYTES }, (_request, _body, done) => done(null))
    const options = { config: { access: 'edit-flows' }, schema: { hide: true }, exposeHeadRoute: false } as const
    const handler = async (request: FastifyRequest, reply: FastifyReply) => {
      await audit(request)
      return pass(request, reply)
    }
    const method = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE']
    scope.route({ ...options, method, url: '/flows', handler })
    scope.route({ ...options, method, url: '/flows/*', handler })
  })

  /** Who deployed is on record before it is done. */
  async function audit(request: FastifyRequest): Promise<void> {
    const path = request.url.split('?', 1)[0] ?? ''
    if (request.method === 'GET' || request.method === 'HEAD' || !/^\/flows\/flows?(\/|$)/.test(path)) return
    await auth.audit.append({
      actor: principalOf(request).user,
      action: 'flows.deploy',
      subject: 'flows',
      detail: { method: request.method, type: String(request.headers['node-red-deployment-type'] ?? 'full') },
    })
  }

  function targetFor(principal: Principal, headers: IncomingHttpHeaders) {
    const target = flows?.target()
    if (!target)
      throw new HttpRefusal(503, 'HW_FLOW_NOT_AVAILABLE', 'Node-RED 正在启动，请稍候 · Node-RED is starting.', {
        'retry-after': '2',
      })
    const passed = Object.fromEntries(Object.entries(headers).filter(([name]) => !NOT_PASSED_ON.has(name)))
    const said = `${target.key}.${encodeURIComponent(principal.user)}`
    return { socketPath: target.socket, headers: { ...passed, 'x-hallwatt-flows': said } }
  }

  function pass(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { method, url } = request
    if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES)
      throw new HttpRefusal(413, 'HW_HTTP_TOO_LARGE', `The editor sends at most ${MAX_BODY_BYTES} bytes.`)
    const target = targetFor(principalOf(request), request.headers)
    return new Promise((resolve, reject) => {
      const onward = send({ ...target, method, path: url }, (answer) => {
        for (const [name, value] of Object.entries(answer.headers))
          if (value !== undefined && !NOT_PASSED_ON.has(name)) reply.header(name, value)
        reply.header('content-security-policy', EDITOR_POLICY).code(answer.statusCode ?? 502)
        resolve(reply.send(answer))
      })
      onward.setTimeout(ANSWER_WITHIN_MS, () => onward.destroy(new Error('no answer')))
      onward.on('error', () =>
        reject(new HttpRefusal(503, 'HW_FLOW_NOT_AVAILABLE', 'Node-RED did not answer.', { 'retry-after': '2' })),
      )
      let bytes = 0
      request.raw.on('data', (part: Buffer) => {
        bytes += part.length
        if (bytes > MAX_BODY_BYTES) onward.destroy(new Error('too large'))
      })
      request.raw.pipe(onward)
      reply.raw.once('close', () => onward.destroy())
    })
  }

  const sockets = new Set<Duplex>()
  app.addHook('preClose', async () => {
    for (const socket of sockets) socket.destroy()
  })
  app.server.on('upgrade', (incoming: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy())
    try {
      if (incoming.url?.split('?', 1)[0] !== '/flows/comms')
        throw new HttpRefusal(404, 'HW_HTTP_NOT_FOUND', 'Nothing here.')
      const request = { headers: incoming.headers, cookies: app.parseCookie(incoming.headers.cookie ?? '') }
      const principal = guardUpgrade(request, 'edit-flows', parts.guard)
      if (!principal) throw new HttpRefusal(401, 'HW_HTTP_UNAUTHORIZED', 'Sign in first.')
      if (sockets.size >= MAX_SOCKETS)
        throw new HttpRefusal(503, 'HW_HTTP_TOO_MANY_STREAMS', 'Too many editor pages are open.')
      sockets.add(socket)
      socket.once('close', () => sockets.delete(socket))
      cutOffWithSession(socket, principal, sessionIdOf(request))
      join(incoming, socket, head, targetFor(principal, incoming.headers))
    } catch (error) {
      const { status, body } = answerOf(error as Error)
      const text = JSON.stringify(body)
      socket.end(
        `HTTP/1.1 ${status} Refused\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(text)}\r\nconnection: close\r\n\r\n${text}`,
      )
    }
  })

  function cutOffWithSession(socket: Duplex, { via }: Principal, session: string | undefined): void {
    if (via !== 'session' || session === undefined) return
    const timer = setInterval(() => {
      const now = auth.session(session, false)
      if (!now?.roles.includes('admin')) socket.destroy()
    }, SESSION_CHECK_MS)
    socket.once('close', () => clearInterval(timer))
  }
}

/** Both ends become one; either's end is the other's. */
function join(
  incoming: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  target: { socketPath: string; headers: IncomingHttpHeaders },
): void {
  const headers = { ...target.headers, connection: 'Upgrade', upgrade: 'websocket' }
  const onward = send({ ...target, headers, path: incoming.url ?? '' })
  onward.on('error', () => socket.destroy())
  onward.on('response', () => socket.destroy())
  onward.on('upgrade', (answer, other, otherHead) => {
    const lines = Object.entries(answer.headers).map(([name, value]) => `${name}: ${value}`)
    socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join('\r\n')}\r\n\r\n`)
    if (otherHead.length > 0) socket.write(otherHead)
    if (head.length > 0) other.write(head)
    other.on('error', () => socket.destroy())
    other.once('close', () => socket.destroy())
    socket.once('close', () => other.destroy())
    other.pipe(socket).pipe(other)
  })
  socket.once('close', () => onward.destroy())
  onward.end()
}
