import { createHmac, timingSafeEqual } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { z } from 'zod'

const bodySchema = z.object({
  data: z.object({
    kind: z.string(),
    priority: z.string(),
    title: z.string(),
    lines: z.array(z.string()),
    links: z.array(z.object({ label: z.string(), url: z.url() })),
  }),
})

/** A message as the channel got it. */
export interface Received {
  /** Unix ms at which it was wholly here. */
  readonly at: number
  /** `webhook-id`: the same for every attempt of one message. */
  readonly id: string
  readonly kind: string
  readonly priority: string
  readonly title: string
  readonly lines: readonly string[]
  readonly links: readonly { readonly label: string; readonly url: string }[]
}

export interface Receiver {
  readonly url: string
  /** In the order in which they came. */
  readonly messages: readonly Received[]
  stats(): {
    readonly messages: number
    readonly recoveries: number
    readonly repeated: number
    readonly unsigned: number
    readonly unreadable: number
  }
  onMessage(listener: () => void): void
  close(): Promise<void>
}

/**
 * The other end of a webhook, on loopback: accepts (204) what is signed as the Standard Webhooks ask, refuses the rest (401).
 * Checks the signature by itself, so that a mistake of the sender cannot cancel out.
 * @param secret  `whsec_` and base64
 */
export async function startReceiver(secret: string): Promise<Receiver> {
  const messages: Received[] = []
  const seen = new Set<string>()
  const listeners: (() => void)[] = []
  const total = { repeated: 0, unsigned: 0, unreadable: 0 }
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')

  function take(request: IncomingMessage, body: string): number {
    const id = String(request.headers['webhook-id'])
    if (!isSigned(request, id, body, key)) {
      total.unsigned++
      return 401
    }
    const read = bodySchema.safeParse(jsonOf(body))
    if (!read.success) {
      total.unreadable++
      return 400
    }
    if (seen.has(id)) total.repeated++
    else messages.push({ at: Date.now(), id, ...read.data.data })
    seen.add(id)
    for (const listener of listeners) listener()
    return 204
  }

  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8')
    request.on('data', (chunk) => (body += chunk))
    request.on('end', () => response.writeHead(take(request, body)).end())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/drill`,
    messages,
    stats: () => ({
      messages: messages.length,
      recoveries: messages.filter(({ kind }) => kind === 'recovery').length,
      ...total,
    }),
    onMessage: (listener) => void listeners.push(listener),
    async close() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

/** Signatures older or newer than this are no good: Standard Webhooks, “Verifying signatures”. */
const TOLERANCE_S = 300

function isSigned({ headers }: IncomingMessage, id: string, body: string, key: Uint8Array): boolean {
  const timestamp = String(headers['webhook-timestamp'])
  if (!(Math.abs(Date.now() / 1000 - Number(timestamp)) < TOLERANCE_S)) return false
  const expected = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest()
  return String(headers['webhook-signature'])
    .split(' ')
    .some((one) => {
      const given = Buffer.from(one.replace(/^v1,/, ''), 'base64')
      return given.length === expected.length && timingSafeEqual(given, expected)
    })
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
