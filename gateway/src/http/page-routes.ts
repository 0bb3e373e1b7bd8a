import { readFileSync } from 'node:fs'
import type { RouteHost } from './routes.ts'

const PAGE = [
  { url: '/', file: 'index.html', type: 'text/html; charset=utf-8' },
  { url: '/live.js', file: 'live.js', type: 'text/javascript; charset=utf-8' },
  { url: '/live.css', file: 'live.css', type: 'text/css; charset=utf-8' },
  { url: '/forms.css', file: 'forms.css', type: 'text/css; charset=utf-8' },
] as const

/** One plain page for a person who opens the address in a browser. Holds no readings itself: it asks the API like anybody else. */
export function pageRoutes(app: RouteHost): void {
  for (const { url, file, type } of PAGE) {
    const body = readFileSync(new URL(`./page/${file}`, import.meta.url), 'utf8')
    app.get(url, { schema: { hide: true } }, (_request, reply) =>
      reply.type(type).header('cache-control', 'no-cache').send(body),
    )
  }
}
