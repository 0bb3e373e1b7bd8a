import { expect, test } from 'vitest'
import { createLastMessages, KEPT_BYTES, withoutCredentials } from './last-messages.ts'

const message = (topic: string, payload: string, user = 'kiosk-01') => ({
  topic,
  user,
  payload: Buffer.from(payload),
  clientId: 'c',
  qos: 1 as const,
  retain: false,
  dup: false,
  will: false,
})

const all = () => true

test('the last message of a topic is shown as it came, newest topic first', () => {
  const last = createLastMessages()
  last.take(message('a/state', '{"x":1}'), 1000)
  last.take(message('a/online', 'true'), 2000)
  last.take(message('a/state', '{"x":22222}'), 3000)
  expect(last.of('kiosk-01', all, 12).map(({ topic, payload, at }) => [topic, payload, at])).toEqual([
    ['a/state', '{"x":22222}', 3000],
    ['a/online', 'true', 2000],
  ])
  expect(last.of('another', all, 12)).toEqual([])
})

test('a long payload is cut and says so; a shorter one after it shows nothing of it', () => {
  const last = createLastMessages()
  last.take(message('a', 'x'.repeat(KEPT_BYTES + 1)), 1)
  expect(last.of('kiosk-01', all, 1)[0]).toMatchObject({
    bytes: KEPT_BYTES + 1,
    truncated: true,
    payload: 'x'.repeat(KEPT_BYTES),
  })
  last.take(message('a', 'short'), 2)
  expect(last.of('kiosk-01', all, 1)[0]).toMatchObject({ truncated: false, payload: 'short' })
})

test('topics nobody asked for do not pile up', () => {
  const last = createLastMessages()
  for (let i = 0; i < 5000; i++) last.take(message(`a/${i}`, 'x'), i)
  expect(last.stats()).toEqual({ rememberedTopics: 4000 })
})

test.each([
  ['{"wifi_password":"geheim","power":5}', '{"wifi_password":"***","power":5}'],
  ['{"mqtt":{"token": "a\\"b"},"x":1}', '{"mqtt":{"token": "***"},"x":1}'],
  ['user=a&password=b&c=d', 'user=a&password="***"&c=d'],
  ['{"apiKey":12345}', '{"apiKey":"***"}'],
  ['{"secret":"cut off in the mid', '{"secret":"***"'],
  ['{"power":1,"passes":true}', '{"power":1,"passes":"***"}'],
  ['{"power":1}', '{"power":1}'],
])('%s is shown as %s', (sent, shown) => {
  expect(withoutCredentials(sent)).toBe(shown)
})
