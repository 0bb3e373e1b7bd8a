import { existsSync } from 'node:fs'
import { join } from 'node:path'
import fastifyStatic from '@fastify/static'
import { markup, said, sendPage } from './markup.ts'
import type { RouteHost } from './routes.ts'

/** Addresses that the console draws itself: each answers with the same page, whose router reads the rest of the address. */
const PAGES = ['/', '/login', '/m', '/ops', '/settings', '/counter', '/guide', '/screen']
/** Beside the page, under names that stay. */
const FILES = ['sw.js', 'manifest.webmanifest', 'icon.svg']
const YEAR_S = 365 * 24 * 3600

/**
 * The web console: the files of its build, compressed beforehand, and its page under every address it knows. Files with a hash
 * in their name are kept by browsers for ever; the page itself is asked for anew each time.
 * @param folder  the build (`dashboards/console/dist`); while it is missing, `/` says how to make it
 */
export async function consoleRoutes(app: RouteHost, folder: string | undefined): Promise<void> {
  const built = folder !== undefined && existsSync(join(folder, 'index.html'))
  if (built) {
    await app.register(fastifyStatic, {
      root: join(folder, 'assets'),
      prefix: '/assets/',
      index: false,
      preCompressed: true,
      cacheControl: false,
      setHeaders: (reply, path) =>
        void reply.header(
          'cache-control',
          path.includes('/assets/') ? `public, max-age=${YEAR_S}, immutable` : 'no-cache',
        ),
      schemaHide: true,
    })
    for (const file of FILES)
      app.get(`/${file}`, { schema: { hide: true } }, (_request, reply) => reply.sendFile(file, folder))
  }
  for (const page of PAGES)
    for (const url of page === '/' ? [page] : [page, `${page}/*`])
      app.get(url, { schema: { hide: true } }, (_request, reply) =>
        built
          ? reply.sendFile('index.html', folder)
          : sendPage(
              reply,
              503,
              'Hallwatt',
              markup`<h1>${said('网页还没有构建', 'The web console is not built yet')}</h1>
<p>${said('请在项目目录运行', 'Run in the project folder:')} <code>npm run console:build</code></p>
<p><a href="/api/v1/overview">/api/v1/overview</a> · <a href="/api/v1/openapi.json">/api/v1/openapi.json</a></p>`,
            ),
      )
}
