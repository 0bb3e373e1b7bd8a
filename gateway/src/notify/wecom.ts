import type { Channel, CodeTable, Message } from './channel.ts'
import { byCode } from './channel.ts'
import { byStatus, jsonObject, post } from './post.ts'
import { cutBytes, fitLines } from './split-bytes.ts'

/** @see WeCom developer centre, 消息推送配置说明 (path/99110). The vendor: decide on errcode, never on errmsg. */
export const WECOM_CODES: CodeTable = {
  '-1': { type: 'retry', reason: 'the service is busy' },
  '45009': { type: 'throttle', afterMs: 60_000, reason: 'more than 20 messages a minute' },
  '40058': { type: 'content', reason: 'longer than allowed' },
  '40008': { type: 'content', reason: 'message type refused' },
  '44004': { type: 'content', reason: 'empty content' },
  '93000': { type: 'channel', reason: 'the robot’s key is wrong, or the robot was removed' },
}

const MARKDOWN_BYTES = 4096
const TEXT_BYTES = 2048

/** 企业微信群机器人. The key is the only secret; there is no signature. */
export function createWecom(options: { key: string; url?: string | undefined }): Channel {
  const base = options.url ?? 'https://qyapi.weixin.qq.com'
  const address = `${base.replace(/\/$/, '')}/cgi-bin/webhook/send?key=${encodeURIComponent(options.key)}`
  return {
    type: 'wecom',
    limits: { textBytes: 3600, perMinute: 18, personal: false, gathers: true },
    async send(message, signal) {
      const answer = await post(address, JSON.stringify(wecomBody(message)), {}, signal)
      if ('failure' in answer) return answer.failure
      const body = jsonObject(answer.text)
      if (body?.errcode === undefined) return byStatus(answer)
      if (body.errcode === 0) return { type: 'ok' }
      return byCode(WECOM_CODES, String(body.errcode), String(body.errmsg ?? ''))
    },
  }
}

/** Markdown can call people by user id, only plain text by phone number: the form follows what we know of them. */
function wecomBody(message: Message): object {
  const phones = message.people.flatMap((person) => (person.chatId === undefined ? (person.phone ?? []) : []))
  const links = message.links
  if (phones.length > 0) {
    const tail = links.map(({ label, url }) => `${label}：${url}`)
    const content = [message.title, ...message.lines, ...tail].join('\n')
    const ids = message.people.flatMap((person) => person.chatId ?? [])
    // A digest is longer than plain text may be. Naming every alarm is worth more than calling by number.
    if (Buffer.byteLength(content) <= TEXT_BYTES)
      return { msgtype: 'text', text: { content, mentioned_mobile_list: phones, mentioned_list: ids } }
  }
  const tail = [
    links.map(({ label, url }) => `[${label}](${url})`).join('　'),
    message.people.map((person) => (person.chatId === undefined ? '' : `<@${person.chatId}>`)).join(''),
  ].filter((line) => line !== '')
  const title = message.priority === 'P1' ? `<font color="warning">${message.title}</font>` : `**${message.title}**`
  return { msgtype: 'markdown', markdown: { content: withTail([title, ...message.lines], tail, MARKDOWN_BYTES) } }
}

/** What can be tapped is worth more than the last sentence: it stays whole while the lines give way. */
function withTail(lines: readonly string[], tail: readonly string[], maxBytes: number): string {
  const end = tail.length > 0 ? `\n${tail.join('\n')}` : ''
  const room = maxBytes - Buffer.byteLength(end)
  return cutBytes(fitLines(lines, room, (left) => `……另有 ${left} 行`).join('\n') + end, maxBytes)
}
