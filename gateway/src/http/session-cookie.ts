import type { FastifyReply, FastifyRequest } from 'fastify'

const NAME = 'hallwatt_session'

/** Not for scripts, and not sent along from other pages. */
const OPTIONS = { path: '/', httpOnly: true, sameSite: 'strict' } as const

export const sessionIdOf = (request: Pick<FastifyRequest, 'cookies'>): string | undefined => request.cookies[NAME]

/** Over HTTPS only where the page came that way: in a hall without TLS the browser would drop it. The Origin was checked before. */
export function setSessionCookie(request: FastifyRequest, reply: FastifyReply, id: string, maxAgeS: number): void {
  const secure = request.headers.origin?.startsWith('https://') ?? false
  reply.setCookie(NAME, id, { ...OPTIONS, secure, maxAge: maxAgeS })
}

export const clearSessionCookie = (reply: FastifyReply): void => void reply.clearCookie(NAME, OPTIONS)
