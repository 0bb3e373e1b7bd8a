import { createHmac } from 'node:crypto'
import type { Channel, CodeTable, Failure, Message, Verdict } from './channel.ts'
import { byCode } from './channel.ts'
import { type Answer, byStatus, jsonObject, post, serverClockMs } from './post.ts'

/** Codes of oapi.dingtalk.com/robot/send. 310000 is not among them: one code with four meanings, told apart by its text. */
export const DINGTALK_CODES: CodeTable = {
  '-1': { type: 'retry', afterMs: 30_000, reason: 'the service is busy' },
  '130101': { type: 'throttle', afterMs: 600_000, reason: 'more than 20 messages a minute' },
  '410100': { type: 'throttle', afterMs: 600_000, reason: 'more than 20 messages a minute' },
  '90030': { type: 'channel', reason: 'the month’s quota of robot messages is used up' },
  '460101': { type: 'content', reason: 'longer than 20,000 bytes' },
  '101002': { type: 'content', reason: 'longer than 20,000 bytes' },
  '40035': { type: 'content', reason: 'a parameter is missing' },
  '43004': { type: 'content', reason: 'content type refused' },
  '400105': { type: 'content', reason: 'message type refused' },
  '300001': { type: 'channel', reason: 'the token does not exist' },
  '300005': { type: 'channel', reason: 'the token does not exist' },
  '400101': { type: 'channel', reason: 'the token does not exist' },
  '400013': { type: 'channel', reason: 'the group was dissolved' },
  '400102': { type: 'channel', reason: 'the robot was stopped' },
  '400106': { type: 'channel', reason: 'the robot does not exist' },
}

/** Older replies are English, newer ones Chinese. */
const MEANINGS_OF_310000: readonly { says: RegExp; type: Failure['type']; reason: string }[] = [
  { says: /keyword|关键词/i, type: 'content', reason: 'the robot’s keyword is missing: let it be “Hallwatt”' },
  { says: /whitelist|白名单|\bip\b/i, type: 'channel', reason: 'our address is not on the robot’s list' },
  { says: /sign|timestamp|签名|时间戳/i, type: 'channel', reason: 'the signature is refused: wrong secret or clock' },
]

/** 加签: HMAC-SHA256 keyed with the secret over `<ms>\n<secret>`, base64, URL-encoded. */
export const dingtalkSign = (timestampMs: number, secret: string): string =>
  encodeURIComponent(createHmac('sha256', secret).update(`${timestampMs}\n${secret}`).digest('base64'))

/** 钉钉自定义机器人. */
export function createDingtalk(options: {
  token: string
  secret?: string | undefined
  url?: string | undefined
  wallMs: () => number
}): Channel {
  const { token, secret, wallMs } = options
  const base = (options.url ?? 'https://oapi.dingtalk.com').replace(/\/$/, '')

  const address = (atMs: number) =>
    `${base}/robot/send?access_token=${encodeURIComponent(token)}` +
    (secret === undefined ? '' : `&timestamp=${atMs}&sign=${dingtalkSign(atMs, secret)}`)

  return {
    type: 'dingtalk',
    limits: { textBytes: 12_000, perMinute: 18, personal: false, gathers: true },
    async send(message, signal) {
      const body = JSON.stringify(dingtalkBody(message))
      const answer = await post(address(wallMs()), body, {}, signal)
      if ('failure' in answer) return answer.failure
      const verdict = dingtalkVerdict(answer)
      const clock = serverClockMs(answer)
      if (verdict.type !== 'channel' || verdict.code !== '310000' || secret === undefined || clock === undefined)
        return verdict
      if (!/signature/.test(verdict.reason)) return verdict
      // Our clock may be wrong by more than the hour they allow: once more, by theirs.
      const again = await post(address(clock), body, {}, signal)
      return 'failure' in again ? again.failure : dingtalkVerdict(again)
    },
  }
}

/** A WAF answers before the service does, sometimes with its JSON glued in front of the service's own. */
export function dingtalkVerdict(answer: Answer): Verdict {
  const waf = /"status"\s*:\s*1111\b/.test(answer.text) && /"punish"|"wait"/.test(answer.text)
  if (waf) {
    const wait = /"wait"\s*:\s*(\d+)/.exec(answer.text)?.[1]
    return {
      type: 'throttle',
      afterMs: Math.max(60_000, Number(wait ?? 0) * 1000),
      code: '1111',
      reason: 'held off by a firewall',
    }
  }
  const body = jsonObject(answer.text)
  if (body?.errcode === undefined) return byStatus(answer)
  if (body.errcode === 0) return { type: 'ok' }
  const code = String(body.errcode)
  const text = String(body.errmsg ?? '')
  if (code !== '310000') return byCode(DINGTALK_CODES, code, text)
  const meaning = MEANINGS_OF_310000.find(({ says }) => says.test(text))
  return meaning
    ? { type: meaning.type, code, reason: meaning.reason }
    : { type: 'unknown', code, reason: 'a security setting refused it' }
}

/** People are only called when their number also stands in the text. */
function dingtalkBody(message: Message): object {
  const mobiles = message.people.flatMap((person) => person.phone ?? [])
  const userIds = message.people.flatMap((person) => (person.phone === undefined ? (person.chatId ?? []) : []))
  const called = [...mobiles, ...userIds].map((id) => `@${id}`).join(' ')
  const links = message.links.map(({ label, url }) => `[${label}](${url})`).join('　')
  const paragraphs = [`#### ${message.title}`, ...message.lines, links, called, 'Hallwatt'].filter(
    (line) => line !== '',
  )
  return {
    msgtype: 'markdown',
    markdown: { title: message.title, text: paragraphs.join('\n\n') },
    at: { atMobiles: mobiles, atUserIds: userIds, isAtAll: false },
  }
}
