import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

export interface Asked {
  readonly method: string | undefined
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** The other end of a flow’s HTTP requests. `answer` decides by what was asked; its status 0 cuts the connection. */
export async function httpEnd(answer: (asked: Asked) => { readonly status: number; readonly body?: object }) {
  const asked: Asked[] = []
  const waiting = new Set<() => void>()
  const server = createServer(async (request, response) => {
    let body = ''
    for await (const part of request.setEncoding('utf8')) body += part
    const one = { method: request.method, headers: request.headers, body }
    asked.push(one)
    const { status, body: told } = answer(one)
    if (status === 0) request.socket.destroy()
    else response.writeHead(status, { 'content-type': 'application/json' }).end(told && JSON.stringify(told))
    for (const look of waiting) look()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    asked,
    until: (fits: (all: readonly Asked[]) => boolean) =>
      new Promise<void>((resolve) => {
        const look = () => {
          if (!fits(asked)) return
          waiting.delete(look)
          resolve()
        }
        waiting.add(look)
        look()
      }),
  }
}
