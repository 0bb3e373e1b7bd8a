import { readFileSync } from 'node:fs'
import type { FastifyRequest } from 'fastify'
import { pictureRoutes } from './pictures.ts'
import { qrRoutes } from './qr-routes.ts'
import type { RouteHost, RouteParts } from './routes.ts'
import { tapRoutes } from './tap-routes.ts'

const STYLE = readFileSync(new URL('./page/forms.css', import.meta.url), 'utf8')

/** Pages with plain HTML forms for people who are not signed in. Only here are bodies of forms read. */
export async function formRoutes(app: RouteHost, parts: RouteParts): Promise<void> {
  app.get('/forms.css', { schema: { hide: true } }, (_request, reply) =>
    reply.type('text/css; charset=utf-8').header('cache-control', 'no-cache').send(STYLE),
  )
  await app.register(async (forms) => {
    forms.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string' },
      async (_request: FastifyRequest, body: string) => Object.fromEntries(new URLSearchParams(body)),
    )
    pictureRoutes(forms)
    qrRoutes(forms, parts)
    tapRoutes(forms, parts)
  })
}
