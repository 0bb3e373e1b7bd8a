import { createHash } from 'node:crypto'
import type { Channel, Message } from './channel.ts'
import { post } from './post.ts'
import { webhookVerdict } from './webhook.ts'

/** Pushes to whatever takes Alertmanager's webhook, version 4: on-call systems and relays. */
export function createAlertmanager(options: { url: string; token?: string | undefined }): Channel {
  const headers: Record<string, string> =
    options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }
  return {
    type: 'alertmanager',
    limits: { textBytes: 18_000, personal: false, gathers: false },
    async send(message, signal) {
      const answer = await post(options.url, JSON.stringify(alertmanagerBody(message)), headers, signal)
      return 'failure' in answer ? answer.failure : webhookVerdict(answer)
    },
  }
}

/** One alert per thread: its fingerprint stays while the alarm lives, so that a recovery resolves what was raised. */
export function alertmanagerBody(message: Message): object {
  const status = message.kind === 'recovery' ? 'resolved' : 'firing'
  const labels = { alertname: 'hallwatt', thread: message.thread, priority: message.priority, kind: message.kind }
  const annotations = { summary: message.title, description: message.lines.join('\n') }
  const at = new Date(message.createdAt).toISOString()
  return {
    version: '4',
    groupKey: `hallwatt/${message.thread}`,
    truncatedAlerts: 0,
    status,
    receiver: 'hallwatt',
    groupLabels: { thread: message.thread },
    commonLabels: labels,
    commonAnnotations: annotations,
    externalURL: message.links.at(-1)?.url ?? '',
    alerts: [
      {
        status,
        labels,
        annotations,
        startsAt: at,
        endsAt: status === 'resolved' ? at : '0001-01-01T00:00:00Z',
        generatorURL: message.links.at(-1)?.url ?? '',
        fingerprint: createHash('sha256').update(message.thread).digest('hex').slice(0, 16),
      },
    ],
  }
}
