import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Received {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

export interface Reply {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: object | string
  /** Cuts the connection instead of answering. */
  readonly cut?: true
}

export interface LocalReceiver {
  readonly url: string
  readonly received: Received[]
  /** What the next requests get; the last one stays. */
  answer(...replies: Reply[]): void
  /** Resolves when at least so many requests came. */
  receivedAtLeast(count: number): Promise<void>
  close(): Promise<void>
}

/** The other side of a channel: a real HTTP server that says what it is told to say. */
export async function startReceiver(decide?: (request: Received, index: number) => Reply): Promise<LocalReceiver> {
  const received: Received[] = []
  let replies: Reply[] = [{ body: {} }]
  const waiting: { count: number; resolve: () => void }[] = []
  const server = createServer(async (request, response) => {
    let text = ''
    for await (const chunk of request) text += chunk
    const one = { path: request.url ?? '', headers: request.headers, text }
    const index = received.push(one) - 1
    const reply = decide ? decide(one, index) : (replies.length > 1 ? replies.shift() : replies[0])!
    if (reply.cut) request.socket.destroy()
    else {
      response.writeHead(reply.status ?? 200, { 'content-type': 'application/json', ...reply.headers })
      response.end(typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body ?? {}))
    }
    for (const wait of waiting) if (received.length >= wait.count) wait.resolve()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    answer: (...next) => {
      replies = next
    },
    receivedAtLeast: (count) =>
      received.length >= count ? Promise.resolve() : new Promise((resolve) => waiting.push({ count, resolve })),
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
