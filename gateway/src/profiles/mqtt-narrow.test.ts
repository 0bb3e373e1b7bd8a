import { describe, expect, test } from 'vitest'
import { compileMqtt, mqttProblems } from './mqtt-mapping.ts'
import { type MqttProfile, profileSchema } from './profile-schema.ts'

const mqtt = (mapping: object, rule: object = {}): MqttProfile =>
  profileSchema.shape.mqtt.parse({ messages: [{ topic: 't', values: [mapping], ...rule }] }) as MqttProfile

const one = async (mapping: object, payload: unknown) => {
  const [result] = await compileMqtt(mqtt(mapping), {}).map('t', Buffer.from(JSON.stringify(payload)), 0)
  if (!result?.ok) throw new Error(`refused: ${JSON.stringify(result)}`)
  return { ...result.message.values, ...result.message.bad }
}

describe('an item of a list', () => {
  const wechat = {
    quantity: 'payment.wechat',
    pointer: '/channels',
    item: { where: { name: 'wx', lane: 2 }, member: 'code' },
    states: { 0: 'ok', 1: 'down' },
  }

  test('is the first whose members all say what they should', async () => {
    const channels = [{ name: 'wx', lane: 1, code: 0 }, null, 7, { name: 'wx', lane: '2', code: 0 }]
    expect(
      await one(wechat, {
        channels: [...channels, { name: 'wx', lane: 2, code: 1 }, { name: 'wx', lane: 2, code: 0 }],
      }),
    ).toEqual({
      'payment.wechat': 'down',
    })
    expect(await one(wechat, { channels })).toEqual({ 'payment.wechat': 'not-available' })
    expect(await one({ ...wechat, optional: true }, { channels })).toEqual({})
    expect(await one({ ...wechat, optional: true }, {})).toEqual({})
  })

  test('is not looked for in what is no list, and what it says is checked like anything else', async () => {
    for (const channels of [{ name: 'wx' }, 'wx', 0, true])
      expect(await one(wechat, { channels })).toEqual({ 'payment.wechat': 'wrong-type' })
    expect(await one(wechat, { channels: [{ name: 'wx', lane: 2, code: 9 }] })).toEqual({
      'payment.wechat': 'wrong-type',
    })
    expect(await one(wechat, { channels: [{ name: 'wx', lane: 2, code: null }] })).toEqual({
      'payment.wechat': 'not-available',
    })
  })

  test('gives no member that the sender did not write', async () => {
    const inherited = { ...wechat, item: { where: { name: 'wx' }, member: 'constructor' } }
    expect(await one(inherited, { channels: [{ name: 'wx' }] })).toEqual({ 'payment.wechat': 'not-available' })
  })
})

describe('a text of several words', () => {
  const source = {
    quantity: 'upsSource',
    pointer: '/status',
    words: true,
    states: { OB: 'battery', BYPASS: 'bypass', OL: 'mains' },
  }

  test.each([
    ['OL', 'mains'],
    ['OL CHRG BYPASS', 'bypass'],
    ['OL BYPASS OB', 'battery'],
    ['OBX XOB', 'not-available'],
    ['OBX OB', 'battery'],
    ['', 'not-available'],
    ['WAIT', 'not-available'],
  ])('"%s" is %s: the first listed word that is among them counts', async (status, value) => {
    expect(await one(source, { status })).toEqual({ upsSource: value })
  })

  test('that says none of the words says nothing, and what is no text is wrong', async () => {
    expect(await one({ ...source, optional: true }, { status: 'WAIT' })).toEqual({})
    expect(await one({ ...source, optional: true }, { status: ['OL'] })).toEqual({ upsSource: 'wrong-type' })
  })
})

test('what cannot work is refused when the profile is checked', () => {
  const problem = (mapping: object, rule?: object) => mqttProblems(mqtt(mapping, rule))[0]?.message
  const item = { where: { a: 1 }, member: 'b' }
  expect(problem({ quantity: 'waiting', jsonata: 'a', item })).toMatch(/searches by itself/)
  expect(problem({ quantity: 'upsSource', words: true })).toMatch(/words needs states/)
  expect(problem({ quantity: 'upsSource', words: true, states: { 1: 'mains' } })).toMatch(/no order/)
  expect(problem({ quantity: 'waiting', item }, { payload: 'text' })).toMatch(/no inside/)
})
