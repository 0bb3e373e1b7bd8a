import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import mqtt from 'mqtt'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { until } from './testing/broker-fixture.ts'

let folder: string
let child: ChildProcess | undefined
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hallwatt-kill-'))
})
afterEach(async () => {
  await kill()
  await rm(folder, { recursive: true, force: true })
})

async function start(): Promise<number> {
  child = fork(new URL('./testing/broker-process.ts', import.meta.url), [folder], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const [message] = (await once(child, 'message')) as [{ port: number }]
  return message.port
}

async function kill(): Promise<void> {
  if (!child || child.signalCode !== null) return
  child.kill('SIGKILL')
  await once(child, 'exit')
}

const connect = (port: number, username: string, options: object = {}) =>
  mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, { username, protocolVersion: 4, reconnectPeriod: 0, ...options })

test('kill -9 right after the acknowledgement loses no queued message, no retained one and no subscription', async () => {
  const port = await start()
  const wall = await connect(port, 'console', { clientId: 'wall', clean: false })
  await wall.subscribeAsync('hallwatt/#', { qos: 1 })
  await wall.endAsync()
  const kiosk = await connect(port, 'kiosk-01')
  for (let i = 0; i < 20; i++) await kiosk.publishAsync('hallwatt/demo/kiosk-01/state', String(i), { qos: 1 })
  await kiosk.publishAsync('hallwatt/demo/kiosk-01/online', 'true', { qos: 1, retain: true })
  await kill()

  const again = await start()
  const heard: string[] = []
  const back = mqtt.connect(`mqtt://127.0.0.1:${again}`, {
    username: 'console',
    protocolVersion: 4,
    clientId: 'wall',
    clean: false,
  })
  back.on('message', (_topic, payload) => heard.push(payload.toString()))
  await until(() => heard.length >= 21, 'what was queued')
  expect(heard).toEqual([...Array.from({ length: 20 }, (_, i) => String(i)), 'true'])
  const fresh = await connect(again, 'console')
  const retained = new Promise<string>((resolve) => fresh.once('message', (topic) => resolve(topic)))
  await fresh.subscribeAsync('hallwatt/+/+/online')
  expect(await retained).toBe('hallwatt/demo/kiosk-01/online')
  back.end(true)
  fresh.end(true)
  kiosk.end(true)
})
