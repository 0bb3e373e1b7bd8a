import { createHmac } from 'node:crypto'
import type { Channel, CodeTable, Message, Verdict } from './channel.ts'
import { byCode } from './channel.ts'
import { type Answer, byStatus, jsonObject, post, serverClockMs } from './post.ts'

/** Codes of /open-apis/bot/v2/hook. 9499 is not among them: it says both “bad request” and “too many”. */
export const FEISHU_CODES: CodeTable = {
  '11232': { type: 'throttle', afterMs: 60_000, reason: 'too many messages, or the service is under pressure' },
  '19021': { type: 'channel', reason: 'the signature is refused: wrong secret or clock' },
  '19022': { type: 'channel', reason: 'our address is not on the robot’s list' },
  '19001': { type: 'channel', reason: 'the token is not valid' },
  '19024': { type: 'content', reason: 'the robot’s keyword is missing: let it be “Hallwatt”' },
  '19036': { type: 'content', reason: 'longer than allowed' },
}

/**
 * 签名校验: HMAC-SHA256 keyed with `<seconds>\n<secret>` over nothing, base64, in the body.
 * Key and message are the other way round than at DingTalk, and the time is in seconds.
 */
export const feishuSign = (timestampS: number, secret: string): string =>
  createHmac('sha256', `${timestampS}\n${secret}`).update('').digest('base64')

/** 飞书自定义机器人. */
export function createFeishu(options: {
  token: string
  secret?: string | undefined
  url?: string | undefined
  wallMs: () => number
}): Channel {
  const { token, secret, wallMs } = options
  const base = (options.url ?? 'https://open.feishu.cn').replace(/\/$/, '')
  const address = `${base}/open-apis/bot/v2/hook/${encodeURIComponent(token)}`

  const signed = (message: Message, atMs: number): string => {
    const timestamp = Math.floor(atMs / 1000)
    const proof = secret === undefined ? {} : { timestamp: String(timestamp), sign: feishuSign(timestamp, secret) }
    return JSON.stringify({ ...proof, ...feishuBody(message) })
  }

  return {
    type: 'feishu',
    limits: { textBytes: 12_000, perMinute: 18, personal: false, gathers: true },
    async send(message, signal) {
      const answer = await post(address, signed(message, wallMs()), {}, signal)
      if ('failure' in answer) return answer.failure
      const verdict = feishuVerdict(answer)
      const clock = serverClockMs(answer)
      if (verdict.type !== 'channel' || verdict.code !== '19021' || secret === undefined || clock === undefined)
        return verdict
      // Our clock may be wrong by more than the hour they allow: once more, by theirs.
      const again = await post(address, signed(message, clock), {}, signal)
      return 'failure' in again ? again.failure : feishuVerdict(again)
    },
  }
}

export function feishuVerdict(answer: Answer): Verdict {
  const body = jsonObject(answer.text)
  // Old robots answer with StatusCode and StatusMessage.
  const code = body?.code ?? body?.StatusCode
  if (code === 0) return { type: 'ok' }
  const reset = Number(answer.headers['x-ogw-ratelimit-reset'])
  if (answer.status === 429 && reset > 0)
    return { type: 'throttle', afterMs: reset * 1000, code: String(code ?? 'HTTP 429'), reason: 'too many messages' }
  if (code === undefined) return byStatus(answer)
  const text = String(body?.msg ?? body?.StatusMessage ?? '')
  if (code === 9499)
    return /too many/i.test(text)
      ? { type: 'throttle', afterMs: 60_000, code: '9499', reason: 'too many messages' }
      : { type: 'content', code: '9499', reason: 'the content is refused' }
  return byCode(FEISHU_CODES, String(code), text)
}

const COLOURS = { P1: 'red', P2: 'orange', P3: 'blue', P4: 'grey' } as const

function feishuBody(message: Message): object {
  const called = message.people.flatMap((person) =>
    person.chatId === undefined ? [] : `<at id=${person.chatId}></at>`,
  )
  const text = [...message.lines, called.join(''), 'Hallwatt'].filter((line) => line !== '').join('\n')
  const buttons = message.links.map(({ label, url }, index) => ({
    tag: 'button',
    text: { tag: 'plain_text', content: label },
    type: index === 0 ? 'primary' : 'default',
    url,
  }))
  return {
    msg_type: 'interactive',
    card: {
      header: {
        title: { tag: 'plain_text', content: message.title },
        template: message.kind === 'recovery' ? 'green' : COLOURS[message.priority],
      },
      elements: [
        { tag: 'div', text: { tag: 'lark_md', content: text } },
        ...(buttons.length > 0 ? [{ tag: 'action', actions: buttons }] : []),
      ],
    },
  }
}
