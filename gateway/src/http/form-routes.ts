import type { FastifyRequest } from 'fastify'
import { qrRoutes } from './qr-routes.ts'
import type { RouteHost, RouteParts } from './routes.ts'
import { tapRoutes } from './tap-routes.ts'

/** Pages with plain HTML forms for people who are not signed in. Only here are bodies of forms read. */
export async function formRoutes(app: RouteHost, parts: RouteParts): Promise<void> {
  await app.register(async (forms) => {
    forms.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string' },
      async (_request: FastifyRequest, body: string) => Object.fromEntries(new URLSearchParams(body)),
    )
    qrRoutes(forms, parts)
    tapRoutes(forms, parts)
  })
}
