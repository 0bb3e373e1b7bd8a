import { afterEach, expect, test } from 'vitest'
import { hashPassword } from '../ports/password.ts'
import { systemClock } from '../ports/system-clock.ts'
import { type Credentials, createCredentials } from './credentials.ts'
import { MAX_FAILURES_PER_USER } from './login.ts'
import { type Fixture, GRANTS, nextMessage, startBroker, until } from './testing/broker-fixture.ts'

let hall: Fixture
afterEach(() => hall?.close())

const codes = (code: string) => hall.lines.filter((line) => line.code === code)
const credentials = async (): Promise<Credentials> =>
  createCredentials(new Map([['kiosk-01', await hashPassword('secret')]]), systemClock)

async function returnCode(
  user: string | undefined,
  options: { clientId?: string; clean?: boolean; password?: string } = {},
) {
  const client = await hall.raw()
  client.send({
    cmd: 'connect',
    protocolId: 'MQTT',
    protocolVersion: 4,
    clientId: options.clientId ?? 'some-id',
    clean: options.clean ?? true,
    keepalive: 60,
    ...(user !== undefined && { username: user }),
    ...(options.password !== undefined && { password: Buffer.from(options.password) }),
  })
  const connack = await client.next()
  if (connack.cmd !== 'connack') throw new Error(`${connack.cmd} instead of a CONNACK`)
  if (connack.returnCode !== 0) await client.closed
  return connack.returnCode
}

test('a device with its password is let in', async () => {
  hall = await startBroker({}, { credentials: await credentials() })
  expect(await returnCode('kiosk-01', { password: 'secret' })).toBe(0)
})

test('a wrong password is refused with CONNACK 4 and one log line without the password', async () => {
  hall = await startBroker({}, { credentials: await credentials() })
  expect(await returnCode('kiosk-01', { password: 'guess-1' })).toBe(4)
  expect(await returnCode('kiosk-01', { password: 'guess-2' })).toBe(4)
  expect(codes('HW_MQTT_LOGIN_REFUSED')).toHaveLength(1)
  expect(JSON.stringify(hall.lines)).not.toContain('guess')
  expect(hall.broker.stats().deniedConnects).toBe(2)
})

test.each([
  ['', 'An MQTT client without a name from 127.0.0.1 was refused: no user name.'],
  ['panel-7', 'MQTT client "panel-7" from 127.0.0.1 was refused: no user name.'],
])('a refused client with the id "%s" is never called by its address', async (clientId, sentence) => {
  hall = await startBroker({}, { credentials: await credentials() })
  expect(await returnCode(undefined, { clientId })).toBe(5)
  expect(hall.lines.map(({ message }) => message)).toContain(sentence)
})

test('a missing password is refused with CONNACK 4', async () => {
  hall = await startBroker({}, { credentials: await credentials() })
  expect(await returnCode('kiosk-01')).toBe(4)
})

test('after ten failures the right password does not help for a minute either', async () => {
  hall = await startBroker({}, { credentials: await credentials() })
  for (let i = 0; i < MAX_FAILURES_PER_USER; i++) await returnCode('kiosk-01', { password: '' })
  expect(await returnCode('kiosk-01', { password: 'secret' })).toBe(5)
  expect(hall.broker.stats().limitedLogins).toBe(1)
  expect(codes('HW_MQTT_LOGIN_LIMITED')).toHaveLength(1)
})

test('a user the hall does not know is refused with CONNACK 5', async () => {
  hall = await startBroker()
  expect(await returnCode('stranger')).toBe(5)
})

test('a client without a user name is refused with CONNACK 5', async () => {
  hall = await startBroker()
  expect(await returnCode(undefined)).toBe(5)
})

test('before the hall is read clients are told to come again', async () => {
  hall = await startBroker({}, { grants: null })
  expect(await returnCode('kiosk-01')).toBe(3)
  hall.broker.setGrants(GRANTS)
  expect(await returnCode('kiosk-01')).toBe(0)
})

test('an empty client id with clean session 0 is refused with CONNACK 2 [MQTT-3.1.3-8]', async () => {
  hall = await startBroker()
  const kiosk = await hall.raw()
  const user = [...Buffer.from('kiosk-01')]
  kiosk.bytes(0x10, 22, 0, 4, ...Buffer.from('MQTT'), 4, 0x80, 0, 60, 0, 0, 0, user.length, ...user)
  expect(await kiosk.next()).toMatchObject({ cmd: 'connack', returnCode: 2 })
  await kiosk.closed
})

test('an empty client id with clean session 1 is fine', async () => {
  hall = await startBroker()
  expect(await returnCode('kiosk-01', { clientId: '', clean: true })).toBe(0)
})

test('an MQTT 5 client is told that only 3.1.1 is spoken', async () => {
  hall = await startBroker()
  const client = await hall.raw()
  const answer = new Promise<Buffer>((resolve) => client.socket.once('data', resolve))
  client.send({
    cmd: 'connect',
    protocolId: 'MQTT',
    protocolVersion: 5,
    clientId: 'five',
    clean: true,
    username: 'kiosk-01',
  })
  expect([...(await answer)]).toEqual([0x20, 2, 0, 1])
  await client.closed
})

test('a session belongs to its user: nobody else gets in under its client id', async () => {
  hall = await startBroker()
  await hall.connect('console', { clientId: 'wall', clean: false })
  expect(await returnCode('kiosk-01', { clientId: 'wall' })).toBe(2)
  expect(hall.broker.stats().clients).toBe(1)
})

test('a forbidden publish is acknowledged, dropped, counted and said once', async () => {
  hall = await startBroker()
  const console = await hall.connect('console')
  const heard: string[] = []
  console.on('message', (topic) => heard.push(topic))
  await console.subscribeAsync('hallwatt/#')
  const kiosk = await hall.connect('kiosk-01')
  await kiosk.publishAsync('hallwatt/demo/kiosk-02/state', '{}', { qos: 1, retain: true })
  await kiosk.publishAsync('hallwatt/demo/kiosk-02/state', '{}', { qos: 2 })
  await kiosk.publishAsync('hallwatt/demo/kiosk-02/state', '{}', { qos: 0 })
  await kiosk.publishAsync('hallwatt/demo/kiosk-01/state', '{}', { qos: 1 })
  await until(() => heard.length > 0)
  expect(heard).toEqual(['hallwatt/demo/kiosk-01/state'])
  expect(hall.received).toHaveLength(1)
  expect(hall.broker.stats()).toMatchObject({ deniedPublishes: 3, retained: 0 })
  expect(codes('HW_MQTT_DENIED')).toHaveLength(1)
})

test('a subscription wider than the grant is refused, a narrower one in the same packet is kept', async () => {
  hall = await startBroker()
  const kiosk = await hall.raw()
  await kiosk.connect('kiosk-01')
  kiosk.send({
    cmd: 'subscribe',
    messageId: 1,
    subscriptions: ['#', 'hallwatt/#', 'hallwatt/demo/+/command/#', 'hallwatt/demo/kiosk-01/command/+', '$SYS/#'].map(
      (topic) => ({ topic, qos: 1 as const }),
    ),
  })
  expect(await kiosk.next()).toMatchObject({ cmd: 'suback', granted: [128, 128, 128, 1, 128] })
  expect(hall.broker.stats().deniedSubscribes).toBe(4)
})

test('what was refused at SUBSCRIBE is not queued for the session either', async () => {
  hall = await startBroker()
  const kiosk = await hall.raw()
  await kiosk.connect('kiosk-01', 'terminal', false)
  kiosk.send({
    cmd: 'subscribe',
    messageId: 1,
    subscriptions: [
      { topic: 'hallwatt/demo/kiosk-01/command/#', qos: 1 },
      { topic: 'hallwatt/#', qos: 1 },
    ],
  })
  await kiosk.next()
  kiosk.socket.destroy()
  await until(() => hall.connections.includes('kiosk-01 off'))
  hall.broker.publish('hallwatt/demo/meter-1/reading/activePower', '{"v":1}', { qos: 1 })
  hall.broker.publish('hallwatt/demo/kiosk-01/command/restart', '{}', { qos: 1 })
  await until(() => hall.broker.stats().queued > 0)
  expect(hall.broker.stats().queued).toBe(1)
})

test('a command that a client publishes reaches the gateway and no device', async () => {
  hall = await startBroker()
  const kiosk = await hall.connect('kiosk-01')
  const heard: string[] = []
  kiosk.on('message', (topic) => heard.push(topic))
  await kiosk.subscribeAsync('hallwatt/demo/kiosk-01/command/+', { qos: 1 })
  const console = await hall.connect('console')
  await console.publishAsync('hallwatt/demo/kiosk-01/command/restart', '{}', { qos: 1 })
  hall.broker.publish('hallwatt/demo/kiosk-01/command/self-test', '{}', { qos: 1 })
  await until(() => heard.length > 0)
  expect(heard).toEqual(['hallwatt/demo/kiosk-01/command/self-test'])
  expect(hall.received.map(({ topic }) => topic)).toContain('hallwatt/demo/kiosk-01/command/restart')
})

test('new grants count at once: a removed user is disconnected, a lost subscription hears nothing more', async () => {
  hall = await startBroker()
  const console = await hall.connect('console')
  const kiosk = await hall.raw()
  await kiosk.connect('kiosk-01')
  await console.subscribeAsync(['hallwatt/#', 'hallwatt/demo/+/online'])
  const heard: string[] = []
  console.on('message', (topic) => heard.push(topic))
  hall.broker.setGrants([{ user: 'console', publish: [], subscribe: ['hallwatt/demo/+/online'] }])
  await kiosk.closed
  hall.broker.publish('hallwatt/demo/meter-1/reading/activePower', '{}')
  hall.broker.publish('hallwatt/demo/kiosk-01/online', 'true')
  await until(() => heard.length > 0)
  expect(heard).toEqual(['hallwatt/demo/kiosk-01/online'])
  expect(await returnCode('kiosk-01')).toBe(5)
})

test('a publish on a topic with a wildcard closes the client', async () => {
  hall = await startBroker()
  const kiosk = await hall.raw()
  await kiosk.connect('kiosk-01')
  // Made by hand: no library sends it.
  kiosk.bytes(0x30, 4, 0, 2, 0x61, 0x2b)
  await kiosk.closed
  expect(hall.broker.stats().malformed).toBe(1)
})

test('a publish on a topic that is not UTF-8 closes the client', async () => {
  hall = await startBroker()
  const kiosk = await hall.raw()
  await kiosk.connect('kiosk-01')
  kiosk.bytes(0x30, 4, 0, 2, 0x61, 0xff)
  await kiosk.closed
  expect(codes('HW_MQTT_MALFORMED')).toHaveLength(1)
})

test('a publish on a topic with NUL closes the client', async () => {
  hall = await startBroker()
  const kiosk = await hall.raw()
  await kiosk.connect('kiosk-01')
  kiosk.bytes(0x30, 4, 0, 2, 0x61, 0x00)
  await kiosk.closed
})

test('a malformed topic filter closes the client', async () => {
  hall = await startBroker()
  const kiosk = await hall.raw()
  await kiosk.connect('kiosk-01')
  kiosk.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 'a+', qos: 0 }] })
  await kiosk.closed
})

test('bytes that are no MQTT at all close the connection and nothing else', async () => {
  hall = await startBroker()
  const console = await hall.connect('console')
  await console.subscribeAsync('hallwatt/#')
  const stranger = await hall.raw()
  stranger.socket.write('GET / HTTP/1.1\r\nhost: hall\r\n\r\n')
  await stranger.closed
  const heard = nextMessage(console)
  hall.broker.publish('hallwatt/demo/x', 'still here')
  expect((await heard).text).toBe('still here')
})
