import { createHmac, randomUUID } from 'node:crypto'
import type { Channel, CodeTable } from './channel.ts'
import { byCode } from './channel.ts'
import { byStatus, jsonObject, post } from './post.ts'
import { smsVariables } from './sms-text.ts'

const DAY_MS = 86_400_000

/** Codes of SendSms, version 2017-05-25. What concerns one number is content: other people can still be reached. */
export const ALIYUN_CODES: CodeTable = {
  'isv.BUSINESS_LIMIT_CONTROL': { type: 'throttle', afterMs: 3_600_000, reason: 'too many messages to this number' },
  'isv.DAY_LIMIT_CONTROL': { type: 'channel', reason: 'the day’s quota is used up' },
  'isv.MONTH_LIMIT_CONTROL': { type: 'channel', reason: 'the month’s quota is used up' },
  'isv.OUT_OF_SERVICE': { type: 'channel', reason: 'the account is stopped' },
  'isv.AMOUNT_NOT_ENOUGH': { type: 'channel', reason: 'the account is out of credit' },
  'isv.SMS_SIGNATURE_ILLEGAL': { type: 'channel', reason: 'the signature name is not approved' },
  'isv.SIGN_STATE_ILLEGAL': { type: 'channel', reason: 'the signature name is not approved' },
  'isv.SMS_TEMPLATE_ILLEGAL': { type: 'channel', reason: 'the template is not approved' },
  'isv.PARAM_NOT_SUPPORT_URL': { type: 'content', reason: 'an address stands in a variable' },
  'isv.PARAM_LENGTH_LIMIT': { type: 'content', reason: 'a variable is too long' },
  'isv.MOBILE_NUMBER_ILLEGAL': { type: 'content', reason: 'the phone number is wrong' },
  'isp.SYSTEM_ERROR': { type: 'retry', reason: 'the service fails' },
  'isp.RAM_PERMISSION_DENY': { type: 'channel', reason: 'the key may not send' },
  SignatureDoesNotMatch: { type: 'channel', reason: 'the key is wrong' },
  'InvalidAccessKeyId.NotFound': { type: 'channel', reason: 'the key does not exist' },
  'InvalidTimeStamp.Expired': { type: 'channel', reason: 'our clock is wrong by more than 15 minutes' },
  'Throttling.User': { type: 'throttle', afterMs: 10_000, reason: 'too many requests' },
}

/** RFC 3986: also what encodeURIComponent leaves alone. */
const encode = (text: string): string =>
  encodeURIComponent(text).replaceAll(
    /[!*'()]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )

/** Signature version 1.0: HMAC-SHA1 keyed with `<secret>&` over `POST&%2F&<encoded sorted query>`. */
export function aliyunSignature(parameters: Readonly<Record<string, string>>, secret: string): string {
  const query = Object.keys(parameters)
    .sort()
    .map((name) => `${encode(name)}=${encode(parameters[name]!)}`)
    .join('&')
  return createHmac('sha1', `${secret}&`)
    .update(`POST&%2F&${encode(query)}`)
    .digest('base64')
}

export interface AliyunOptions {
  readonly accessKeyId: string
  readonly accessKeySecret: string
  readonly signName: string
  readonly templateCode: string
  readonly url?: string | undefined
  readonly wallMs: () => number
}

/** 阿里云短信. Notification messages: 50 a day per signature, template and number, so 40 are ours to use. */
export function createAliyunSms(options: AliyunOptions): Channel {
  const url = options.url ?? 'https://dysmsapi.aliyuncs.com/'
  return {
    type: 'aliyun-sms',
    limits: { textBytes: 1000, perMinute: 2, personal: true, gathers: true },
    async send(message, signal) {
      const phone = message.people[0]?.phone
      if (phone === undefined) return { type: 'content', code: 'NO_NUMBER', reason: 'this person has no phone number' }
      const parameters: Record<string, string> = {
        Action: 'SendSms',
        Version: '2017-05-25',
        Format: 'JSON',
        AccessKeyId: options.accessKeyId,
        SignatureMethod: 'HMAC-SHA1',
        SignatureVersion: '1.0',
        SignatureNonce: randomUUID(),
        Timestamp: new Date(options.wallMs()).toISOString().replace(/\.\d+Z$/, 'Z'),
        PhoneNumbers: phone,
        SignName: options.signName,
        TemplateCode: options.templateCode,
        TemplateParam: JSON.stringify(smsVariables(message)),
        OutId: message.id,
      }
      const body = new URLSearchParams({
        ...parameters,
        Signature: aliyunSignature(parameters, options.accessKeySecret),
      })
      const headers = { 'content-type': 'application/x-www-form-urlencoded' }
      const answer = await post(url, body.toString(), headers, signal)
      if ('failure' in answer) return answer.failure
      const code = jsonObject(answer.text)?.Code
      if (code === 'OK') return { type: 'ok' }
      if (typeof code !== 'string') return byStatus(answer)
      const failure = byCode(ALIYUN_CODES, code)
      return code === 'isv.BUSINESS_LIMIT_CONTROL' && /天|day/i.test(answer.text)
        ? { ...failure, afterMs: DAY_MS }
        : failure
    },
  }
}
