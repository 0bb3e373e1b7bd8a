import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { onTestFinished } from 'vitest'

interface WriteRequest {
  readonly atMs: number
  readonly lines: readonly string[]
  readonly bytes: number
  readonly url: string
}

export interface MisbehavingServer {
  readonly url: string
  readonly requests: WriteRequest[]
  /** How the next requests are answered. */
  behave(answer: Behaviour): void
}

export type Behaviour = (response: ServerResponse, request: WriteRequest) => void

export const accepts: Behaviour = (response) => void response.writeHead(204).end()
export const answers =
  (status: number, body = '', headers: Record<string, string> = {}): Behaviour =>
  (response) =>
    void response.writeHead(status, headers).end(body)
export const saysNothing: Behaviour = () => {}
export const cutsTheSocket: Behaviour = (response) => void response.destroy()

/** An HTTP server that does to a write request whatever the test says; accepts by default. */
export async function startMisbehavingServer(): Promise<MisbehavingServer> {
  const requests: WriteRequest[] = []
  let behaviour = accepts
  const server = createServer(async (incoming, response) => {
    const request = await readRequest(incoming)
    requests.push(request)
    behaviour(response, request)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(async () => {
    server.closeAllConnections()
    await new Promise((closed) => server.close(closed))
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    behave: (answer) => {
      behaviour = answer
    },
  }
}

async function readRequest(incoming: IncomingMessage): Promise<WriteRequest> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk)
  const sent = Buffer.concat(chunks)
  const body = incoming.headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent
  return { atMs: performance.now(), lines: body.toString().split('\n'), bytes: body.length, url: incoming.url ?? '' }
}
