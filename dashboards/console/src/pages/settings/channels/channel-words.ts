import { wordsOf } from '../../../words/words.ts'
import { en } from './words.en.ts'
import { zh } from './words.zh.ts'

export const channelWords = wordsOf(zh, en)

const TYPES = {
  wecom: 'wecom',
  dingtalk: 'dingtalk',
  feishu: 'feishu',
  webhook: 'webhook',
  smtp: 'smtp',
  mqtt: 'mqtt',
  alertmanager: 'alertmanager',
  'aliyun-sms': 'aliyun-sms',
  'tencent-sms': 'tencent-sms',
} as const
export const channelTypeName = (type: string): string =>
  type in TYPES ? channelWords(TYPES[type as keyof typeof TYPES]) : type
