import type { ChangeOf } from '../shell/hall-file.ts'

export type ChannelLine = ChangeOf<'channel.add'>['channel']
export type ChannelType = ChannelLine['type']

export interface ChannelField {
  readonly name: string
  readonly needed: boolean
  readonly kind: 'text' | 'variable' | 'url' | 'number' | 'yes-no'
  /** What stands in the empty field. */
  readonly example?: string
  /** What holds when nothing is written. */
  readonly byDefault?: string | number | boolean
}

const needs = (name: string, kind: ChannelField['kind'], example: string): ChannelField => ({
  name,
  kind,
  example,
  needed: true,
})
const may = (
  name: string,
  kind: ChannelField['kind'],
  more: Pick<ChannelField, 'example' | 'byDefault'> = {},
): ChannelField => ({ name, kind, needed: false, ...more })

/** What each type of channel wants to know, in the order of its form; the same names as in hall.yaml. */
export const CHANNEL_FIELDS: Record<ChannelType, readonly ChannelField[]> = {
  wecom: [needs('key', 'variable', 'WECOM_KEY'), may('url', 'url')],
  dingtalk: [
    needs('token', 'variable', 'DINGTALK_TOKEN'),
    may('secret', 'variable', { example: 'DINGTALK_SECRET' }),
    may('url', 'url'),
  ],
  feishu: [
    needs('token', 'variable', 'FEISHU_TOKEN'),
    may('secret', 'variable', { example: 'FEISHU_SECRET' }),
    may('url', 'url'),
  ],
  webhook: [
    needs('url', 'url', 'http://192.168.1.20:8000/alarm'),
    may('secret', 'variable', { example: 'WEBHOOK_SECRET' }),
  ],
  smtp: [
    needs('host', 'text', 'smtp.example.cn'),
    may('port', 'number', { byDefault: 465 }),
    may('secure', 'yes-no', { byDefault: true }),
    needs('from', 'text', 'hall@example.cn'),
    may('user', 'text'),
    may('password', 'variable', { example: 'SMTP_PASSWORD' }),
  ],
  mqtt: [needs('topic', 'text', 'hall/notices')],
  alertmanager: [
    needs('url', 'url', 'http://192.168.1.20:9093'),
    may('token', 'variable', { example: 'ALERTMANAGER_TOKEN' }),
  ],
  'aliyun-sms': [
    needs('accessKeyId', 'variable', 'ALIYUN_KEY_ID'),
    needs('accessKeySecret', 'variable', 'ALIYUN_KEY_SECRET'),
    needs('signName', 'text', ''),
    needs('templateCode', 'text', 'SMS_123456789'),
    may('url', 'url'),
  ],
  'tencent-sms': [
    needs('secretId', 'variable', 'TENCENT_SECRET_ID'),
    needs('secretKey', 'variable', 'TENCENT_SECRET_KEY'),
    needs('sdkAppId', 'text', '1400000000'),
    needs('signName', 'text', ''),
    needs('templateId', 'text', '123456'),
    may('region', 'text', { byDefault: 'ap-guangzhou' }),
    may('url', 'url'),
  ],
}

export const channelTypes = Object.keys(CHANNEL_FIELDS) as readonly ChannelType[]

/** The line for hall.yaml from what was typed; empty fields and defaults are left out. */
export function channelLine(type: ChannelType, typed: Readonly<Record<string, string>>): ChannelLine {
  const line: Record<string, unknown> = { type }
  for (const { name, kind, byDefault } of CHANNEL_FIELDS[type]) {
    const text = (typed[name] ?? '').trim()
    if (text === '' || text === String(byDefault)) continue
    line[name] = kind === 'number' ? Number(text) : kind === 'yes-no' ? text === 'true' : text
  }
  return line as ChannelLine
}
