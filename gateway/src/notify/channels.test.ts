import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer, type Server } from 'node:net'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ChannelSettings } from '../config/repair-schema.ts'
import { aliyunSignature } from './aliyun-sms.ts'
import type { Channel, Verdict } from './channel.ts'
import { dingtalkSign } from './dingtalk.ts'
import { feishuSign } from './feishu.ts'
import { createChannels } from './notify.ts'
import { tencentAuthorization } from './tencent-sms.ts'
import { type LocalReceiver, type Reply, startReceiver } from './testing/local-receiver.ts'
import { person, sampleMessage } from './testing/notice-samples.ts'
import { standardSignature } from './webhook.ts'

const NOW = 1_700_000_000_000
const environment = {
  KEY: 'robot-key',
  TOKEN: 'robot-token',
  SECRET: 'SEC0123456789abcdef',
  WHSEC: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  ID: 'testId',
  PASSWORD: 'pass',
}

let server: LocalReceiver
beforeEach(async () => {
  server = await startReceiver()
})
afterEach(() => server.close())

const channelOf = (settings: ChannelSettings, published?: string[]): Channel =>
  createChannels(
    { one: settings },
    { environment, wallMs: () => NOW, publish: async (topic, payload) => void published?.push(`${topic} ${payload}`) },
  ).get('one') as Channel

const signal = new AbortController().signal
async function verdictOn(settings: ChannelSettings, ...replies: Reply[]): Promise<Verdict> {
  server.answer(...replies)
  return channelOf(settings).send(sampleMessage(), signal)
}
const requestBody = (index = 0) => JSON.parse(server.received[index]!.text)

describe('WeCom', () => {
  const settings = (): ChannelSettings => ({ type: 'wecom', key: 'KEY', url: server.url })

  test('errcode 0 is delivered; the person is called by id and the link can be tapped', async () => {
    expect(await verdictOn(settings(), { body: { errcode: 0, errmsg: 'ok' } })).toEqual({ type: 'ok' })
    expect(server.received[0]?.path).toBe('/cgi-bin/webhook/send?key=robot-key')
    const { content } = requestBody().markdown
    expect(content).toContain('<@zhang.wei>')
    expect(content).toContain('[接单](https://hall.example/t/abc)')
  })
  test('a person of whom only the phone number is known is called in plain text', async () => {
    server.answer({ body: { errcode: 0 } })
    await channelOf(settings()).send(sampleMessage({ people: [person('li', { phone: '139' })] }), signal)
    expect(requestBody()).toMatchObject({ msgtype: 'text', text: { mentioned_mobile_list: ['139'] } })
  })
  test('HTTP 200 with 45009 is not delivered: the robot rests a minute', async () => {
    const body = { errcode: 45009, errmsg: 'api freq out of limit' }
    expect(await verdictOn(settings(), { body })).toMatchObject({ type: 'throttle', afterMs: 60_000, code: '45009' })
  })
  test('busy is tried again', async () => {
    expect(await verdictOn(settings(), { body: { errcode: -1, errmsg: 'system busy' } })).toMatchObject({
      type: 'retry',
    })
  })
  test('too long is content', async () => {
    const body = { errcode: 40058, errmsg: 'content exceed max length 4096' }
    expect(await verdictOn(settings(), { body })).toMatchObject({ type: 'content' })
  })
  test('a removed robot is a broken channel', async () => {
    const body = { errcode: 93000, errmsg: 'invalid webhook url' }
    expect(await verdictOn(settings(), { body })).toMatchObject({ type: 'channel' })
  })
  test('a code nobody knows is a failure', async () => {
    expect(await verdictOn(settings(), { body: { errcode: 99999, errmsg: 'ok' } })).toMatchObject({ type: 'unknown' })
  })
  test('HTTP 200 with a login page is a failure', async () => {
    expect(await verdictOn(settings(), { body: '<html>ok</html>' })).toMatchObject({
      type: 'unknown',
      code: 'HTTP 200',
    })
  })
  test('a message of any length stays below 4096 bytes, whole characters, link and call kept', async () => {
    server.answer({ body: { errcode: 0 } })
    await channelOf(settings()).send(
      sampleMessage({ lines: Array.from({ length: 400 }, () => '缴费机故障👨‍🔧') }),
      signal,
    )
    const { content } = requestBody().markdown
    expect(Buffer.byteLength(content)).toBeLessThanOrEqual(4096)
    expect(content).toMatch(/……另有 \d+ 行\n\[接单\]\(https:\/\/hall\.example\/t\/abc\)\n<@zhang\.wei>$/)
    expect(content).not.toContain('\uFFFD')
  })
})

describe('DingTalk', () => {
  const settings = (): ChannelSettings => ({ type: 'dingtalk', token: 'TOKEN', secret: 'SECRET', url: server.url })

  test('the signature is that of the vector', () => {
    expect(dingtalkSign(1_700_000_000_000, 'SEC0123456789abcdef')).toBe(
      'TSZbRFUuvaSQaRKUpF970OPCb2%2FLcQAP3wOvwZIzBZk%3D',
    )
  })
  test('errcode 0 is delivered, signed in the query, and the number stands in the text too', async () => {
    expect(await verdictOn(settings(), { body: { errcode: 0, errmsg: 'ok' } })).toEqual({ type: 'ok' })
    expect(server.received[0]?.path).toContain(
      `&timestamp=${NOW}&sign=TSZbRFUuvaSQaRKUpF970OPCb2%2FLcQAP3wOvwZIzBZk%3D`,
    )
    expect(requestBody().markdown.text).toContain('@13800000000')
    expect(requestBody().at.atMobiles).toEqual(['13800000000'])
  })
  test('too fast rests ten minutes', async () => {
    const body = { errcode: 130101, errmsg: 'send too fast, exceed 20 times per minute' }
    expect(await verdictOn(settings(), { body })).toMatchObject({ type: 'throttle', afterMs: 600_000 })
  })
  test('a firewall’s answer glued in front of a success is no success', async () => {
    const body = '{"status":1111,"wait":5,"source":"x5","punish":"deny","uuid":"1"}{"errcode":0,"errmsg":"ok"}'
    expect(await verdictOn(settings(), { body })).toMatchObject({ type: 'throttle', code: '1111' })
  })
  test('310000 keywords is content', async () => {
    const body = { errcode: 310000, errmsg: 'keywords not in content' }
    expect(await verdictOn(settings(), { body })).toMatchObject({ type: 'content' })
  })
  test('310000 in Chinese about the list of addresses is a broken channel', async () => {
    const body = { errcode: 310000, errmsg: '错误描述:请求IP不在白名单内' }
    expect(await verdictOn(settings(), { body })).toMatchObject({
      type: 'channel',
      reason: expect.stringContaining('list'),
    })
  })
  test('310000 about the signature is signed once more by the server’s clock', async () => {
    const date = new Date(NOW + 7_200_000).toUTCString()
    const refused = { headers: { date }, body: { errcode: 310000, errmsg: 'invalid timestamp' } }
    expect(await verdictOn(settings(), refused, { body: { errcode: 0 } })).toEqual({ type: 'ok' })
    expect(server.received[1]?.path).toContain(`timestamp=${NOW + 7_200_000}&`)
  })
  test('310000 sign not match twice is a broken channel', async () => {
    const body = { errcode: 310000, errmsg: 'sign not match' }
    expect(await verdictOn(settings(), { body })).toMatchObject({ type: 'channel' })
    expect(server.received).toHaveLength(2)
  })
  test('the used-up monthly quota is a broken channel', async () => {
    const body = { errcode: 90030, errmsg: 'webhook over limit' }
    expect(await verdictOn(settings(), { body })).toMatchObject({ type: 'channel' })
  })
  test('busy waits half a minute', async () => {
    expect(await verdictOn(settings(), { body: { errcode: -1 } })).toMatchObject({ type: 'retry', afterMs: 30_000 })
  })
  test('too long is content', async () => {
    expect(await verdictOn(settings(), { body: { errcode: 460101 } })).toMatchObject({ type: 'content' })
  })
  test('a code nobody knows is a failure', async () => {
    expect(await verdictOn(settings(), { body: { errcode: 1 } })).toMatchObject({ type: 'unknown' })
  })
})

describe('Feishu', () => {
  const settings = (): ChannelSettings => ({ type: 'feishu', token: 'TOKEN', secret: 'SECRET', url: server.url })

  test('the signature is that of the vector', () => {
    expect(feishuSign(1_700_000_000, 'demo-secret')).toBe('mYHw2R2SOm8Rw/sne3lQdmz4sOfntKR+1P/8RKKTwmA=')
  })
  test('code 0 is delivered, signed in the body, with a button', async () => {
    expect(await verdictOn(settings(), { body: { code: 0, msg: 'success' } })).toEqual({ type: 'ok' })
    expect(server.received[0]?.path).toBe('/open-apis/bot/v2/hook/robot-token')
    expect(requestBody()).toMatchObject({ timestamp: '1700000000', card: { header: { template: 'red' } } })
    expect(requestBody().card.elements[1].actions[0].url).toBe('https://hall.example/t/abc')
  })
  test('the old success reply is understood', async () => {
    expect(await verdictOn(settings(), { body: { StatusCode: 0, StatusMessage: 'success' } })).toEqual({ type: 'ok' })
  })
  test('pressure on the service is waited out', async () => {
    expect(await verdictOn(settings(), { body: { code: 11232, msg: 'frequency limited' } })).toMatchObject({
      type: 'throttle',
    })
  })
  test('9499 too many request with HTTP 400 is a throttle', async () => {
    const reply = { status: 400, body: { code: 9499, msg: 'too many request' } }
    expect(await verdictOn(settings(), reply)).toMatchObject({ type: 'throttle' })
  })
  test('9499 bad request is content', async () => {
    expect(await verdictOn(settings(), { status: 400, body: { code: 9499, msg: 'Bad Request' } })).toMatchObject({
      type: 'content',
    })
  })
  test('a refused signature is signed once more by the server’s clock', async () => {
    const date = new Date(NOW - 7_200_000).toUTCString()
    const refused = { headers: { date }, body: { code: 19021, msg: 'sign match fail' } }
    expect(await verdictOn(settings(), refused, { body: { code: 0 } })).toEqual({ type: 'ok' })
    expect(requestBody(1).timestamp).toBe('1699992800')
  })
  test('429 waits as long as the header says', async () => {
    const reply = { status: 429, headers: { 'x-ogw-ratelimit-reset': '17' }, body: { code: 99991400 } }
    expect(await verdictOn(settings(), reply)).toMatchObject({ type: 'throttle', afterMs: 17_000 })
  })
  test('a wrong token is a broken channel', async () => {
    expect(await verdictOn(settings(), { body: { code: 19001, msg: 'param invalid' } })).toMatchObject({
      type: 'channel',
    })
  })
  test('too long is content', async () => {
    expect(await verdictOn(settings(), { body: { code: 19036, msg: 'exceeds 30KB' } })).toMatchObject({
      type: 'content',
    })
  })
  test('a code nobody knows is a failure', async () => {
    expect(await verdictOn(settings(), { body: { code: 5 } })).toMatchObject({ type: 'unknown' })
  })
})

describe('webhook', () => {
  const settings = (): ChannelSettings => ({ type: 'webhook', url: `${server.url}/hook`, secret: 'WHSEC' })

  // python3: base64(hmac_sha256(b64decode('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'), 'msg_….1614265330.{"test": 2432232314}'))
  test('the signature is that of the vector', () => {
    const id = 'msg_p5jXN8AQM9LWM0D4loKWxJek'
    expect(standardSignature(environment.WHSEC, id, 1_614_265_330, '{"test": 2432232314}')).toBe(
      'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    )
  })
  test('two secrets give two signatures, while one replaces the other', () => {
    expect(standardSignature('old new', 'id', 1, '{}').split(' ')).toHaveLength(2)
  })
  test('any 2xx is delivered; id and signature fit the body', async () => {
    expect(await verdictOn(settings(), { status: 202 })).toEqual({ type: 'ok' })
    const { headers, text } = server.received[0]!
    expect(headers['webhook-id']).toBe('hw_0123456789')
    expect(headers['webhook-signature']).toBe(standardSignature(environment.WHSEC, 'hw_0123456789', NOW / 1000, text))
    expect(requestBody()).toMatchObject({ type: 'hallwatt.alarm', data: { keys: ['alarm:A20261122-0007:1:zhang'] } })
  })
  test('410 is a broken channel', async () => {
    expect(await verdictOn(settings(), { status: 410 })).toMatchObject({ type: 'channel', code: 'HTTP 410' })
  })
  test('429 waits as long as Retry-After says', async () => {
    expect(await verdictOn(settings(), { status: 429, headers: { 'retry-after': '7' } })).toMatchObject({
      type: 'throttle',
      afterMs: 7000,
    })
  })
  test('500 is tried again', async () => {
    expect(await verdictOn(settings(), { status: 500 })).toMatchObject({ type: 'retry' })
  })
  test('a redirect is not followed and not a success', async () => {
    expect(await verdictOn(settings(), { status: 302, headers: { location: '/login' } })).toMatchObject({
      type: 'channel',
    })
  })
  test('a cut connection is tried again', async () => {
    expect(await verdictOn(settings(), { cut: true })).toMatchObject({ type: 'retry', code: 'ECONNRESET' })
  })
  test('a secret that is not set is said by the name of its variable', async () => {
    const verdict = await verdictOn({ type: 'webhook', url: server.url, secret: 'NOT_SET' }, {})
    expect(verdict).toMatchObject({ type: 'channel', code: 'NO_SECRET', reason: expect.stringContaining('NOT_SET') })
    expect(server.received).toHaveLength(0)
  })
})

describe('Alertmanager', () => {
  const settings = (): ChannelSettings => ({ type: 'alertmanager', url: server.url, token: 'TOKEN' })

  test('an alarm fires as version 4', async () => {
    expect(await verdictOn(settings(), { status: 200 })).toEqual({ type: 'ok' })
    expect(server.received[0]?.headers.authorization).toBe('Bearer robot-token')
    expect(requestBody()).toMatchObject({ version: '4', status: 'firing', alerts: [{ status: 'firing' }] })
  })
  test('its recovery resolves the same fingerprint', async () => {
    const channel = channelOf(settings())
    await channel.send(sampleMessage(), signal)
    await channel.send(sampleMessage({ kind: 'recovery' }), signal)
    expect(requestBody(1).status).toBe('resolved')
    expect(requestBody(1).alerts[0].fingerprint).toBe(requestBody(0).alerts[0].fingerprint)
  })
  test('a failing server is tried again', async () => {
    expect(await verdictOn(settings(), { status: 503 })).toMatchObject({ type: 'retry' })
  })
})

describe('MQTT', () => {
  test('the notice is published as JSON', async () => {
    const published: string[] = []
    const channel = channelOf({ type: 'mqtt', topic: 'hallwatt/east/notice' }, published)
    expect(await channel.send(sampleMessage(), signal)).toEqual({ type: 'ok' })
    expect(published[0]).toMatch(/^hallwatt\/east\/notice \{"type":"hallwatt.alarm"/)
  })
})

describe('Aliyun SMS', () => {
  const settings = (): ChannelSettings => ({
    type: 'aliyun-sms',
    accessKeyId: 'ID',
    accessKeySecret: 'SECRET',
    signName: '东湖供电',
    templateCode: 'SMS_1',
    url: server.url,
  })

  // python3, urllib.parse.quote(safe='-_.~') and hmac.new(b'testSecret&', …, sha1)
  test('the signature is that of an independent computation', () => {
    const parameters = {
      Action: 'SendSms',
      AccessKeyId: 'testId',
      Timestamp: '2026-11-22T06:00:00Z',
      SignatureNonce: 'nonce-1',
      TemplateParam: '{"text":"2号缴费机 卡纸!*\'()"}',
      PhoneNumbers: '13800000000',
    }
    expect(aliyunSignature(parameters, 'testSecret')).toBe('kxPgO6YKraloss42E6YRrSisE9Q=')
  })
  test('Code OK is delivered; no variable holds an address', async () => {
    expect(await verdictOn(settings(), { body: { Code: 'OK', BizId: '1' } })).toEqual({ type: 'ok' })
    const sent = new URLSearchParams(server.received[0]?.text)
    expect(JSON.parse(sent.get('TemplateParam') ?? '')).toEqual({
      level: 'P1紧急',
      text: '东湖厅 2号缴费机 发票打印机卡纸 14:05',
      order: 'A20261122-0007',
    })
    const { Signature, ...parameters } = Object.fromEntries(sent)
    expect(Signature).toBe(aliyunSignature(parameters, environment.SECRET))
  })
  test('too many to one number is passed over', async () => {
    const body = { Code: 'isv.BUSINESS_LIMIT_CONTROL', Message: '触发小时级流控Permits:5' }
    expect(await verdictOn(settings(), { body })).toMatchObject({ type: 'throttle' })
  })
  test('no credit is a broken channel', async () => {
    expect(await verdictOn(settings(), { body: { Code: 'isv.AMOUNT_NOT_ENOUGH' } })).toMatchObject({ type: 'channel' })
  })
  test('a failing service is tried again', async () => {
    expect(await verdictOn(settings(), { body: { Code: 'isp.SYSTEM_ERROR' } })).toMatchObject({ type: 'retry' })
  })
  test('an address in a variable is content', async () => {
    expect(await verdictOn(settings(), { body: { Code: 'isv.PARAM_NOT_SUPPORT_URL' } })).toMatchObject({
      type: 'content',
    })
  })
  test('a code nobody knows is a failure', async () => {
    expect(await verdictOn(settings(), { body: { Code: 'isv.NEW' } })).toMatchObject({ type: 'unknown' })
  })
})

describe('Tencent SMS', () => {
  const settings = (): ChannelSettings => ({
    type: 'tencent-sms',
    secretId: 'ID',
    secretKey: 'SECRET',
    sdkAppId: '1400000000',
    signName: '东湖供电',
    templateId: '1',
    region: 'ap-guangzhou',
    url: server.url,
  })
  const status = (Code: string) => ({ body: { Response: { SendStatusSet: [{ Code }], RequestId: 'r' } } })

  // python3, hmac.new(…, sha256) over date, service and tc3_request
  test('the signature is that of an independent computation', () => {
    const authorization = tencentAuthorization({
      secretId: 'testId',
      secretKey: 'testKey',
      service: 'sms',
      host: 'sms.tencentcloudapi.com',
      timestampS: 1_700_000_000,
      body: '{"PhoneNumberSet":["+8613800000000"]}',
    })
    expect(authorization).toBe(
      'TC3-HMAC-SHA256 Credential=testId/2023-11-14/sms/tc3_request, SignedHeaders=content-type;host, Signature=ad7508983adec710487b6b82c942257098c2c874735951130312147b8c65744c',
    )
  })
  test('Ok for the number is delivered; the outbox id goes along', async () => {
    expect(await verdictOn(settings(), status('Ok'))).toEqual({ type: 'ok' })
    expect(requestBody()).toMatchObject({ PhoneNumberSet: ['+8613800000000'], SessionContext: 'hw_0123456789' })
  })
  test('a request that is taken while its number is refused is not delivered', async () => {
    expect(await verdictOn(settings(), status('LimitExceeded.PhoneNumberDailyLimit'))).toMatchObject({
      type: 'throttle',
    })
  })
  test('a wrong key is a broken channel', async () => {
    const body = { Response: { Error: { Code: 'AuthFailure.SecretIdNotFound', Message: 'x' } } }
    expect(await verdictOn(settings(), { body })).toMatchObject({
      type: 'channel',
      code: 'AuthFailure.SecretIdNotFound',
    })
  })
  test('too many requests are tried again', async () => {
    const body = { Response: { Error: { Code: 'RequestLimitExceeded' } } }
    expect(await verdictOn(settings(), { body })).toMatchObject({ type: 'retry' })
  })
  test('a word that is refused is content', async () => {
    expect(await verdictOn(settings(), status('FailedOperation.ContainSensitiveWord'))).toMatchObject({
      type: 'content',
    })
  })
  test('a code nobody knows is a failure', async () => {
    expect(await verdictOn(settings(), status('FailedOperation.New'))).toMatchObject({ type: 'unknown' })
  })
})

describe('mail', () => {
  let mailServer: Server
  const mails: string[] = []
  /** What the server says to which command. */
  let says: Record<string, string> = {}
  beforeEach(async () => {
    mails.length = 0
    says = {}
    mailServer = createServer((socket) => {
      let mail: string[] | undefined
      const say = (line: string) => socket.write(`${line}\r\n`)
      socket.on('error', () => {})
      say('220 hall.example ESMTP')
      createInterface({ input: socket }).on('line', (line) => {
        if (mail) {
          if (line !== '.') return void mail.push(line)
          mails.push(mail.join('\n'))
          mail = undefined
          return say(says['.'] ?? '250 queued')
        }
        const command = line.slice(0, 4).toUpperCase()
        if (says[command]) return say(says[command])
        if (command === 'DATA') mail = []
        say(command === 'DATA' ? '354 go on' : command === 'QUIT' ? '221 bye' : '250 hall.example')
      })
    })
    mailServer.listen(0, '127.0.0.1')
    await once(mailServer, 'listening')
  })
  afterEach(() => new Promise((resolve) => mailServer.close(resolve)))

  const mail = (more = {}) =>
    channelOf({
      type: 'smtp',
      host: '127.0.0.1',
      port: (mailServer.address() as AddressInfo).port,
      secure: false,
      from: 'Hallwatt <hallwatt@hall.example>',
    }).send(sampleMessage(more), signal)

  test('an accepted mail carries our id and answers the first one of its alarm', async () => {
    expect(await mail({ firstOfThread: 'hw_first' })).toEqual({ type: 'ok' })
    expect(mails[0]).toContain('Message-ID: <hw_0123456789@hall.example>')
    expect(mails[0]).toContain('In-Reply-To: <hw_first@hall.example>')
  })
  test('450 is tried again', async () => {
    says = { RCPT: '450 4.2.1 try later' }
    expect(await mail()).toMatchObject({ type: 'retry', code: '450' })
  })
  test('a refused recipient says nothing about the channel', async () => {
    says = { RCPT: '550 5.1.1 no such user' }
    expect(await mail()).toMatchObject({ type: 'content', code: '550' })
  })
  test('554 to the mail itself is a broken channel', async () => {
    says = { '.': '554 5.7.1 refused' }
    expect(await mail()).toMatchObject({ type: 'channel', code: '554' })
  })
  test('a server that is not there is tried again', async () => {
    await new Promise((resolve) => mailServer.close(resolve))
    const channel = channelOf({ type: 'smtp', host: '127.0.0.1', port: 1, secure: false, from: 'a@b.example' })
    expect(await channel.send(sampleMessage(), signal)).toMatchObject({ type: 'retry' })
    mailServer.listen(0)
  })
  test('a person without an address is the next channel’s', async () => {
    expect(await mail({ people: [person('li')] })).toMatchObject({ type: 'content', code: 'NO_ADDRESS' })
  })
})
