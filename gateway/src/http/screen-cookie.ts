import type { FastifyReply, FastifyRequest } from 'fastify'

/** A screen keeps it until somebody empties its browser: it hangs on a wall. */
const MAX_AGE_S = 5 * 365 * 24 * 3600
const nameOf = (screen: string) => `hallwatt_screen_${screen}`

export const screenSecretOf = (request: Pick<FastifyRequest, 'cookies'>, screen: string): string | undefined =>
  request.cookies[nameOf(screen)]

/** Not for scripts, and only for the addresses of this one screen. */
export function keepScreenSecret(request: FastifyRequest, reply: FastifyReply, screen: string, secret: string): void {
  const secure = request.headers.origin?.startsWith('https://') ?? false
  reply.setCookie(nameOf(screen), secret, {
    ...{ path: `/api/v1/screens/${screen}`, httpOnly: true, sameSite: 'strict', maxAge: MAX_AGE_S },
    secure,
  })
}
