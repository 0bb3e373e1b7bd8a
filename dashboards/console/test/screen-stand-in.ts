import { readFile } from 'node:fs/promises'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import type { ScreenView } from '../src/pages/screen/screen-view.ts'

const dist = process.env.CONSOLE_DIST ?? join(import.meta.dirname, '..', 'dist')
const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
}
/** As the gateway’s own pages: what it forbids must not be needed here. */
const POLICY =
  "default-src 'none';script-src 'self';style-src 'self';connect-src 'self';img-src 'self' data: blob:;worker-src 'self';manifest-src 'self'"

/** Stands in for the gateway where a screen has to be shown what no hall is doing right now. Speaks the screen’s part of the API only. */
export interface ScreenStandIn {
  readonly url: string
  /** What the screen is told from now on. */
  show(view: ScreenView): void
  close(): Promise<void>
}

export async function screenStandIn(first: ScreenView): Promise<ScreenStandIn> {
  let view = first
  const streams = new Set<ServerResponse>()
  const tell = (to: ServerResponse) => to.write(`event: screen\ndata: ${JSON.stringify(view)}\n\n`)
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://here')
    if (pathname.endsWith('/stream')) {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
      streams.add(response)
      response.on('close', () => streams.delete(response))
      tell(response)
    } else if (pathname.startsWith('/api/v1/screens/')) {
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"paired":true}')
    } else if (pathname.startsWith('/api/')) {
      response.writeHead(401, { 'content-type': 'application/json' }).end('{}')
    } else void file(pathname, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const beat = setInterval(() => {
    for (const stream of streams) stream.write('event: heartbeat\ndata: {}\n\n')
  }, 5_000)
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    show(next) {
      view = next
      for (const stream of streams) tell(stream)
    },
    async close() {
      clearInterval(beat)
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function file(pathname: string, response: ServerResponse): Promise<void> {
  const name = extname(pathname) ? pathname : '/index.html'
  const text = await readFile(join(dist, name)).catch(() => undefined)
  if (text)
    response.writeHead(200, { 'content-type': TYPES[extname(name)] ?? 'text/html', 'content-security-policy': POLICY })
  else response.writeHead(404)
  response.end(text)
}
