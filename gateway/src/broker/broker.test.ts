import { afterEach, expect, test } from 'vitest'
import { type Fixture, nextMessage, run, startBroker, until } from './testing/broker-fixture.ts'

let hall: Fixture
afterEach(() => hall?.close())

test('a QoS 1 publish is acknowledged only after the gateway has taken it in', async () => {
  hall = await startBroker()
  let commit = () => {}
  hall.onPublish = () => new Promise((resolve) => (commit = resolve))
  const kiosk = await hall.raw()
  await kiosk.connect('kiosk-01')
  kiosk.send({
    cmd: 'publish',
    topic: 'hallwatt/demo/kiosk-01/state',
    payload: '{}',
    qos: 1,
    messageId: 7,
    dup: false,
    retain: false,
  })
  await until(() => hall.received.length === 1)
  // The ping is answered, so everything the broker had to say about the publish is here, too.
  kiosk.send({ cmd: 'pingreq' })
  expect((await kiosk.next()).cmd).toBe('pingresp')
  commit()
  expect(await kiosk.next()).toMatchObject({ cmd: 'puback', messageId: 7 })
})

test('acknowledgements keep the order of the messages although the later one is committed first', async () => {
  hall = await startBroker()
  const commits: (() => void)[] = []
  hall.onPublish = () => new Promise((resolve) => commits.push(resolve))
  const kiosk = await hall.raw()
  await kiosk.connect('kiosk-01')
  const publish = {
    cmd: 'publish',
    topic: 'hallwatt/demo/kiosk-01/state',
    payload: '{}',
    qos: 1,
    dup: false,
    retain: false,
  } as const
  kiosk.send({ ...publish, messageId: 1 })
  kiosk.send({ ...publish, messageId: 2 })
  await until(() => commits.length === 2)
  commits[1]?.()
  kiosk.send({ cmd: 'pingreq' })
  expect((await kiosk.next()).cmd).toBe('pingresp')
  commits[0]?.()
  expect(await kiosk.next()).toMatchObject({ cmd: 'puback', messageId: 1 })
  expect(await kiosk.next()).toMatchObject({ cmd: 'puback', messageId: 2 })
})

test('a publish the gateway cannot take in closes the client without an acknowledgement', async () => {
  hall = await startBroker()
  hall.onPublish = () => Promise.reject(new Error('disk full'))
  const kiosk = await hall.raw()
  await kiosk.connect('kiosk-01')
  kiosk.send({
    cmd: 'publish',
    topic: 'hallwatt/demo/kiosk-01/state',
    payload: '{}',
    qos: 1,
    messageId: 7,
    dup: false,
    retain: false,
  })
  await kiosk.closed
  expect(kiosk.packets).toEqual([])
  expect(hall.broker.stats().notTaken).toBe(1)
  expect(hall.lines.filter((line) => line.code === 'HW_MQTT_NOT_TAKEN')).toHaveLength(1)
})

test('a QoS 2 message that is sent twice is taken in and delivered once', async () => {
  hall = await startBroker()
  const kiosk = await hall.raw()
  await kiosk.connect('kiosk-01')
  const publish = {
    cmd: 'publish',
    topic: 'hallwatt/demo/kiosk-01/state',
    payload: '{}',
    qos: 2,
    messageId: 9,
    retain: false,
  } as const
  kiosk.send({ ...publish, dup: false })
  expect(await kiosk.next()).toMatchObject({ cmd: 'pubrec', messageId: 9 })
  kiosk.send({ ...publish, dup: true })
  expect(await kiosk.next()).toMatchObject({ cmd: 'pubrec', messageId: 9 })
  kiosk.send({ cmd: 'pubrel', messageId: 9 })
  expect(await kiosk.next()).toMatchObject({ cmd: 'pubcomp', messageId: 9 })
  expect(hall.received).toHaveLength(1)
})

test('messages of one client reach the gateway in the order they were sent, whatever their QoS', async () => {
  hall = await startBroker()
  const kiosk = await hall.connect('kiosk-01')
  const sent = Array.from({ length: 60 }, (_, i) => i)
  await Promise.all(
    sent.map((i) => kiosk.publishAsync('hallwatt/demo/kiosk-01/state', String(i), { qos: (i % 3) as 0 | 1 | 2 })),
  )
  await until(() => hall.received.length === sent.length)
  expect(hall.received.map((message) => Number(message.payload))).toEqual(sent)
})

test('mosquitto clients publish to and subscribe from the broker', async () => {
  hall = await startBroker()
  const broker = ['-h', '127.0.0.1', '-p', String(hall.port), '-V', 'mqttv311']
  const subscriber = run('mosquitto_sub', [
    ...broker,
    '-u',
    'console',
    '-t',
    'hallwatt/#',
    '-q',
    '1',
    '-C',
    '1',
    '-W',
    '10',
    '-v',
  ])
  await until(() => hall.connections.includes('console on'))
  await run('mosquitto_pub', [
    ...broker,
    '-u',
    'kiosk-01',
    '-t',
    'hallwatt/demo/kiosk-01/online',
    '-q',
    '1',
    '-r',
    '-m',
    'true',
  ])
  expect((await subscriber).stdout.trim()).toBe('hallwatt/demo/kiosk-01/online true')
  expect(hall.received[0]).toMatchObject({ user: 'kiosk-01', retain: true, qos: 1, will: false })
})

test('a client that vanishes leaves its Will, one that says goodbye does not', async () => {
  hall = await startBroker()
  const will = { topic: 'hallwatt/demo/kiosk-01/online', payload: Buffer.from('false'), qos: 1 as const, retain: true }
  const polite = await hall.connect('kiosk-01', { will })
  await polite.endAsync()
  await until(() => hall.connections.includes('kiosk-01 off'))
  const kiosk = await hall.connect('kiosk-01', { will })
  const socket = kiosk.stream
  const console = await hall.connect('console')
  const heard = nextMessage(console)
  await console.subscribeAsync('hallwatt/+/+/online', { qos: 1 })
  socket.destroy()
  expect(await heard).toMatchObject({ topic: 'hallwatt/demo/kiosk-01/online', text: 'false' })
  expect(hall.received).toHaveLength(1)
  expect(hall.received[0]).toMatchObject({ will: true, user: 'kiosk-01', qos: 1, retain: true })
  expect(hall.connections).toEqual(['kiosk-01 on', 'kiosk-01 off', 'kiosk-01 on', 'console on', 'kiosk-01 off'])
})

test('the gateway’s own messages reach subscribers in order, retained and not retained mixed', async () => {
  hall = await startBroker()
  const console = await hall.connect('console')
  await console.subscribeAsync('hallwatt/#')
  const heard: string[] = []
  console.on('message', (_topic, payload) => heard.push(payload.toString()))
  for (let i = 0; i < 20; i++)
    hall.broker.publish(`hallwatt/demo/meter-${i}/reading/activePower`, String(i), { retain: i % 2 === 0 })
  await until(() => heard.length === 20, 'all twenty messages')
  expect(new Set(heard).size).toBe(20)
})

test('a taken port is named', async () => {
  hall = await startBroker()
  await expect(startBroker({ port: hall.port })).rejects.toMatchObject({ code: 'HW_PORT_IN_USE' })
})

test('an address of the network is refused without credentials', async () => {
  await expect(startBroker({ host: '0.0.0.0' })).rejects.toMatchObject({ code: 'HW_BIND_REFUSED' })
})

test('a client that connects again under its id takes over from its old connection', async () => {
  hall = await startBroker()
  const old = await hall.raw()
  await old.connect('kiosk-01', 'terminal')
  const fresh = await hall.raw()
  expect(await fresh.connect('kiosk-01', 'terminal')).toMatchObject({ cmd: 'connack', returnCode: 0 })
  await old.closed
  expect(hall.broker.stats().clients).toBe(1)
})

test('closing the broker publishes no Will: the gateway stops, not the device', async () => {
  hall = await startBroker()
  await hall.connect('kiosk-01', {
    will: { topic: 'hallwatt/demo/kiosk-01/online', payload: Buffer.from('false'), qos: 1 },
  })
  await hall.restart()
  expect(hall.received).toEqual([])
})

test('the Will of a client that does not come back after a restart is published in the end', async () => {
  hall = await startBroker({}, { disk: true, limits: { heartbeatMs: 50 } })
  const will = { topic: 'hallwatt/demo/kiosk-01/online', payload: Buffer.from('false'), qos: 1 as const }
  const kiosk = await hall.connect('kiosk-01', { will })
  const gone = new Promise((resolve) => kiosk.once('close', () => resolve(undefined)))
  await hall.restart()
  await gone
  await until(() => hall.received.length === 1, 'the Will')
  expect(hall.received[0]).toMatchObject({ user: 'kiosk-01', will: true, topic: 'hallwatt/demo/kiosk-01/online' })
})
