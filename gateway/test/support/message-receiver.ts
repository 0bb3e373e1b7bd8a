import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Received {
  readonly at: number
  readonly id: string
  readonly text: string
}

/** A chat service as the webhook channel sees it: takes messages on loopback and keeps them. */
export async function startMessageReceiver() {
  const messages: Received[] = []
  const waiting = new Set<() => void>()
  const server = createServer((request, response) => {
    let text = ''
    request.setEncoding('utf8').on('data', (part) => (text += part))
    request.on('end', () => {
      messages.push({ at: Date.now(), id: String(request.headers['webhook-id']), text })
      response.writeHead(204).end()
      for (const look of waiting) look()
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    messages,
    /** The first message, old or new, that the condition holds for. */
    message: (fits: (message: Received) => boolean) =>
      new Promise<Received>((resolve) => {
        const look = () => {
          const found = messages.find(fits)
          if (!found) return
          waiting.delete(look)
          resolve(found)
        }
        waiting.add(look)
        look()
      }),
    close: () => server.close(),
  }
}
