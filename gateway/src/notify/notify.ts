import type { ChannelSettings } from '../config/repair-schema.ts'
import { readSecret } from '../config/secrets.ts'
import { createAlertmanager } from './alertmanager.ts'
import { createAliyunSms } from './aliyun-sms.ts'
import type { Channel } from './channel.ts'
import { createDingtalk } from './dingtalk.ts'
import { createFeishu } from './feishu.ts'
import { createMqtt, type Publish } from './mqtt.ts'
import { createSmtp } from './smtp.ts'
import { createTencentSms } from './tencent-sms.ts'
import { createWebhook } from './webhook.ts'
import { createWecom } from './wecom.ts'

export interface ChannelTools {
  readonly environment: Record<string, string | undefined>
  readonly wallMs: () => number
  readonly publish: Publish
}

/** The channels of hall.yaml by id. A channel whose secret is missing is there, and says so at every message. */
export function createChannels(
  settings: Readonly<Record<string, ChannelSettings>>,
  tools: ChannelTools,
): ReadonlyMap<string, Channel> {
  return new Map(Object.entries(settings).map(([id, one]) => [id, createChannel(one, tools)]))
}

function createChannel(settings: ChannelSettings, { environment, wallMs, publish }: ChannelTools): Channel {
  const missing: string[] = []
  const secret = (name: string): string => {
    const value = readSecret(environment, name)
    if (value === undefined) missing.push(name)
    return value ?? ''
  }
  const optional = (name: string | undefined) => (name === undefined ? undefined : secret(name))
  const channel = ((): Channel => {
    switch (settings.type) {
      case 'wecom':
        return createWecom({ ...settings, key: secret(settings.key) })
      case 'dingtalk':
        return createDingtalk({ ...settings, token: secret(settings.token), secret: optional(settings.secret), wallMs })
      case 'feishu':
        return createFeishu({ ...settings, token: secret(settings.token), secret: optional(settings.secret), wallMs })
      case 'webhook':
        return createWebhook({ ...settings, secret: optional(settings.secret), wallMs })
      case 'smtp':
        return createSmtp({ ...settings, password: optional(settings.password) })
      case 'mqtt':
        return createMqtt({ ...settings, publish })
      case 'alertmanager':
        return createAlertmanager({ ...settings, token: optional(settings.token) })
      case 'aliyun-sms':
        return createAliyunSms({
          ...settings,
          accessKeyId: secret(settings.accessKeyId),
          accessKeySecret: secret(settings.accessKeySecret),
          wallMs,
        })
      case 'tencent-sms':
        return createTencentSms({
          ...settings,
          secretId: secret(settings.secretId),
          secretKey: secret(settings.secretKey),
          wallMs,
        })
    }
  })()
  if (missing.length === 0) return channel
  channel.close?.()
  const reason = `not set in the environment: ${missing.join(', ')}`
  return { ...channel, send: async () => ({ type: 'channel', code: 'NO_SECRET', reason }) }
}
