import { createHmac } from 'node:crypto'
import type { Channel, Message, Verdict } from './channel.ts'
import { type Answer, byStatus, post, retryAfterMs } from './post.ts'
import { cutBytes, fitLines } from './split-bytes.ts'

/**
 * Signature of the Standard Webhooks: `v1,` and base64 of HMAC-SHA256 over `<id>.<seconds>.<body>`.
 * @param secret  `whsec_` and base64, or any text, which is then taken as it is. Several, separated by spaces, while one is
 *                replaced by another: the message then carries one signature for each.
 */
export const standardSignature = (secret: string, id: string, timestampS: number, body: string): string =>
  secret
    .split(/\s+/)
    .map((one) => {
      const key = one.startsWith('whsec_') ? Buffer.from(one.slice(6), 'base64') : Buffer.from(one)
      return `v1,${createHmac('sha256', key).update(`${id}.${timestampS}.${body}`).digest('base64')}`
    })
    .join(' ')

/** Any receiver of JSON. `webhook-id` stays the same over all attempts: the receiver drops what it already has. */
export function createWebhook(options: { url: string; secret?: string | undefined; wallMs: () => number }): Channel {
  const { url, secret, wallMs } = options
  return {
    type: 'webhook',
    limits: { textBytes: 18_000, personal: false, gathers: false },
    async send(message, signal) {
      const body = JSON.stringify(noticeJson(message))
      const timestamp = Math.floor(wallMs() / 1000)
      const answer = await post(
        url,
        body,
        {
          'webhook-id': message.id,
          'webhook-timestamp': String(timestamp),
          ...(secret === undefined
            ? {}
            : { 'webhook-signature': standardSignature(secret, message.id, timestamp, body) }),
        },
        signal,
      )
      return 'failure' in answer ? answer.failure : webhookVerdict(answer)
    },
  }
}

/** Here the status is the answer: Standard Webhooks, “HTTP status codes”. */
export function webhookVerdict(answer: Answer): Verdict {
  if (answer.status >= 200 && answer.status < 300) return { type: 'ok' }
  const code = `HTTP ${answer.status}`
  if ([429, 502, 504].includes(answer.status))
    return { type: 'throttle', afterMs: retryAfterMs(answer) ?? 5000, code, reason: 'the receiver asks to wait' }
  if ([400, 413, 422].includes(answer.status))
    return { type: 'content', code, reason: 'the receiver refuses the content' }
  return byStatus(answer)
}

/** What machines get, in webhooks and over MQTT: shape in docs/notify.md. Below 20 kB. */
export function noticeJson(message: Message): object {
  return {
    type: `hallwatt.${message.kind}`,
    timestamp: new Date(message.createdAt).toISOString(),
    data: {
      id: message.id,
      keys: message.keys,
      kind: message.kind,
      priority: message.priority,
      title: cutBytes(message.title, 1000),
      lines: fitLines(message.lines, 12_000, (left) => `……另有 ${left} 行`),
      links: message.links,
      people: message.people.map((person) => person.id),
      thread: message.thread,
    },
  }
}
