import { spawn } from 'node:child_process'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type Simulators, startSimulators } from '../../simulators/simulators.ts'
import { type GatewayProcess, startGatewayProcess } from './support/gateway-process.ts'
import { type HallFolder, makeHallFolder } from './support/hall-folder.ts'

const TOKEN = 'a-token-of-the-tests-long-enough'

let hall: HallFolder
let simulators: Simulators
let gateway: GatewayProcess

beforeAll(async () => {
  const own = { profile: 'hallwatt/appliance', zone: 'lobby', commands: 'all' }
  const devices = [
    { ...own, id: 'pots-induction', name: '电磁炉', kind: 'cooker', leastLoadW: 500 },
    { ...own, id: 'pots-ceramic', name: '电陶炉', kind: 'cooker', leastLoadW: 500 },
    { ...own, id: 'safety-panel', name: '安全输入', kind: 'safety' },
  ]
  hall = await makeHallFolder({ devices })
  simulators = await startSimulators({
    hall: {
      hall: { id: 'donghu' },
      broker: { host: '127.0.0.1', port: hall.mqttPort },
      links: {},
      devices: devices.map(({ id, name, profile }) => ({ id, name, profile, topic: {} })),
    },
    credentials: Object.fromEntries(devices.map(({ id }) => [id, 'any'])),
    seed: 1,
    speed: 1,
    controlPort: 0,
  })
  gateway = await startGatewayProcess(hall, (args) =>
    spawn(process.execPath, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, HALLWATT_HTTP_TOKEN: TOKEN },
    }),
  )
}, 30_000)
afterEach(() => void simulators.faults.clearAll())
afterAll(async () => {
  await gateway.stop()
  await simulators.close()
  await hall.remove()
})

async function ask(path: string, body?: object): Promise<Record<string, unknown>> {
  const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' }
  const answer = await fetch(`${hall.http}/api/v1${path}`, {
    headers,
    ...(body && { method: 'POST', body: JSON.stringify(body) }),
  })
  return (await answer.json()) as Record<string, unknown>
}

const command = (device: string, name: string, body: object = {}) =>
  ask(`/devices/${device}/commands/${name}`, { waitS: 20, ...body })

async function read(device: string): Promise<Record<string, unknown>> {
  const { readings } = (await ask(`/devices/${device}`)) as { readings: { quantity: string; value: unknown }[] }
  return Object.fromEntries(readings.map(({ quantity, value }) => [quantity, value]))
}

const hob = () => simulators.devices.get('pots-induction')!.appliance!

test('an appliance goes on and off, and its meter and its water prove it', { timeout: 30_000 }, async () => {
  await expect
    .poll(() => read('pots-induction'), { timeout: 10_000 })
    .toMatchObject({ switchedOn: false, activePower: 0 })
  expect(await command('pots-induction', 'switch-on')).toMatchObject({ state: 'confirmed', quantity: 'switchedOn' })
  await expect
    .poll(async () => (await read('pots-induction'))['temperature.water'], { timeout: 15_000 })
    .toBeGreaterThan(20.8)
  expect(await command('pots-induction', 'switch-off')).toMatchObject({ state: 'confirmed' })
  expect(hob()).toMatchObject({ switchedOn: false, powerW: 0 })
})

test('switched on for a time, an appliance goes off by itself though the gateway was killed', {
  timeout: 60_000,
}, async () => {
  expect(await command('pots-ceramic', 'switch-on', { revertAfterS: 3 })).toMatchObject({ state: 'confirmed' })
  const ceramic = simulators.devices.get('pots-ceramic')!.appliance!
  expect(ceramic.powerW).toBeGreaterThan(1000)
  await gateway.kill()
  await expect.poll(() => ceramic.powerW, { timeout: 6000 }).toBe(0)
  gateway = await startGatewayProcess(hall, (args) =>
    spawn(process.execPath, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, HALLWATT_HTTP_TOKEN: TOKEN },
    }),
  )
})

test('the emergency stop cuts the power without any software, and the gateway hears of it', {
  timeout: 30_000,
}, async () => {
  await expect.poll(() => read('safety-panel'), { timeout: 10_000 }).toMatchObject({ contactorClosed: true })
  await expect.poll(() => read('pots-induction'), { timeout: 10_000 }).toMatchObject({ switchedOn: false })
  await command('pots-induction', 'switch-on', { revertAfterS: 60 })
  expect(hob().powerW).toBeGreaterThan(1000)
  simulators.faults.apply('e_stop', 'safety-panel')
  await expect.poll(() => hob().powerW, { timeout: 2000 }).toBe(0)
  await expect
    .poll(() => read('safety-panel'), { timeout: 5000 })
    .toMatchObject({ emergencyStopPressed: true, contactorClosed: false })
  await command('pots-induction', 'switch-off')
})
