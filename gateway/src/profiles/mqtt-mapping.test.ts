import { describe, expect, test } from 'vitest'
import { compileMqtt, type MappedMessage, mqttProblems } from './mqtt-mapping.ts'
import { type MqttProfile, profileSchema } from './profile-schema.ts'

const NOW = 1_767_225_600_000
const mqttSchema = profileSchema.shape.mqtt

const mqtt = (messages: object[], parameters: object = {}): MqttProfile =>
  mqttSchema.parse({ parameters, messages }) as MqttProfile

/** What one rule with these values makes of one message on `t`. */
async function mapped(rule: object, payload: unknown): Promise<MappedMessage> {
  const compiled = compileMqtt(mqtt([{ topic: 't', ...rule }]), {})
  const bytes = Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload))
  const [result] = await compiled.map('t', bytes, NOW)
  if (!result?.ok) throw new Error(`refused: ${JSON.stringify(result)}`)
  return result.message
}

const one = async (mapping: object, payload: unknown) => {
  const { values, bad } = await mapped({ values: [mapping] }, payload)
  return { ...values, ...bad }
}

describe('a value by JSON Pointer', () => {
  test('is converted from its unit, without the noise of binary fractions', async () => {
    expect(await one({ quantity: 'voltageL1', pointer: '/u', unit: 'V', scale: 0.1 }, { u: 2301 })).toEqual({
      voltageL1: 230.1,
    })
    expect(await one({ quantity: 'activePower', pointer: '/p', unit: 'kW' }, { p: 1.2 })).toEqual({ activePower: 1200 })
    expect(await one({ quantity: 'certificateRemaining', pointer: '/d', unit: 'd' }, { d: 30 })).toEqual({
      certificateRemaining: 2_592_000,
    })
  })

  test('finds members with / and ~ in their names, and items of arrays', async () => {
    expect(await one({ quantity: 'waiting', pointer: '/a~1b/~0c/1' }, { 'a/b': { '~c': [4, 9] } })).toEqual({
      waiting: 9,
    })
  })

  test('finds no member that the sender did not write', async () => {
    expect(await one({ quantity: 'softwareVersion', pointer: '/constructor/name' }, {})).toEqual({
      softwareVersion: 'not-available',
    })
    expect(await one({ quantity: 'waiting', pointer: '/list/length' }, { list: [1, 2] })).toEqual({
      waiting: 'not-available',
    })
  })

  test('that is absent is missing, unless it may be', async () => {
    expect(await one({ quantity: 'waiting', pointer: '/w' }, {})).toEqual({ waiting: 'not-available' })
    expect(await one({ quantity: 'waiting', pointer: '/w', optional: true }, {})).toEqual({})
  })

  test('a number written as text counts only where the rule says so', async () => {
    expect(await one({ quantity: 'waiting', pointer: '/w' }, { w: '12' })).toEqual({ waiting: 'wrong-type' })
    expect(await one({ quantity: 'waiting', pointer: '/w', asText: true }, { w: ' 12 ' })).toEqual({ waiting: 12 })
    for (const text of ['', '12V', '0x10', 'NaN', 'Infinity', '1e9999', '--1', '1,5']) {
      const result = await one({ quantity: 'waiting', pointer: '/w', asText: true }, { w: text })
      expect(['wrong-type', 'out-of-range'], text).toContain(result.waiting)
    }
  })

  test('bits are taken out of an unsigned integer and out of nothing else', async () => {
    const door = { quantity: 'door', pointer: '/m', bits: { from: 4 }, states: { 0: 'closed', 1: 'open' } }
    expect(await one(door, { m: 16 })).toEqual({ door: 'open' })
    expect(await one(door, { m: 15 })).toEqual({ door: 'closed' })
    for (const m of [-1, 1.5, 2 ** 60, '16', true, [16]]) expect(await one(door, { m })).toEqual({ door: 'wrong-type' })
    expect(await one({ quantity: 'switchedOn', pointer: '/m', bits: { from: 40 } }, { m: 2 ** 40 })).toEqual({
      switchedOn: true,
    })
  })

  test('a code that means "no statement" is neither a value nor wrong', async () => {
    const reader = { quantity: 'cardReader', pointer: '/c', states: { 0: 'ok', 9: null } }
    expect(await one(reader, { c: 9 })).toEqual({ cardReader: 'not-available' })
    expect(await one(reader, { c: 8 })).toEqual({ cardReader: 'wrong-type' })
  })
})

describe('a text payload', () => {
  const temperature = { payload: 'text', values: [{ quantity: 'temperature.cabinet', unit: '°C', min: -40, max: 125 }] }

  test('is a number written as text, with the line end some tools add', async () => {
    expect((await mapped(temperature, '46.5\n')).values).toEqual({ 'temperature.cabinet': 46.5 })
    expect((await mapped(temperature, 'warm')).bad).toEqual({ 'temperature.cabinet': 'wrong-type' })
    expect((await mapped(temperature, '400')).bad).toEqual({ 'temperature.cabinet': 'out-of-range' })
  })
})

describe('a value by JSONata', () => {
  test('is taken where a pointer does not reach', async () => {
    const channel = { quantity: 'payment.wechat', jsonata: 'qd[mc="wx"].zt', states: { 0: 'ok', 1: 'down' } }
    expect(
      await one(channel, {
        qd: [
          { mc: 'zfb', zt: 0 },
          { mc: 'wx', zt: 1 },
        ],
      }),
    ).toEqual({ 'payment.wechat': 'down' })
  })

  test('knows the captures of the topic as variables, counted behind a name that holds slashes', async () => {
    const rule = {
      topic: 'plant/{name}/+part/temp',
      values: [{ quantity: 'softwareVersion', jsonata: '$part & ":" & v' }],
    }
    const compiled = compileMqtt(mqtt([rule], { name: {} }), { name: 'hall-1/row/2' })
    expect(compiled.filters).toEqual(['plant/hall-1/row/2/+/temp'])
    const [result] = await compiled.map('plant/hall-1/row/2/fan/temp', Buffer.from('{"v":"7"}'), NOW)
    expect(result).toMatchObject({ ok: true, message: { values: { softwareVersion: 'fan:7' } } })
  })

  test('that fails on this payload is a wrong type, and the other values are taken', async () => {
    const values = [
      { quantity: 'waiting', jsonata: 'a * 2' },
      { quantity: 'meanWait', pointer: '/m', unit: 's' },
    ]
    expect(await mapped({ values }, { a: 'x', m: 5 })).toMatchObject({
      values: { meanWait: 5 },
      bad: { waiting: 'wrong-type' },
    })
  })

  test('that gives a list, an object or a function is a wrong type', async () => {
    for (const jsonata of ['[1,2]', '{"a":1}', 'function($x){$x}']) {
      expect(await one({ quantity: 'waiting', jsonata }, {})).toEqual({ waiting: 'wrong-type' })
    }
  })

  test.each([
    ['recursion without end', '($f := function($x){$f($x) + 1}; $f(1))'],
    ['a loop without end', '($f := function($x){$f($x)}; $f(1))'],
    ['a range of ten million', '$sum([1..9999999])'],
    ['every pair of a long list', '$sum(a.($x := $; %.a.($ * $x)))'],
  ])('is stopped: %s', async (_, jsonata) => {
    const compiled = compileMqtt(mqtt([{ topic: 't', values: [{ quantity: 'waiting', jsonata }] }]), {})
    const payload = Buffer.from(JSON.stringify({ a: Array.from({ length: 2000 }, (__, i) => i) }))
    const begin = performance.now()
    expect(await compiled.map('t', payload, NOW)).toEqual([{ ok: false, rejected: 'too-slow' }])
    expect(performance.now() - begin).toBeLessThan(1000) // about 20 ms alone; the machine may be busy
  })
})

describe('a profile that cannot work is refused when it is compiled', () => {
  const problem = (messages: object[], parameters?: object) => mqttProblems(mqtt(messages, parameters))[0]?.message
  const value = (mapping: object) => problem([{ topic: 't', values: [mapping] }])

  test('an unknown quantity, a foreign unit, a word that is not of the quantity, a wrong expression', () => {
    expect(value({ quantity: 'powr', pointer: '/p' })).toMatch(/vocabulary/)
    expect(value({ quantity: 'activePower', pointer: '/p', unit: 'V' })).toMatch(/not a unit of activePower/)
    expect(value({ quantity: 'app', pointer: '/a', states: { 1: 'dead' } })).toMatch(/Words: ok, frozen/)
    expect(value({ quantity: 'waiting', jsonata: 'a[' })).toMatch(/no JSONata/)
    expect(value({ quantity: 'waiting', jsonata: 'a', pointer: '/a' })).toMatch(/not both/)
    expect(value({ quantity: 'app', pointer: '/a', scale: 2 })).toMatch(/no number/)
  })

  test('a topic with a name that is no parameter', () => {
    expect(problem([{ topic: 'x/{terminal}' }])).toMatch(/not in parameters/)
  })

  test.each([
    ['a parameter without a value', 'x/{name}', {}],
    ['a value that would take in every device', 'x/{name}', { name: '+' }],
    ['a value that would take in the whole tree', '{name}', { name: '#' }],
    ['a topic that is only a wildcard', '+', {}],
    ['# that is not the last level', 'x/#/y', {}],
  ])('%s', (_, topic, values) => {
    expect(() => compileMqtt(mqtt([{ topic }], { name: {} }), values)).toThrow(
      expect.objectContaining({ code: 'HW_INGEST_PROFILE' }),
    )
  })
})
