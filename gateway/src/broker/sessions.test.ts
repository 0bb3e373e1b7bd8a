import { afterEach, expect, test } from 'vitest'
import { type Fixture, nextMessage, startBroker, until } from './testing/broker-fixture.ts'

let hall: Fixture
afterEach(() => hall?.close())

const STATE = 'hallwatt/demo/kiosk-01/state'

test('a persistent session gets what it missed after a restart of the gateway, in order and once', async () => {
  hall = await startBroker({}, { disk: true })
  const away = await hall.connect('console', { clientId: 'wall', clean: false })
  await away.subscribeAsync('hallwatt/#', { qos: 1 })
  await away.endAsync()
  const kiosk = await hall.connect('kiosk-01')
  for (let i = 0; i < 200; i++) await kiosk.publishAsync(STATE, String(i), { qos: 1 })
  await hall.restart()
  const heard = await collect('wall', 200)
  expect(heard).toEqual(Array.from({ length: 200 }, (_, i) => String(i)))
  await until(() => hall.broker.stats().queued === 0, 'all acknowledged')
  await hall.restart()
  expect(hall.broker.stats().queued).toBe(0)
})

/** Connects again under the id and takes `count` messages; listens from the very first byte. */
async function collect(clientId: string, count: number): Promise<string[]> {
  const raw = await hall.raw()
  expect(await raw.connect('console', clientId, false)).toMatchObject({ returnCode: 0, sessionPresent: true })
  const heard: string[] = []
  while (heard.length < count) {
    const packet = await raw.next()
    if (packet.cmd !== 'publish') continue
    heard.push(packet.payload.toString())
    if (packet.messageId !== undefined) raw.send({ cmd: 'puback', messageId: packet.messageId })
  }
  return heard
}

test('a message that was sent and not acknowledged comes again with the DUP flag, after a restart too', async () => {
  hall = await startBroker({}, { disk: true })
  const wall = await hall.raw()
  await wall.connect('console', 'wall', false)
  wall.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 'hallwatt/#', qos: 1 }] })
  await wall.next()
  const kiosk = await hall.connect('kiosk-01')
  await kiosk.publishAsync(STATE, 'once', { qos: 1 })
  expect(await wall.next()).toMatchObject({ cmd: 'publish', dup: false })
  await hall.restart()
  const again = await hall.raw()
  await again.connect('console', 'wall', false)
  expect(await again.next()).toMatchObject({ cmd: 'publish', dup: true, topic: STATE })
})

test('when the queue of a session is full the oldest messages go, and are counted', async () => {
  hall = await startBroker({ maxOfflineMessages: 10 }, { disk: true })
  const away = await hall.connect('console', { clientId: 'wall', clean: false })
  await away.subscribeAsync('hallwatt/#', { qos: 1 })
  await away.endAsync()
  const kiosk = await hall.connect('kiosk-01')
  for (let i = 0; i < 25; i++) await kiosk.publishAsync(STATE, String(i), { qos: 1 })
  expect(hall.broker.stats()).toMatchObject({ queued: 10, queueDropped: 15 })
  expect(hall.lines.filter((line) => line.code === 'HW_MQTT_QUEUE_FULL')).toHaveLength(1)
  expect(await collect('wall', 10)).toEqual(['15', '16', '17', '18', '19', '20', '21', '22', '23', '24'])
})

test('a connected subscriber that never acknowledges keeps its connection when its queue overflows', async () => {
  hall = await startBroker({ maxOfflineMessages: 2 }, { disk: true })
  const wall = await hall.raw()
  await wall.connect('console', 'wall', false)
  wall.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 'hallwatt/#', qos: 1 }] })
  await wall.next()
  const kiosk = await hall.connect('kiosk-01')
  await Promise.all(Array.from({ length: 20 }, (_, i) => kiosk.publishAsync(STATE, String(i), { qos: 1 })))
  await until(() => wall.packets.length === 20, 'twenty deliveries')
  wall.send({ cmd: 'pingreq' })
  await until(() => wall.packets.some((packet) => packet.cmd === 'pingresp'))
})

test('a retained message of a client survives a restart, one of the gateway does not', async () => {
  hall = await startBroker({}, { disk: true })
  const kiosk = await hall.connect('kiosk-01')
  await kiosk.publishAsync('hallwatt/demo/kiosk-01/online', 'true', { qos: 1, retain: true })
  hall.broker.publish('hallwatt/demo/meter-1/reading/activePower', '{"v":1}', { retain: true })
  expect(hall.broker.stats().retained).toBe(2)
  await hall.restart()
  expect(hall.broker.stats().retained).toBe(1)
  const console = await hall.connect('console')
  const heard = nextMessage(console)
  await console.subscribeAsync('hallwatt/#', { qos: 1 })
  expect(await heard).toMatchObject({ topic: 'hallwatt/demo/kiosk-01/online', text: 'true', retain: true })
})

test('a retained message that was acknowledged is on disk: a second broker on the same store has it at once', async () => {
  hall = await startBroker({}, { disk: true })
  const kiosk = await hall.connect('kiosk-01')
  await kiosk.publishAsync('hallwatt/demo/kiosk-01/online', 'true', { qos: 1, retain: true })
  expect(hall.broker.stats().pendingWrites).toBe(0)
})

test('a new retained topic above the cap is delivered but not kept; a known one may change', async () => {
  hall = await startBroker({ maxRetainedMessages: 2 }, { disk: true })
  const kiosk = await hall.connect('kiosk-01')
  const publish = (name: string, text: string) =>
    kiosk.publishAsync(`hallwatt/demo/kiosk-01/${name}`, text, { qos: 1, retain: true })
  await publish('a', '1')
  await publish('b', '1')
  await publish('c', '1')
  await publish('a', '2')
  expect(hall.broker.stats()).toMatchObject({ retained: 2, retainedRefused: 1 })
  expect(hall.lines.filter((line) => line.code === 'HW_MQTT_RETAINED_FULL')).toHaveLength(1)
  const console = await hall.connect('console')
  const heard = nextMessage(console)
  await console.subscribeAsync('hallwatt/demo/kiosk-01/a')
  expect((await heard).text).toBe('2')
})

test('a client that asks for a clean session loses its old one', async () => {
  hall = await startBroker({}, { disk: true })
  const away = await hall.connect('console', { clientId: 'wall', clean: false })
  await away.subscribeAsync('hallwatt/#', { qos: 1 })
  await away.endAsync()
  const kiosk = await hall.connect('kiosk-01')
  await kiosk.publishAsync(STATE, 'missed', { qos: 1 })
  const clean = await hall.raw()
  expect(await clean.connect('console', 'wall', true)).toMatchObject({ sessionPresent: false })
  expect(hall.broker.stats()).toMatchObject({ sessions: 0, queued: 0 })
  await hall.restart()
  expect(hall.broker.stats()).toMatchObject({ sessions: 0, queued: 0 })
})

test('a QoS 2 message whose sender was not answered before a restart is not taken in again', async () => {
  hall = await startBroker({}, { disk: true })
  const publish = { cmd: 'publish', topic: STATE, payload: '{}', qos: 2, messageId: 9, retain: false } as const
  const kiosk = await hall.raw()
  await kiosk.connect('kiosk-01', 'terminal', false)
  kiosk.send({ ...publish, dup: false })
  await kiosk.next()
  await hall.restart()
  const again = await hall.raw()
  await again.connect('kiosk-01', 'terminal', false)
  again.send({ ...publish, dup: true })
  expect(await again.next()).toMatchObject({ cmd: 'pubrec', messageId: 9 })
  expect(hall.received).toHaveLength(1)
})

test('a subscriber of QoS 0 gets retained and live messages with QoS 0, whatever they were published with', async () => {
  hall = await startBroker({}, { disk: true })
  const kiosk = await hall.connect('kiosk-01')
  await kiosk.publishAsync('hallwatt/demo/kiosk-01/online', 'true', { qos: 1, retain: true })
  const console = await hall.connect('console')
  const retained = nextMessage(console)
  await console.subscribeAsync('hallwatt/#', { qos: 0 })
  expect((await retained).qos).toBe(0)
  const live = nextMessage(console)
  await kiosk.publishAsync(STATE, '{}', { qos: 2 })
  expect((await live).qos).toBe(0)
})

test('a subscriber of QoS 1 gets a QoS 2 message with QoS 1', async () => {
  hall = await startBroker({}, { disk: true })
  const console = await hall.connect('console')
  await console.subscribeAsync('hallwatt/#', { qos: 1 })
  const kiosk = await hall.connect('kiosk-01')
  const live = nextMessage(console)
  await kiosk.publishAsync(STATE, '{}', { qos: 2 })
  expect((await live).qos).toBe(1)
})
