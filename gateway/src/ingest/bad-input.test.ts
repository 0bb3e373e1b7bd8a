import { describe, expect, test } from 'vitest'
import { profileSchema } from '../profiles/profile-schema.ts'
import type { IngestStats } from './ingest.ts'
import { device, ingestForTest, message } from './ingest-fixture.ts'

const TOPIC = 'hallwatt/demo/kiosk-01/state'
const T = 1_767_225_600_000

function hall() {
  const t = ingestForTest()
  t.ingest.setDevices([device('kiosk-01', 'hallwatt/kiosk'), device('kiosk-02', 'hallwatt/kiosk')])
  const send = (payload: unknown, topic = TOPIC, user = 'kiosk-01') => t.ingest.receive(message(user, topic, payload))
  return { ...t, send }
}

const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`

const refused: { what: string; payload: unknown; counter: keyof IngestStats; code: string }[] = [
  { what: 'text that is no JSON', payload: 'app=ok', counter: 'malformed', code: 'HW_INGEST_MALFORMED' },
  { what: 'JSON that breaks off', payload: '{"app":"ok"', counter: 'malformed', code: 'HW_INGEST_MALFORMED' },
  { what: 'null', payload: 'null', counter: 'malformed', code: 'HW_INGEST_MALFORMED' },
  { what: 'a bare number', payload: '42', counter: 'malformed', code: 'HW_INGEST_MALFORMED' },
  { what: 'NaN, which is no JSON', payload: '{"uptime":NaN}', counter: 'malformed', code: 'HW_INGEST_MALFORMED' },
  {
    what: 'Chinese in GBK instead of UTF-8',
    payload: Buffer.from([0x7b, 0x22, 0xd6, 0xd0, 0x22, 0x3a, 0x31, 0x7d]),
    counter: 'notUtf8',
    code: 'HW_INGEST_NOT_UTF8',
  },
  {
    what: 'random bytes',
    payload: Buffer.from([0xff, 0xfe, 0x00, 0x80]),
    counter: 'notUtf8',
    code: 'HW_INGEST_NOT_UTF8',
  },
  {
    what: 'a message of more than 64 KiB',
    payload: `{"softwareVersion":"${'x'.repeat(65_536)}"}`,
    counter: 'oversized',
    code: 'HW_INGEST_OVERSIZED',
  },
  {
    what: 'a key twice',
    payload: '{"app":"ok","app":"frozen"}',
    counter: 'duplicateKey',
    code: 'HW_INGEST_DUPLICATE_KEY',
  },
  { what: 'nesting of 33 levels', payload: nested(33), counter: 'tooDeep', code: 'HW_INGEST_TOO_DEEP' },
  { what: 'nesting of 10,000 levels', payload: nested(10_000), counter: 'tooDeep', code: 'HW_INGEST_TOO_DEEP' },
]

describe('a message that is refused as a whole is acknowledged, counted and said once', () => {
  test.each(refused)('$what', async ({ payload, counter, code }) => {
    const { ingest, frames, send, codes } = hall()
    await send(payload)
    await send(payload)
    expect(frames).toEqual([])
    expect(ingest.stats()[counter]).toBe(2)
    expect(codes()).toEqual([code])
  })
})

test('a message its profile takes too long to read is given up, counted and said once', async () => {
  const { ingest, frames, codes } = ingestForTest()
  const kiosk = device('kiosk-05', 'donghe/zt200', { parameters: { terminal: 'T07' } })
  const searching = profileSchema.shape.mqtt.parse({
    parameters: { terminal: {} },
    messages: [
      { topic: 'zt200/{terminal}/zt', values: [{ quantity: 'waiting', jsonata: '$sum(qd.($x := $; %.qd.mc))' }] },
    ],
  })
  ingest.setDevices([{ ...kiosk, profile: { ...kiosk.profile, mqtt: searching } }])
  const channels = Array.from({ length: 5000 }, () => ({ mc: 'wx' }))
  for (let i = 0; i < 2; i++) await ingest.receive(message('kiosk-05', 'zt200/T07/zt', { qd: channels }))
  expect(frames).toEqual([])
  expect(ingest.stats().tooSlow).toBe(2)
  expect(codes()).toEqual(['HW_INGEST_TOO_SLOW'])
})

describe('a message with bad values keeps its good ones', () => {
  const cases: { what: string; payload: unknown; bad: Record<string, string> }[] = [
    { what: 'a word that is unknown', payload: { t: T, touch: 'ok', app: 'sleepy' }, bad: { app: 'wrong-type' } },
    { what: 'a number in quotes', payload: { t: T, touch: 'ok', uptime: '5' }, bad: { uptime: 'wrong-type' } },
    { what: 'an object for a number', payload: { t: T, touch: 'ok', uptime: { s: 5 } }, bad: { uptime: 'wrong-type' } },
    { what: 'true for a word', payload: { t: T, touch: 'ok', door: true }, bad: { door: 'wrong-type' } },
    { what: 'a percentage over 100', payload: { t: T, touch: 'ok', diskFree: 101 }, bad: { diskFree: 'out-of-range' } },
    {
      what: 'a number too large for a double',
      payload: `{"t":${T},"touch":"ok","transactions":1e999}`,
      bad: { transactions: 'out-of-range' },
    },
    {
      what: 'a version text with a line break',
      payload: { t: T, touch: 'ok', softwareVersion: '1\n2' },
      bad: { softwareVersion: 'wrong-type' },
    },
    {
      what: 'a version text of 300 characters',
      payload: { t: T, touch: 'ok', softwareVersion: 'x'.repeat(300) },
      bad: { softwareVersion: 'out-of-range' },
    },
  ]
  test.each(cases)('$what', async ({ payload, bad }) => {
    const { frames, send, codes, ingest } = hall()
    await send(payload)
    expect(frames[0]).toMatchObject({ at: T, values: { touch: 'ok' }, bad })
    expect(codes()).toEqual(['HW_INGEST_VALUE'])
    expect(ingest.stats().badValues).toBe(1)
  })

  test('null is "I do not know": the value is bad, but it is no trouble of the device', async () => {
    const { frames, send, codes } = hall()
    await send({ t: T, cashBox: null })
    expect(frames[0]?.bad).toEqual({ cashBox: 'not-available' })
    expect(codes()).toEqual([])
  })

  test('keys such as __proto__ reach nothing', async () => {
    const { frames, send } = hall()
    await send(`{"t":${T},"__proto__":{"app":"frozen"},"constructor":{"prototype":{"app":"frozen"}},"touch":"ok"}`)
    expect(frames[0]?.values).toEqual({ touch: 'ok' })
    expect(({} as { app?: string }).app).toBeUndefined()
  })

  test('a byte order mark before the JSON is no error', async () => {
    const { frames, send } = hall()
    await send(`\uFEFF{"t":${T},"touch":"ok"}`)
    expect(frames[0]?.values).toEqual({ touch: 'ok' })
  })
})

describe('a stamp that cannot be right', () => {
  const stamps: { what: string; t: unknown; counter: keyof IngestStats }[] = [
    { what: 'next week', t: T + 7 * 86_400_000, counter: 'stampsAbsurd' },
    { what: 'six minutes ahead', t: T + 360_000, counter: 'stampsAbsurd' },
    { what: 'eight days ago', t: T - 8 * 86_400_000, counter: 'stampsAbsurd' },
    { what: 'seconds instead of milliseconds', t: T / 1000, counter: 'stampsAbsurd' },
    { what: 'text', t: '2026-01-01 08:00', counter: 'stampsUnreadable' },
  ]
  test.each(stamps)('$what: the time of receipt is used, counted and said once', async ({ t, counter }) => {
    const { frames, send, ingest, codes } = hall()
    await send({ t, touch: 'ok' })
    await send({ t, touch: 'dead' })
    expect(frames.map(({ at }) => at)).toEqual([T, T])
    expect(ingest.stats()[counter]).toBe(2)
    expect(codes()).toEqual(['HW_INGEST_TIME'])
  })

  test('four minutes ahead is drift, and shown as the device said it', async () => {
    const { frames, send, codes } = hall()
    await send({ t: T + 240_000, touch: 'ok' })
    expect(frames[0]?.at).toBe(T + 240_000)
    expect(codes()).toEqual([])
  })
})

describe('who may say what', () => {
  test('a device cannot speak for its neighbour, even when the broker lets it through', async () => {
    const { frames, send, ingest, codes } = hall()
    await send({ t: T, app: 'frozen' }, 'hallwatt/demo/kiosk-02/state', 'kiosk-01')
    expect(frames).toEqual([])
    expect(ingest.stats().forbidden).toBe(1)
    expect(codes()).toEqual(['HW_INGEST_FORBIDDEN'])
  })

  test('nor can its Will make the neighbour offline', async () => {
    const { presences, ingest } = hall()
    await ingest.receive(message('kiosk-01', 'hallwatt/demo/kiosk-02/online', 'false', { will: true }))
    expect(presences).toEqual([])
  })

  test('a user that is no device of the hall is said once', async () => {
    const { send, ingest, codes } = hall()
    for (let i = 0; i < 5; i++) await send({ app: 'ok' }, 'hallwatt/demo/kiosk-99/state', 'kiosk-99')
    expect(ingest.stats().unknownDevice).toBe(5)
    expect(codes()).toEqual(['HW_INGEST_UNKNOWN_DEVICE'])
  })

  test('a topic the profile does not know is said once', async () => {
    const { send, ingest, codes } = hall()
    await send({ app: 'ok' }, 'hallwatt/demo/kiosk-01/stat')
    await send({ app: 'ok' }, 'hallwatt/demo/kiosk-01/stat')
    expect(ingest.stats().unknownTopic).toBe(2)
    expect(codes()).toEqual(['HW_INGEST_UNKNOWN_TOPIC'])
  })

  test('a topic the device may use and nothing reads is only counted', async () => {
    const { send, ingest, codes } = hall()
    await send({ ok: true }, 'hallwatt/demo/kiosk-01/command/restart/result')
    expect(ingest.stats().unread).toBe(1)
    expect(codes()).toEqual([])
  })
})

describe('the log tells changes, not messages', () => {
  test('a device that sends good and bad in turn is one trouble, over after a quiet minute', async () => {
    const { send, lines, pass, ingest } = hall()
    for (let i = 0; i < 20; i++) {
      await send('garbage')
      pass(1000)
      await send({ t: T + i * 1000, touch: 'ok' })
    }
    expect(lines.map(({ level }) => level)).toEqual(['warn'])
    expect(ingest.stats().troubles).toBe(1)
    pass(60_000)
    await send({ t: T + 60_000, touch: 'ok' })
    expect(lines.at(-1)).toMatchObject({ level: 'info', fields: { device: 'kiosk-01', was: ['HW_INGEST_MALFORMED'] } })
    expect(ingest.stats().troubles).toBe(0)
  })

  test('no line holds anything of the payload', async () => {
    const { send, lines } = hall()
    await send('{"password":"hunter2"')
    await send({ t: T, app: 'hunter2' })
    expect(JSON.stringify(lines)).not.toContain('hunter2')
  })
})
