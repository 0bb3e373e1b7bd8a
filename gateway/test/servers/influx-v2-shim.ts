import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface InfluxV2Shim {
  readonly url: string
  readonly token: string
  readonly org: string
  /** Requests answered so far. */
  requests(): number
  close(): Promise<void>
}

/**
 * Gives an InfluxDB 1.x the write door of InfluxDB 2: `/api/v2/write?org&bucket&precision` with a token becomes `/write?db&precision`.
 * The body goes through untouched, so parser, partial writes and error texts are those of the real server.
 */
export async function startInfluxV2Shim(target: { readonly url: string }): Promise<InfluxV2Shim> {
  const token = 'shim-token'
  const org = 'hallwatt'
  let answered = 0
  const server = createServer((incoming, outgoing) => {
    answered++
    const url = new URL(incoming.url ?? '/', 'http://shim')
    const refuse = (status: number, code: string, message: string) => {
      incoming.resume()
      outgoing.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ code, message }))
    }
    if (url.pathname !== '/api/v2/write') return refuse(404, 'not found', 'path not found')
    if (incoming.headers.authorization !== `Token ${token}`) return refuse(401, 'unauthorized', 'unauthorized access')
    if (url.searchParams.get('org') !== org) return refuse(404, 'not found', 'organization not found')
    const parameters = new URLSearchParams({
      db: url.searchParams.get('bucket') ?? '',
      precision: url.searchParams.get('precision') ?? 'ns',
    })
    const { authorization: _, host: __, ...headers } = incoming.headers
    const forwarded = request(`${target.url}/write?${parameters}`, { method: 'POST', headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers)
      answer.pipe(outgoing)
    })
    forwarded.on('error', () => outgoing.destroy())
    incoming.pipe(forwarded)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    token,
    org,
    requests: () => answered,
    close: async () => {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
}
