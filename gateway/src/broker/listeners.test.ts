import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import mqtt from 'mqtt'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { type Fixture, run, startBroker } from './testing/broker-fixture.ts'

let hall: Fixture
let folder: string
afterEach(() => hall?.close())
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hallwatt-tls-'))
  await certificate('ca', '/CN=hall-ca', [])
  await certificate('server', '/CN=localhost', [
    '-CA',
    'ca.pem',
    '-CAkey',
    'ca.key',
    '-addext',
    'subjectAltName=IP:127.0.0.1',
  ])
  await certificate('kiosk', '/CN=kiosk-01', ['-CA', 'ca.pem', '-CAkey', 'ca.key'])
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const file = (name: string) => join(folder, name)

async function certificate(name: string, subject: string, signedBy: string[]) {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', `${name}.key`]
  await run('openssl', ['req', '-x509', ...key, '-out', `${name}.pem`, '-days', '2', '-subj', subject, ...signedBy], {
    cwd: folder,
  })
}

test('a client speaks MQTT over TLS', async () => {
  hall = await startBroker({ tls: { port: 0, certificateFile: file('server.pem'), keyFile: file('server.key') } })
  const args = [
    '-h',
    '127.0.0.1',
    '-p',
    String(hall.broker.addresses().tls?.port),
    '--cafile',
    file('ca.pem'),
    '-V',
    'mqttv311',
  ]
  await run('mosquitto_pub', [...args, '-u', 'kiosk-01', '-t', 'hallwatt/demo/kiosk-01/state', '-m', '{}', '-q', '1'])
  expect(hall.received).toHaveLength(1)
})

test('with a client CA the certificate’s common name is the user, without a password', async () => {
  const tls = {
    port: 0,
    certificateFile: file('server.pem'),
    keyFile: file('server.key'),
    clientCaFile: file('ca.pem'),
  }
  hall = await startBroker({ tls })
  const args = [
    '-h',
    '127.0.0.1',
    '-p',
    String(hall.broker.addresses().tls?.port),
    '--cafile',
    file('ca.pem'),
    '-V',
    'mqttv311',
  ]
  const publish = ['-t', 'hallwatt/demo/kiosk-01/state', '-m', '{}', '-q', '1']
  await run('mosquitto_pub', [...args, '--cert', file('kiosk.pem'), '--key', file('kiosk.key'), ...publish])
  expect(hall.received[0]).toMatchObject({ user: 'kiosk-01' })
  await expect(run('mosquitto_pub', [...args, '-u', 'kiosk-01', ...publish])).rejects.toThrow()
  expect(hall.received).toHaveLength(1)
})

test('a certificate file that is not there is named', async () => {
  const started = startBroker({ tls: { port: 0, certificateFile: file('none.pem'), keyFile: file('server.key') } })
  await expect(started).rejects.toMatchObject({
    code: 'HW_FILE_UNREADABLE',
    message: expect.stringContaining('none.pem'),
  })
})

test('a client speaks MQTT over WebSocket', async () => {
  hall = await startBroker({ websocket: { port: 0 } })
  const client = await mqtt.connectAsync(`ws://127.0.0.1:${hall.broker.addresses().websocket?.port}/mqtt`, {
    username: 'kiosk-01',
    protocolVersion: 4,
  })
  await client.publishAsync('hallwatt/demo/kiosk-01/state', '{}', { qos: 1 })
  await client.endAsync()
  expect(hall.received).toHaveLength(1)
})

/** The HTTP status with which the upgrade is refused, or 101. */
function upgrade(protocols: string[], origin?: string): Promise<number> {
  const socket = new WebSocket(`ws://127.0.0.1:${hall.broker.addresses().websocket?.port}/mqtt`, protocols, {
    ...(origin && { origin }),
  })
  return new Promise((resolve, reject) => {
    socket.on('open', () => {
      socket.terminate()
      resolve(101)
    })
    socket.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0))
    socket.on('error', reject)
  })
}

test('a WebSocket that does not offer the subprotocol "mqtt" is refused', async () => {
  hall = await startBroker({ websocket: { port: 0 } })
  expect(await upgrade([])).toBe(400)
})

test('a page of another site cannot reach the broker through a browser in the hall', async () => {
  hall = await startBroker({ websocket: { port: 0 } })
  expect(await upgrade(['mqtt'], 'https://example.com')).toBe(403)
})

test('a page of the gateway itself, on another port, can', async () => {
  hall = await startBroker({ websocket: { port: 0 } })
  expect(await upgrade(['mqtt'], 'http://127.0.0.1:8080')).toBe(101)
})
