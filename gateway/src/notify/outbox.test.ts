import { inspect } from 'node:util'
import { afterEach, expect, test } from 'vitest'
import type { Notice } from './notice.ts'
import { noticeWrites } from './outbox-tables.ts'
import { startReceiver } from './testing/local-receiver.ts'
import { person, sampleHall, sampleNotice } from './testing/notice-samples.ts'
import { fakeChannel, MACHINE, type OutboxFixture, openOutbox } from './testing/outbox-fixture.ts'
import { simulatedClock } from './testing/simulated-clock.ts'
import { createWecom } from './wecom.ts'

let fixture: OutboxFixture
afterEach(() => fixture.close())

/** Createdness now, so that nothing is late. */
const fresh = (number: number, more: Partial<Notice> = {}) => sampleNotice(number, { createdAt: Date.now(), ...more })
const accepted = async () =>
  (await fixture.store.read<{ key: string }>("SELECT key FROM notice WHERE state = 'accepted' ORDER BY seq")).map(
    (row) => row.key,
  )

test('a notice that was committed is delivered at once and is then done', async () => {
  const robot = fakeChannel()
  fixture = await openOutbox({ robot })
  const startedMs = performance.now()
  await fixture.tell(fresh(7))
  await fixture.until(() => fixture.outbox.stats().accepted === 1 && fixture.outbox.stats().waiting === 0)
  expect(performance.now() - startedMs).toBeLessThan(1000)
  expect(robot.sent[0]).toMatchObject({ kind: 'alarm', priority: 'P1', people: [{ id: 'zhang' }] })
  expect(robot.sent[0]?.title).toBe('【P1 紧急】东湖厅 7号缴费机 发票打印机卡纸 14:05')
  expect(fixture.outbox.stats()).toMatchObject({ sends: 1, dead: 0 })
})

test('the same key is told once, however often it is asked for, over restarts too', async () => {
  const robot = fakeChannel()
  fixture = await openOutbox({ robot })
  await fixture.tell(fresh(7), fresh(7))
  await fixture.until(() => robot.sent.length === 1)
  await fixture.restart()
  await fixture.tell(fresh(7), fresh(8))
  await fixture.until(() => fixture.outbox.stats().accepted === 1)
  expect(robot.sent.map((message) => message.keys[0])).toEqual([fresh(7).key, fresh(8).key])
})

test('a group is told once and everybody is called by name', async () => {
  const robot = fakeChannel()
  fixture = await openOutbox({ robot })
  await fixture.tell(fresh(7), fresh(7, { to: 'li' }))
  await fixture.until(async () => (await accepted()).length === 2)
  expect(robot.sent).toHaveLength(1)
  expect(robot.sent[0]?.people.map((one) => one.id)).toEqual(['zhang', 'li'])
})

test('a failed attempt is repeated under the same id', async () => {
  const robot = fakeChannel()
  robot.answer((_, index) => (index < 1 ? { type: 'retry', code: 'HTTP 502', reason: 'fails' } : { type: 'ok' }))
  fixture = await openOutbox({ robot })
  await fixture.tell(fresh(7))
  await fixture.until(async () => (await accepted()).length === 1)
  expect(robot.sent).toHaveLength(2)
  expect(robot.sent[1]?.id).toBe(robot.sent[0]?.id)
})

test('a broken channel is passed over at once, told to the lead, and used again when it works', async () => {
  const robot = fakeChannel()
  const spare = fakeChannel()
  robot.answer(() => ({ type: 'channel', code: '93000', reason: 'the robot was removed' }))
  const told: [string, boolean][] = []
  fixture = await openOutbox(
    { robot, spare },
    {
      hall: sampleHall([person('zhang'), person('boss', { channels: ['spare'] })], { lead: 'boss' }),
      onChannel: (id, working) => told.push([id, working]),
    },
  )
  await fixture.tell(fresh(7, { channels: ['robot', 'spare'] }))
  await fixture.until(() => spare.sent.length === 2)
  expect(spare.sent.map((message) => message.kind).sort()).toEqual(['alarm', 'dead-letter'])
  await fixture.tell(fresh(8, { channels: ['robot', 'spare'] }))
  await fixture.until(() => spare.sent.length === 3)
  expect(robot.sent).toHaveLength(1)
  robot.answer(() => ({ type: 'ok' }))
  expect(await fixture.outbox.testChannel('robot')).toEqual({ type: 'ok' })
  expect(told).toEqual([
    ['robot', false],
    ['robot', true],
  ])
})

test('P1 goes to the next channel after two failed tries', async () => {
  const robot = fakeChannel()
  const spare = fakeChannel()
  robot.answer(() => ({ type: 'retry', code: 'TIMEOUT', reason: 'no answer' }))
  fixture = await openOutbox({ robot, spare })
  await fixture.tell(fresh(7, { channels: ['robot', 'spare'] }))
  await fixture.until(() => spare.sent.length === 1)
  expect(robot.sent).toHaveLength(2)
})

test('a throttled robot is left alone and what is urgent takes the other channel', async () => {
  const robot = fakeChannel()
  const spare = fakeChannel()
  robot.answer(() => ({ type: 'throttle', afterMs: 600_000, code: '130101', reason: 'too many' }))
  fixture = await openOutbox({ robot, spare })
  await fixture.tell(fresh(7, { channels: ['robot', 'spare'] }))
  await fixture.until(() => spare.sent.length === 1)
  await fixture.tell(fresh(8, { channels: ['robot', 'spare'] }))
  await fixture.until(() => spare.sent.length === 2)
  expect(robot.sent).toHaveLength(1)
})

test('what is too long goes out once more, shorter, and is then somebody else’s', async () => {
  const robot = fakeChannel()
  const spare = fakeChannel()
  robot.answer(() => ({ type: 'content', code: '40058', reason: 'too long' }))
  fixture = await openOutbox({ robot, spare })
  const lines = Array.from({ length: 70 }, (_, index) => `第 ${index} 行：${'长'.repeat(10)}`)
  await fixture.tell(fresh(7, { channels: ['robot', 'spare'], lines }))
  await fixture.until(() => spare.sent.length === 1)
  const [long, short] = robot.sent.map((message) => message.lines.length)
  expect(robot.sent).toHaveLength(2)
  expect(short).toBeLessThan(long as number)
  expect(robot.sent[1]?.lines.at(-1)).toMatch(/^……另有 \d+ 行$/)
})

test('an unknown answer is a failure: three tries, then a dead letter that is seen, told and can be sent again', async () => {
  const robot = fakeChannel(MACHINE)
  const spare = fakeChannel()
  robot.answer(() => ({ type: 'unknown', code: '77777', reason: 'unknown code' }))
  const dead: string[] = []
  fixture = await openOutbox(
    { robot, spare },
    {
      hall: sampleHall([person('zhang'), person('boss', { channels: ['spare'] })], { lead: 'boss' }),
      onDead: (one) => dead.push(`${one.key} ${one.code}`),
    },
  )
  await fixture.tell(fresh(7))
  await fixture.until(() => spare.sent.length === 1)
  expect(robot.sent).toHaveLength(3)
  expect(dead).toEqual([`${fresh(7).key} 77777`])
  expect(spare.sent[0]?.title).toContain('有通知没有送达')
  expect(await fixture.outbox.deadLetters()).toMatchObject([{ key: fresh(7).key, code: '77777' }])
  robot.answer(() => ({ type: 'ok' }))
  expect(await fixture.outbox.retry(fresh(7).key)).toBe(true)
  await fixture.until(async () => (await accepted()).includes(fresh(7).key))
  expect(await fixture.outbox.deadLetters()).toEqual([])
})

test('a recovery is told once, and only to who was told of the alarm', async () => {
  const robot = fakeChannel(MACHINE)
  fixture = await openOutbox({ robot })
  await fixture.tell(fresh(7))
  const recovery = (to: string) =>
    fresh(7, { kind: 'recovery', key: `alarm:A20261122-7:2:${to}`, to, title: '【已恢复】东湖厅 7号缴费机' })
  await fixture.tell(recovery('zhang'), recovery('li'))
  await fixture.tell(fresh(7, { kind: 'recovery', key: 'alarm:A20261122-7:3:zhang' }))
  await fixture.tell(fresh(8))
  await fixture.until(async () => (await accepted()).length === 3)
  expect(robot.sent.map((message) => message.keys[0])).toEqual([fresh(7).key, recovery('zhang').key, fresh(8).key])
})

test('a recovery never overtakes its alarm', async () => {
  const robot = fakeChannel(MACHINE)
  robot.answer((message, index) =>
    index === 0 && message.kind === 'alarm'
      ? { type: 'retry', code: 'HTTP 503', afterMs: 300, reason: 'fails' }
      : { type: 'ok' },
  )
  fixture = await openOutbox({ robot })
  await fixture.tell(fresh(7))
  await fixture.until(() => robot.sent.length === 1)
  await fixture.tell(fresh(7, { kind: 'recovery', key: 'alarm:A20261122-7:2:zhang' }), fresh(8))
  await fixture.until(async () => (await accepted()).length === 3)
  const order = robot.sent.map((message) => message.keys[0])
  expect(order.indexOf(fresh(8).key)).toBeLessThan(order.lastIndexOf(fresh(7).key))
  expect(order.at(-1)).toBe('alarm:A20261122-7:2:zhang')
})

test('what was cut off by a crash goes out again under the same id and says that it may be a repetition', async () => {
  const robot = fakeChannel()
  fixture = await openOutbox({})
  await fixture.outbox.close()
  await fixture.store.commit(noticeWrites([fresh(7)]))
  await fixture.store.commit([
    {
      sql: "UPDATE notice SET state = 'sending', channel = 'robot', message = 'hw_before', sent_at = ? WHERE key = ?",
      rows: [[Date.now(), fresh(7).key]],
    },
  ])
  await fixture.restart({ robot })
  await fixture.until(async () => (await accepted()).length === 1)
  expect(robot.sent).toHaveLength(1)
  expect(robot.sent[0]).toMatchObject({ id: 'hw_before', title: expect.stringContaining('可能重复') })
  expect(fixture.outbox.stats().repeated).toBe(1)
})

test('a late message says how late it is', async () => {
  const robot = fakeChannel()
  fixture = await openOutbox({ robot })
  await fixture.tell(fresh(7, { createdAt: Date.now() - 95_000 }))
  await fixture.until(() => robot.sent.length === 1)
  expect(robot.sent[0]?.title).toMatch(/ · 迟到 9[56] 秒$/)
})

test('a notice that is of no use any more is not sent but listed', async () => {
  const robot = fakeChannel()
  fixture = await openOutbox({ robot })
  await fixture.tell(fresh(7, { createdAt: Date.now() - 25 * 3_600_000 }))
  await fixture.until(async () => (await fixture.outbox.deadLetters()).some((dead) => dead.code === 'EXPIRED'))
  expect(robot.sent.map((message) => message.kind)).not.toContain('alarm')
})

test('a person whose channels are all gone from hall.yaml is a dead letter, not silence', async () => {
  fixture = await openOutbox({})
  await fixture.tell(fresh(7))
  await fixture.until(async () => (await fixture.outbox.deadLetters()).length > 0)
  expect((await fixture.outbox.deadLetters()).map((dead) => dead.code)).toContain('NO_CHANNEL')
})

test('links are made when the message is sent, the next act for whoever has the order', async () => {
  const robot = fakeChannel()
  fixture = await openOutbox({ robot })
  await fixture.tell(
    fresh(7, {
      taps: [
        { act: 'accept', order: 'W1' },
        { act: 'view', order: 'W1' },
      ],
    }),
  )
  await fixture.until(() => robot.sent.length === 1)
  expect(robot.sent[0]?.links).toEqual([
    { label: '接单', url: 'https://hall.example/t/accept-W1' },
    { label: '查看工单', url: 'https://hall.example/t/view-W1' },
  ])
})

test('where phones reach the gateway, a message also leads to the page of the order', async () => {
  const robot = fakeChannel()
  const taps = { tap: () => 'https://hall.example/t/x', overview: () => undefined }
  fixture = await openOutbox({ robot }, { taps: { ...taps, order: (id) => `https://hall.example/m/orders/${id}` } })
  await fixture.tell(fresh(7, { taps: [{ act: 'accept', order: 'W1' }] }))
  await fixture.until(() => robot.sent.length === 1)
  expect(robot.sent[0]?.links.at(-1)).toEqual({ label: '打开工单', url: 'https://hall.example/m/orders/W1' })
})

test('each channel is proved once per shift, over restarts too', async () => {
  const robot = fakeChannel()
  const now = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai', timeStyle: 'short' }).format(Date.now())
  const hours = [{ days: ['mon' as const], from: now, to: '24:00' }]
  const channels = { robot: { type: 'mqtt' as const, topic: 'x' } }
  fixture = await openOutbox({ robot }, { hall: sampleHall([person('zhang')], { openingHours: hours, channels }) })
  await fixture.until(() => fixture.outbox.stats().accepted === 1)
  expect(robot.sent[0]).toMatchObject({ kind: 'canary', title: expect.stringContaining('通道自检') })
  expect(fixture.outbox.channels()).toMatchObject([{ id: 'robot', working: true, usedThisMinute: 1, perMinute: 18 }])
  await fixture.restart()
  await fixture.tell(fresh(7))
  await fixture.until(() => fixture.outbox.stats().accepted === 1)
  expect(robot.sent.map((message) => message.kind)).toEqual(['canary', 'alarm'])
})

test('neither log nor dead letters hold a key, an address or a signature, even when the vendor quotes them', async () => {
  const server = await startReceiver()
  server.answer({
    body: { errcode: 424242, errmsg: `bad ${server.url}/send?key=SECRETKEY-693a-91af sign=S3cr3t%2Bsign12345` },
  })
  const lines: unknown[] = []
  const note = (...line: unknown[]) => void lines.push(line)
  fixture = await openOutbox(
    { robot: createWecom({ key: 'SECRETKEY-693a-91af', url: server.url }) },
    { log: { debug: note, info: note, warn: note, error: note } },
  )
  await fixture.tell(fresh(7))
  await fixture.until(() => fixture.outbox.stats().dead > 0)
  const seen = inspect([lines, await fixture.outbox.deadLetters(), fixture.outbox.channels()], { depth: 9 })
  expect(seen).toContain('424242')
  expect(seen).not.toMatch(/SECRETKEY|S3cr3t|127\.0\.0\.1/)
  await server.close()
})

test('a channel that never answers keeps nobody waiting for ever', async () => {
  const clock = simulatedClock()
  const robot = fakeChannel()
  const spare = fakeChannel()
  robot.answer(() => new Promise(() => {}))
  fixture = await openOutbox({ robot, spare }, { clock })
  await fixture.tell(sampleNotice(7, { channels: ['robot', 'spare'], createdAt: clock.wallMs() }))
  await fixture.until(() => {
    clock.advance(1000)
    return spare.sent.length === 1
  })
  expect(robot.sent).toHaveLength(2)
})

test('a wall clock that jumps a year makes nothing late or too old', async () => {
  const clock = simulatedClock()
  const robot = fakeChannel(MACHINE)
  robot.answer((_, index) =>
    index === 0 ? { type: 'retry', code: 'HTTP 503', afterMs: 2000, reason: 'fails' } : { type: 'ok' },
  )
  fixture = await openOutbox({ robot }, { clock })
  await fixture.tell(sampleNotice(7, { createdAt: clock.wallMs() }))
  await fixture.until(() => robot.sent.length === 1)
  clock.jumpWall(365 * 86_400_000)
  await fixture.until(() => {
    clock.advance(250)
    return robot.sent.length === 2
  })
  expect(robot.sent[1]?.title).not.toContain('迟到')
})

test('a new hall.yaml gives a robot no new minute, and tries a broken one anew', async () => {
  const robot = fakeChannel()
  robot.answer(() => ({ type: 'channel', code: '93000', reason: 'the robot was removed' }))
  const hall = sampleHall([person('zhang')])
  fixture = await openOutbox({ robot }, { hall })
  await fixture.tell(fresh(7))
  await fixture.until(() => fixture.outbox.stats().dead > 0)
  const mended = fakeChannel()
  fixture.outbox.setChannels(hall, new Map([['robot', mended]]))
  expect(fixture.outbox.channels()[0]?.usedThisMinute).toBeGreaterThan(0)
  await fixture.tell(fresh(8))
  await fixture.until(() => mended.sent.some((message) => message.keys.includes(fresh(8).key)))
})
