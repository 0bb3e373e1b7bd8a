import { createHash, createHmac } from 'node:crypto'
import type { Channel, CodeTable, Failure, Verdict } from './channel.ts'
import { byCode } from './channel.ts'
import { type Answer, byStatus, jsonObject, post } from './post.ts'
import { smsVariables } from './sms-text.ts'

/** Codes of SendSms, version 2021-01-11; whole families end in a dot and are matched by their beginning. */
export const TENCENT_CODES: CodeTable = {
  'LimitExceeded.PhoneNumber': { type: 'throttle', afterMs: 3_600_000, reason: 'too many messages to this number' },
  LimitExceeded: { type: 'channel', reason: 'a quota of the account is used up' },
  RequestLimitExceeded: { type: 'retry', reason: 'too many requests' },
  'AuthFailure.SignatureExpire': { type: 'channel', reason: 'our clock is wrong by more than 5 minutes' },
  AuthFailure: { type: 'channel', reason: 'the key is wrong or may not send' },
  UnauthorizedOperation: { type: 'channel', reason: 'the key may not send' },
  'FailedOperation.InsufficientBalanceInSmsPackage': { type: 'channel', reason: 'the account is out of credit' },
  'FailedOperation.SignatureIncorrectOrUnapproved': { type: 'channel', reason: 'the signature name is not approved' },
  'FailedOperation.TemplateIncorrectOrUnapproved': { type: 'channel', reason: 'the template is not approved' },
  'FailedOperation.ContainSensitiveWord': { type: 'content', reason: 'a word is refused' },
  'InvalidParameterValue.IncorrectPhoneNumber': { type: 'content', reason: 'the phone number is wrong' },
  'InvalidParameterValue.TemplateParameterLengthLimit': { type: 'content', reason: 'a variable is too long' },
  InternalError: { type: 'retry', reason: 'the service fails' },
}

/** The longest entry whose words begin the code: `LimitExceeded.PhoneNumberDailyLimit` is one of `LimitExceeded.PhoneNumber`. */
export function tencentFailure(code: string): Failure {
  const known = Object.keys(TENCENT_CODES)
    .filter((name) => code.startsWith(name))
    .sort((a, b) => b.length - a.length)[0]
  return { ...byCode(TENCENT_CODES, known ?? code), code }
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest()

/** TC3-HMAC-SHA256 over host, content type and body. @returns the Authorization header */
export function tencentAuthorization(options: {
  secretId: string
  secretKey: string
  service: string
  host: string
  timestampS: number
  body: string
}): string {
  const { secretId, secretKey, service, host, timestampS, body } = options
  const date = new Date(timestampS * 1000).toISOString().slice(0, 10)
  const canonical = `POST\n/\n\ncontent-type:application/json; charset=utf-8\nhost:${host}\n\ncontent-type;host\n${sha256(body)}`
  const scope = `${date}/${service}/tc3_request`
  const toSign = `TC3-HMAC-SHA256\n${timestampS}\n${scope}\n${sha256(canonical)}`
  const key = hmac(hmac(hmac(`TC3${secretKey}`, date), service), 'tc3_request')
  const signature = createHmac('sha256', key).update(toSign).digest('hex')
  return `TC3-HMAC-SHA256 Credential=${secretId}/${scope}, SignedHeaders=content-type;host, Signature=${signature}`
}

export interface TencentOptions {
  readonly secretId: string
  readonly secretKey: string
  readonly sdkAppId: string
  readonly signName: string
  readonly templateId: string
  readonly region: string
  readonly url?: string | undefined
  readonly wallMs: () => number
}

/** 腾讯云短信. The same content to one number at most once in 30 s. */
export function createTencentSms(options: TencentOptions): Channel {
  const url = new URL(options.url ?? 'https://sms.tencentcloudapi.com/')
  return {
    type: 'tencent-sms',
    limits: { textBytes: 1000, perMinute: 2, personal: true, gathers: true },
    async send(message, signal) {
      const phone = message.people[0]?.phone
      if (phone === undefined) return { type: 'content', code: 'NO_NUMBER', reason: 'this person has no phone number' }
      const { level, text, order } = smsVariables(message)
      const body = JSON.stringify({
        PhoneNumberSet: [phone.startsWith('+') ? phone : `+86${phone}`],
        SmsSdkAppId: options.sdkAppId,
        SignName: options.signName,
        TemplateId: options.templateId,
        TemplateParamSet: [level, text, order],
        SessionContext: message.id,
      })
      const timestampS = Math.floor(options.wallMs() / 1000)
      const headers = {
        'content-type': 'application/json; charset=utf-8',
        'x-tc-action': 'SendSms',
        'x-tc-version': '2021-01-11',
        'x-tc-region': options.region,
        'x-tc-timestamp': String(timestampS),
        authorization: tencentAuthorization({ ...options, service: 'sms', host: url.host, timestampS, body }),
      }
      const answer = await post(url.href, body, headers, signal)
      return 'failure' in answer ? answer.failure : tencentVerdict(answer)
    },
  }
}

/** Success stands per number; a request can be taken and its one number refused. */
export function tencentVerdict(answer: Answer): Verdict {
  const response = jsonObject(answer.text)?.Response as
    | { Error?: { Code?: unknown }; SendStatusSet?: readonly { Code?: unknown }[] }
    | undefined
  const code = response?.Error?.Code ?? response?.SendStatusSet?.[0]?.Code
  if (code === 'Ok') return { type: 'ok' }
  return typeof code === 'string' ? tencentFailure(code) : byStatus(answer)
}
