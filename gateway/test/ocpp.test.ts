import { spawn } from 'node:child_process'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type Simulators, startSimulators } from '../../simulators/simulators.ts'
import { freePorts } from './servers/server-process.ts'
import { type GatewayProcess, startGatewayProcess } from './support/gateway-process.ts'
import { type HallFolder, makeHallFolder } from './support/hall-folder.ts'

const TOKEN = 'a-token-of-the-tests-long-enough'
const EVSE = 'evse-04'

let hall: HallFolder
let simulators: Simulators
let gateway: GatewayProcess

/** One charger with a car at it, as physics begins every hall. */
beforeAll(async () => {
  const [port = 0] = await freePorts(1)
  const device = {
    ...{ id: EVSE, name: '4号充电桩', profile: 'ocpp/charge-point-16', zone: 'lobby' },
    ...{ chargePoint: 'EVSE-04', commands: 'all' },
  }
  hall = await makeHallFolder({ devices: [device], more: { ocpp: { port, heartbeatS: 5 } } })
  simulators = await startSimulators({
    hall: {
      hall: { id: 'donghu' },
      broker: { host: '127.0.0.1', port: hall.mqttPort },
      ocpp: { host: '127.0.0.1', port },
      links: {},
      devices: [{ topic: {}, ...device }],
    },
    credentials: {},
    seed: 1,
    speed: 1,
    controlPort: 0,
  })
  gateway = await start()
})

afterEach(() => void simulators.faults.clearAll())
afterAll(async () => {
  await gateway?.stop()
  await simulators?.close()
  await hall?.remove()
})

const start = () =>
  startGatewayProcess(hall, (args) =>
    spawn(process.execPath, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, HALLWATT_HTTP_TOKEN: TOKEN },
    }),
  )

type Body = Record<string, unknown>

async function ask(path: string, body?: object): Promise<Body> {
  const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' }
  const init = body && { method: 'POST', body: JSON.stringify(body) }
  return (await (await fetch(`${hall.http}${path}`, { headers, ...init })).json()) as Body
}

const command = (name: string, body: object = {}) =>
  ask(`/api/v1/devices/${EVSE}/commands/${name}`, { waitS: 30, ...body })

async function until<T>(find: () => Promise<T | undefined> | T | undefined): Promise<T> {
  for (;;) {
    const found = await find()
    if (found !== undefined) return found
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

const device = () => ask(`/api/v1/devices/${EVSE}`)

async function read(quantity: string): Promise<unknown> {
  const { readings } = (await device()) as { readings: { quantity: string; value: unknown; quality: string }[] }
  const found = readings.find((reading) => reading.quantity === quantity)
  return found?.quality === 'good' ? found.value : undefined
}

const reads = (quantity: string, wanted: unknown) =>
  until(async () => ((await read(quantity)) === wanted ? true : undefined))

const charger = () => simulators.devices.get(EVSE)!.charger!

test('a charger connects, charges, and shows what it measures', { timeout: 30_000 }, async () => {
  await reads('chargerState', 'charging')
  const power = await until(async () => (Number(await read('activePower')) > 1000 ? read('activePower') : undefined))
  expect(Number(power)).toBeCloseTo(charger().powerW, -3)
  expect(await device()).toMatchObject({ presence: 'online' })
  expect([await read('modelName'), await read('evseState'), await read('chargerGround')]).toEqual([
    'AC-7K-OCPP',
    'C',
    'ok',
  ])
  expect(Number(await read('sessionEnergy'))).toBeGreaterThanOrEqual(0)
})

test('a limit is obeyed and proved by the current that flows, and goes back by itself', {
  timeout: 60_000,
}, async () => {
  await reads('chargerState', 'charging')
  await until(async () => (Number(await read('currentL1')) > 12 ? true : undefined))
  expect(await command('set-current', { value: 8, revertAfterS: 2 })).toMatchObject({ state: 'confirmed', before: 32 })
  expect(charger().limitA).toBe(8)
  expect(Number(await read('currentL1'))).toBeLessThanOrEqual(8.01)
  await until(() => (charger().limitA === 32 ? true : undefined))
})

test('a pause stops the power, and a remote stop ends the transaction; a remote start begins another', {
  timeout: 60_000,
}, async () => {
  await reads('chargerState', 'charging')
  expect(await command('pause-charging')).toMatchObject({ state: 'confirmed' })
  expect(charger().powerW).toBe(0)
  await reads('chargerState', 'suspended')
  expect(await command('release-current')).toMatchObject({ state: 'confirmed' })
  await reads('chargerState', 'charging')
  expect(await command('stop-charging')).toMatchObject({ state: 'confirmed' })
  await reads('evseState', 'B')
  expect(await command('start-charging')).toMatchObject({ state: 'confirmed' })
  await reads('chargerState', 'charging')
})

test('a charger takes a setting, lets go of the plug and restarts when told', {
  timeout: 60_000,
}, async () => {
  await reads('chargerState', 'charging')
  expect(await command('report-every-10-s')).toMatchObject({ state: 'confirmed' })
  expect(await command('unlock-connector')).toMatchObject({ state: 'confirmed' })
  await reads('evseState', 'B')
  expect(await command('start-charging')).toMatchObject({ state: 'confirmed' })
  expect(await command('restart')).toMatchObject({ state: 'confirmed' })
  // It ends its transaction, goes away and says its status again when it is back.
  await until(async () => ((await device()).presence === 'unknown' ? true : undefined))
  await until(async () => ((await device()).presence === 'online' ? true : undefined))
  expect(await command('restart')).toMatchObject({ code: 'HW_COMMAND_TOO_SOON' })
  expect(await command('start-charging')).toMatchObject({ state: 'confirmed' })
  await reads('chargerState', 'charging')
})

test('leakage at the charger is an alarm under its own code, and heat beside it another', {
  timeout: 30_000,
}, async () => {
  await reads('chargerGround', 'ok')
  simulators.faults.apply('charger_tripped', EVSE)
  simulators.faults.apply('charger_hot', EVSE)
  const codes = async () => {
    const { alarms } = (await ask('/api/v1/alarms')) as { alarms: { fault: { code: string; device: string } }[] }
    return alarms.map(({ fault }) => fault.code)
  }
  await until(async () => {
    const raised = await codes()
    return raised.includes('ev.ground') && raised.includes('ev.hot') ? true : undefined
  })
  // Its protection ends the transaction.
  await until(async () => {
    const { ocpp } = (await ask(`/api/v1/devices/${EVSE}/inside`)) as { ocpp: { transaction: unknown } }
    return ocpp.transaction === null ? true : undefined
  })
  simulators.faults.clearAll()
  await reads('chargerGround', 'ok')
  await reads('chargerHeat', 'ok')
  // Somebody looks, and begins another.
  expect(await command('start-charging')).toMatchObject({ state: 'confirmed' })
})

test('without a line the charger is unknown and its values old; when it is back, what it kept arrives', {
  timeout: 60_000,
}, async () => {
  await reads('chargerState', 'charging')
  const presence = async (wanted: string) =>
    until(async () => ((await device()).presence === wanted ? true : undefined))
  simulators.faults.apply('disconnect', EVSE)
  await presence('unknown')
  expect(await read('activePower')).toBeUndefined()
  expect(await command('set-current', { value: 10 })).toMatchObject({ code: 'HW_COMMAND_OFFLINE' })
  simulators.faults.clearAll()
  await presence('online')
  await reads('chargerState', 'charging')
})
