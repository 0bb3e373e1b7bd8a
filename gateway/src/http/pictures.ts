import { createHash } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { RouteHost } from './routes.ts'

const FOLDER = join(import.meta.dirname, 'page')
const YEAR_S = 365 * 24 * 3600

/** Every picture of `page/` under its name; the hash in its address lets phones keep it for ever. */
const PICTURES = new Map(
  globSync('*.svg', { cwd: FOLDER }).map((file) => {
    const body = readFileSync(join(FOLDER, file))
    const hash = createHash('sha256').update(body).digest('hex').slice(0, 12)
    const name = basename(file, '.svg')
    return [name, { body, address: `/forms/${name}-${hash}.svg` }] as const
  }),
)

/** Where a page finds a picture. Throws for a name that has none: the page is wrong then. */
export function pictureAddress(name: string): string {
  const picture = PICTURES.get(name)
  if (!picture) throw new Error(`there is no picture "${name}" in ${FOLDER}`)
  return picture.address
}

export function pictureRoutes(app: RouteHost): void {
  for (const { address, body } of PICTURES.values())
    app.get(address, { config: { access: 'form' }, schema: { hide: true } }, (_request, reply) =>
      reply.type('image/svg+xml').header('cache-control', `public, max-age=${YEAR_S}, immutable`).send(body),
    )
}
