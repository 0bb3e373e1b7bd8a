import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { connect, type MqttClient } from 'mqtt'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { FAULTS } from './faults.ts'
import { readHallFile } from './hall-file.ts'
import { type Simulators, startSimulators } from './simulators.ts'

const run = promisify(execFile)
const demoFile = join(import.meta.dirname, '..', 'gateway', 'halls', 'demo.yaml')
const hall = readHallFile(demoFile)
/** Those with a port of their own would stand where the demo stands. */
const overTheBroker = hall.devices.filter(({ port }) => port === undefined)

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address ? address.port : 0
}

test('the demo hall has 30 devices or more, a third of them on Modbus', () => {
  expect(hall.devices.length).toBeGreaterThanOrEqual(30)
  expect(hall.devices.filter(({ link }) => link !== undefined).length).toBeGreaterThanOrEqual(12)
})

describe('over a real broker with a password for each device', () => {
  let folder: string
  let mosquitto: ChildProcess
  let simulators: Simulators
  let watcher: MqttClient
  const seen: { topic: string; text: string; retain: boolean }[] = []
  const waiting = new Set<() => void>()

  /** The first message from now on that fits. */
  async function next(topic: string, fits: (text: string) => boolean = () => true): Promise<string> {
    const from = seen.length
    for (;;) {
      const found = seen.slice(from).find((message) => message.topic === topic && fits(message.text))
      if (found) return found.text
      await new Promise<void>((resolve) => waiting.add(resolve))
    }
  }
  const state = async (device: string) => JSON.parse(await next(`hallwatt/donghu/${device}/state`))

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hall-'))
    const port = await freePort()
    const users = [...new Set(hall.devices.map(({ id, mqttUser }) => mqttUser ?? id)), 'watcher']
    const credentials = Object.fromEntries(users.map((user, index) => [user, `secret-${index}`]))
    await writeFile(join(folder, 'passwords'), users.map((user) => `${user}:${credentials[user]}\n`).join(''))
    await run('mosquitto_passwd', ['-U', join(folder, 'passwords')])
    await writeFile(
      join(folder, 'mosquitto.conf'),
      `listener ${port} 127.0.0.1\nallow_anonymous false\npassword_file ${join(folder, 'passwords')}\nuser root\n`,
    )
    mosquitto = spawn('mosquitto', ['-c', join(folder, 'mosquitto.conf')], { stdio: ['ignore', 'ignore', 'pipe'] })
    for await (const line of createInterface({ input: mosquitto.stderr! })) if (line.includes('running')) break
    watcher = connect(`mqtt://127.0.0.1:${port}`, {
      username: 'watcher',
      password: credentials.watcher!,
    })
    watcher.on('message', (topic, payload, packet) => {
      seen.push({ topic, text: payload.toString(), retain: packet.retain })
      for (const wake of waiting) wake()
      waiting.clear()
    })
    await new Promise<void>((resolve) => watcher.once('connect', () => resolve()))
    await watcher.subscribeAsync('#', { qos: 1 })
    simulators = await startSimulators({
      hall: { ...hall, devices: overTheBroker, broker: { host: '127.0.0.1', port }, links: {} },
      credentials,
      seed: 7,
      speed: 1,
      start: Date.parse('2026-06-15T10:00:00+08:00'),
      controlPort: 0,
    })
    await next('hallwatt/donghu/kiosk-02/online')
  })
  afterAll(async () => {
    await simulators.close()
    await watcher.endAsync(true)
    const ended = once(mosquitto, 'exit')
    mosquitto.kill('SIGTERM')
    await ended
    await rm(folder, { recursive: true })
  })

  const order = async (command: string) => {
    const response = await fetch(`${simulators.addresses.control}/faults`, {
      method: 'POST',
      body: JSON.stringify({ command }),
    })
    return { status: response.status, body: (await response.json()) as { message?: string } }
  }

  test('every user is connected', async () => {
    const users = new Set(
      overTheBroker
        .filter(({ link, chargePoint, host }) => link === undefined && chargePoint === undefined && host === undefined)
        .map(({ id, mqttUser }) => mqttUser ?? id),
    )
    await expect.poll(() => simulators.stats().connected, { timeout: 5000 }).toBe(users.size)
  })

  test('a terminal tells its parts and counters with its own time', async () => {
    const message = await state('kiosk-01')
    expect(Math.abs(message.t - Date.now())).toBeLessThan(5000)
    expect(message['paper.receipt']).toBe('ok')
    expect(message['temperature.cabinet']).toBeGreaterThan(10)
  })

  test('a paper jam is an event within a second, and gone when cleared', async () => {
    const jammed = next('hallwatt/donghu/kiosk-02/event')
    expect((await order('paper_jam on kiosk-02')).status).toBe(200)
    expect(JSON.parse(await jammed)['paperPath.receipt']).toBe('jam')
    const cleared = next('hallwatt/donghu/kiosk-02/event')
    await order('clear kiosk-02')
    expect(JSON.parse(await cleared)['paperPath.receipt']).toBe('ok')
  })

  test('the same jam at a Donghe ZT200 is bit 3 of module 0', async () => {
    const message = next('zt200/kiosk-05/zt', (text) => (JSON.parse(text).zt[0] & 8) === 8)
    await order('paper_jam on kiosk-05')
    expect(JSON.parse(await message).zt).toHaveLength(8)
    await order('clear kiosk-05')
  })

  test('the same jam at a Lanxin SST-7 is the letter J', async () => {
    const message = next('sst7/kiosk-07/p1/state', (text) => text === 'J')
    await order('paper_jam on kiosk-07')
    expect(await message).toBe('J')
    await order('clear kiosk-07')
  })

  test('a cut cable makes the broker send the Will, and the device comes back', async () => {
    const gone = next('hallwatt/donghu/kiosk-03/online', (text) => text === 'false')
    await order('disconnect on kiosk-03')
    await gone
    const back = next('hallwatt/donghu/kiosk-03/online', (text) => text === 'true')
    await order('clear kiosk-03')
    await back
  })

  test('a UPS on battery says OB', async () => {
    const message = next('hallwatt/donghu/ups-01/state', (text) => JSON.parse(text)['ups.status'].startsWith('OB'))
    await order('on_battery on ups-01')
    expect(Number(JSON.parse(await message)['input.voltage'])).toBe(0)
    await order('clear ups-01')
  })

  test('a malformed report is not JSON', async () => {
    const message = next('zigbee2mqtt/plug-television', (text) => text.endsWith(',,'))
    await order('malformed on plug-television')
    const text = await message
    expect(() => JSON.parse(text)).toThrow()
    await order('clear plug-television')
  })

  test('a terminal asked to test itself passes, and fails with what is broken', async () => {
    const ask = () => watcher.publish('hallwatt/donghu/kiosk-02/command/self-test', '{"id":"W20261122-0003"}')
    const result = () => next('hallwatt/donghu/kiosk-02/command/self-test/result')
    const well = result()
    ask()
    expect(JSON.parse(await well)).toEqual({ id: 'W20261122-0003', ok: true })
    await order('paper_jam on kiosk-02')
    const broken = result()
    ask()
    expect(JSON.parse(await broken)).toEqual({ id: 'W20261122-0003', ok: false, text: '卡纸' })
    await order('clear kiosk-02')
  })

  test('a Tasmota plug obeys its command topic', async () => {
    const answer = next('stat/tasmota_1A2B03/POWER')
    watcher.publish('cmnd/tasmota_1A2B03/POWER', 'OFF')
    expect(await answer).toBe('OFF')
  })

  test('a Shelly plug answers an RPC call', async () => {
    const answer = next('watcher/rpc')
    const call = { id: 5, src: 'watcher', method: 'Switch.Set', params: { id: 0, on: false } }
    watcher.publish('shellyplus1pm-a8032ab11c04/rpc', JSON.stringify(call))
    expect(JSON.parse(await answer)).toMatchObject({ id: 5, result: { was_on: true } })
  })

  test('a fault that cannot happen to a device is refused with a reason', async () => {
    expect(await order('paper_jam on ups-01')).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining('cannot happen to ups-01') },
    })
  })

  test('an unknown fault by name is refused', async () => {
    expect((await order('explode on kiosk-01')).status).toBe(400)
  })

  test('GET /faults lists every fault with its names, and what is active', async () => {
    await order('note_jam on kiosk-04')
    const response = await fetch(`${simulators.addresses.control}/faults`)
    const body = (await response.json()) as { faults: unknown[]; active: unknown[] }
    expect(body.faults).toHaveLength(Object.keys(FAULTS).length)
    expect(body.active).toEqual([{ device: 'kiosk-04', fault: 'note_jam' }])
    await fetch(`${simulators.addresses.control}/faults/kiosk-04/note_jam`, { method: 'DELETE' })
    expect(simulators.faults.list()).toEqual([])
  })

  test('a web page may not set faults', async () => {
    const response = await fetch(`${simulators.addresses.control}/faults`, {
      method: 'POST',
      headers: { origin: 'http://example.org' },
      body: JSON.stringify({ command: 'clear all' }),
    })
    expect(response.status).toBe(403)
  })
})

describe('every fault can be put on every device it names, and leaves nothing behind', async () => {
  const simulators = await startSimulators({
    hall: { ...hall, devices: overTheBroker, broker: { host: '127.0.0.1', port: 1 }, links: {} },
    credentials: {},
    seed: 7,
    speed: 1,
    controlPort: 0,
  })
  afterAll(() => simulators.close())
  const fitting = (fault: string) =>
    [...simulators.devices.values()].find(({ targets }) => FAULTS[fault]?.on.some((target) => targets.includes(target)))

  test.for(Object.keys(FAULTS))('%s', (fault) => {
    const device = fitting(fault)!
    const before = JSON.stringify({ trouble: device.trouble, parts: device.terminal?.parts })
    expect(simulators.faults.apply(fault, device.id)).toEqual({ ok: true })
    expect(simulators.faults.clear(device.id, fault)).toBe(1)
    expect(JSON.stringify({ trouble: device.trouble, parts: device.terminal?.parts })).toBe(before)
  })
})

test('the process says once that it is ready, and ends when its parent is gone', async () => {
  // Below the range from which the system takes ports for outgoing connections.
  const base = 20_000 + 100 * Math.floor(Math.random() * 110)
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, 'main.ts'), '--hall', demoFile, '--base-port', String(base), '--control-port', '0'],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  )
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
  expect(JSON.parse(line)).toMatchObject({ ready: true, devices: hall.devices.length })
  const exited = once(child, 'exit')
  child.stdin.end()
  expect((await exited)[0]).toBe(0)
})
