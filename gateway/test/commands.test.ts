import { spawn } from 'node:child_process'
import mqtt from 'mqtt'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type Simulators, startSimulators } from '../../simulators/simulators.ts'
import { freePorts } from './servers/server-process.ts'
import { type GatewayProcess, startGatewayProcess } from './support/gateway-process.ts'
import { type HallFolder, makeHallFolder } from './support/hall-folder.ts'

const TOKEN = 'a-token-of-the-tests-long-enough'
/** 10:00 in Shanghai on a working day: the lamps of the simulated hall draw their power. */
const MORNING = Date.UTC(2026, 4, 12, 2)

let hall: HallFolder
let simulators: Simulators
let gateway: GatewayProcess

/** One hall for all stories: a gateway that is stopped is started again by the next one. */
beforeAll(async () => {
  const [charger = 0] = await freePorts(1)
  const links = { charger: { type: 'modbus-tcp', host: '127.0.0.1', port: charger } } as const
  const lamp = { name: '白炽灯', zone: 'lobby', commands: 'all', leastLoadW: 20 }
  const devices = [
    { ...lamp, id: 'plug-lamp-incandescent', profile: 'tasmota/plug' },
    { ...lamp, id: 'plug-lamp-incandescent-2', profile: 'shelly/plug-gen2' },
    { ...lamp, id: 'plug-lamp-incandescent-3', profile: 'zigbee2mqtt/plug', mqttUser: 'zigbee-bridge' },
    { id: 'plug-television', name: '电视', profile: 'tasmota/plug', zone: 'lobby' },
    {
      id: 'evse-02',
      name: '2号充电桩',
      profile: 'abb/terra-ac',
      zone: 'lobby',
      link: 'charger',
      unitId: 1,
      commands: 'all',
    },
    { id: 'kiosk-01', name: '1号自助终端', profile: 'hallwatt/kiosk', zone: 'lobby', commands: 'all' },
  ]
  const services = [
    { id: 'building', name: '楼宇系统', roles: ['guide'] },
    { id: 'wall', name: '看板' },
  ]
  hall = await makeHallFolder({ devices, links, more: { services } })
  simulators = await startSimulators({
    hall: {
      hall: { id: 'donghu' },
      broker: { host: '127.0.0.1', port: hall.mqttPort },
      links,
      devices: devices.map(({ id, name, profile, ...more }) => ({ topic: {}, ...more, id, name, profile })),
    } as unknown as Parameters<typeof startSimulators>[0]['hall'],
    // Without a credentials file the user name is all that counts.
    credentials: Object.fromEntries([...devices.map(({ id }) => id), 'zigbee-bridge'].map((user) => [user, 'any'])),
    seed: 1,
    speed: 1,
    start: MORNING,
    controlPort: 0,
  })
  gateway = await start()
})

afterEach(() => void simulators.faults.clearAll())
afterAll(async () => {
  await gateway.stop()
  await simulators.close()
  await hall.remove()
})

const start = () =>
  startGatewayProcess(hall, (args) =>
    spawn(process.execPath, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, HALLWATT_HTTP_TOKEN: TOKEN },
    }),
  )

interface Answer {
  status: number
  body: Record<string, unknown>
}

async function ask(path: string, body?: object): Promise<Answer> {
  const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' }
  const init = body && { method: 'POST', body: JSON.stringify(body) }
  const answer = await fetch(`${hall.http}${path}`, { headers, ...init })
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
}

const command = (device: string, name: string, body: object = {}) =>
  ask(`/api/v1/devices/${device}/commands/${name}`, { waitS: 20, ...body })

async function until<T>(find: () => Promise<T | undefined> | T | undefined): Promise<T> {
  for (;;) {
    const found = await find()
    if (found !== undefined) return found
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

const online = (id: string) =>
  until(async () => ((await ask(`/api/v1/devices/${id}`)).body.presence === 'online' ? true : undefined))

const read = async (id: string, quantity: string) => {
  const { readings } = (await ask(`/api/v1/devices/${id}`)).body as { readings: { quantity: string; value: unknown }[] }
  return readings.find((reading) => reading.quantity === quantity)?.value
}
const relay = (id: string) => simulators.devices.get(id)!.appliance!

const PLUGS = ['plug-lamp-incandescent', 'plug-lamp-incandescent-2', 'plug-lamp-incandescent-3']

test('each make of plug goes off and on, and its own meter proves both', { timeout: 20_000 }, async () => {
  for (const plug of PLUGS) {
    await online(plug)
    expect([plug, (await command(plug, 'switch-off')).body]).toMatchObject([plug, { state: 'confirmed' }])
    expect([relay(plug).switchedOn, await read(plug, 'activePower')]).toEqual([false, 0])
    const on = await command(plug, 'switch-on', { reason: '演示' })
    expect([on.status, on.body]).toMatchObject([
      200,
      { state: 'confirmed', quantity: 'switchedOn', before: false, by: 'api-token', reason: '演示' },
    ])
    expect(await read(plug, 'activePower')).toBeGreaterThan(20)
  }
  const { records } = (await ask(`/api/v1/commands?device=${PLUGS[0]}`)).body as { records: object[] }
  expect(records.slice(0, 2)).toMatchObject([{ command: 'switch-on' }, { command: 'switch-off' }])
  const { entries } = (await ask('/api/v1/audit')).body as { entries: { action: string; subject: string }[] }
  expect(entries.filter(({ subject }) => subject === PLUGS[0]).map(({ action }) => action)).toEqual([
    'command.switch-on',
    'command.switch-off',
  ])
})

test('a plug that says on and draws nothing has failed, and so has one that says off and still draws', {
  timeout: 20_000,
}, async () => {
  const [dead = '', welded = ''] = PLUGS
  for (const plug of [dead, welded]) await online(plug)
  await command(dead, 'switch-off')
  await until(() => (relay(welded).powerW > 20 ? true : undefined))
  simulators.faults.apply('relay_dead', dead)
  simulators.faults.apply('relay_welded', welded)
  const [on, off] = await Promise.all([command(dead, 'switch-on'), command(welded, 'switch-off')])
  for (const { body } of [on, off]) expect(body).toMatchObject({ state: 'failed', code: 'HW_COMMAND_NO_EFFECT' })
  expect(on.body.message).toContain('0 W')
  expect(off.body.message).toContain('60 W')
})

test('a charger obeys a current limit, after its own watchdog was set, and goes back to the one before', {
  timeout: 20_000,
}, async () => {
  await online('evse-02')
  await until(() => read('evse-02', 'chargingCurrentLimit'))
  const charger = simulators.devices.get('evse-02')!.charger!
  const set = await command('evse-02', 'set-current', { value: 10, revertAfterS: 1 })
  expect(set.body).toMatchObject({ state: 'confirmed', before: 32, value: 10 })
  expect([charger.limitA, await read('evse-02', 'chargingCurrentLimit')]).toEqual([10, 10])
  await until(() => (charger.limitA === 32 ? true : undefined))
  expect((await command('evse-02', 'set-current', { value: 40 })).body).toMatchObject({ code: 'HW_COMMAND_VALUE' })
  expect((await command('evse-02', 'set-current', { value: '10' })).body).toMatchObject({ code: 'HW_COMMAND_VALUE' })
})

test('what the hall has not enabled, what does not exist and what is offline is refused with its reason', {
  timeout: 20_000,
}, async () => {
  const closed = await command('plug-television', 'switch-off')
  expect([closed.status, closed.body.code]).toEqual([403, 'HW_COMMAND_NOT_ENABLED'])
  expect((await command('plug-lamp-incandescent', 'explode')).body.code).toBe('HW_COMMAND_UNKNOWN')
  const plug = 'plug-lamp-incandescent'
  await online(plug)
  simulators.faults.apply('disconnect', plug)
  await until(async () => ((await ask(`/api/v1/devices/${plug}`)).body.presence === 'offline' ? true : undefined))
  expect((await command(plug, 'switch-on')).body.code).toBe('HW_COMMAND_OFFLINE')
})

test('everything off at one touch takes less than a second, and every device has proved it', {
  timeout: 20_000,
}, async () => {
  for (const id of [...PLUGS, 'evse-02']) await online(id)
  for (const plug of PLUGS) await until(() => read(plug, 'activePower'))
  await until(() => read('evse-02', 'charging'))
  const { body } = await ask('/api/v1/all-off', {})
  expect(body.records).toMatchObject([...PLUGS, 'evse-02'].map((device) => ({ device, state: 'confirmed' })))
  expect(body.off).toBe(true)
  expect(body.ms).toBeLessThan(1000)
  expect(PLUGS.map((plug) => relay(plug).powerW)).toEqual([0, 0, 0])
  expect(simulators.devices.get('evse-02')!.charger!.powerW).toBe(0)
})

test('a service with a role commands over MQTT and hears the result; one without may not', {
  timeout: 20_000,
}, async () => {
  const plug = 'plug-lamp-incandescent'
  await online(plug)
  const building = await mqtt.connectAsync(`mqtt://127.0.0.1:${hall.mqttPort}`, { username: 'building', clientId: 'b' })
  const wall = await mqtt.connectAsync(`mqtt://127.0.0.1:${hall.mqttPort}`, { username: 'wall', clientId: 'w' })
  const results: Record<string, unknown>[] = []
  building.on('message', (_, payload) => results.push(JSON.parse(payload.toString())))
  await building.subscribeAsync('hallwatt/donghu/+/command/+/result', { qos: 1 })
  const topic = (device: string, name: string) => `hallwatt/donghu/${device}/command/${name}`
  await wall.publishAsync(topic(plug, 'switch-off'), '{}', { qos: 1 })
  await building.publishAsync(topic(plug, 'switch-off'), JSON.stringify({ id: 'night', t: Date.now() }), { qos: 1 })
  await until(() => results.find(({ id, state }) => id === 'night' && state === 'confirmed'))
  expect(relay(plug).switchedOn).toBe(false)
  await building.publishAsync(topic('kiosk-01', 'restart'), '{}', { qos: 1 })
  await until(() => results.find(({ command: name }) => name === 'restart'))
  expect(results.map(({ id, state, code, by }) => [id, state, code, by])).toEqual([
    ['night', 'sending', undefined, 'building'],
    ['night', 'confirmed', undefined, 'building'],
    [undefined, 'refused', 'HW_COMMAND_FORBIDDEN', 'building'],
  ])
  await Promise.all([building.endAsync(), wall.endAsync()])
})

test('a terminal tests itself when told, and is restarted no more than twice a day', { timeout: 20_000 }, async () => {
  await online('kiosk-01')
  await until(() => read('kiosk-01', 'uptime'))
  expect((await command('kiosk-01', 'self-test')).body).toMatchObject({ state: 'confirmed' })
  simulators.faults.apply('paper_jam', 'kiosk-01')
  const broken = (await command('kiosk-01', 'self-test')).body
  expect(broken).toMatchObject({ state: 'failed', code: 'HW_COMMAND_NOT_CONFIRMED' })
  expect(broken.message).toContain('卡纸')
  expect((await command('kiosk-01', 'restart')).body.state).toBe('confirmed')
  expect((await command('kiosk-01', 'restart')).body.state).toBe('confirmed')
  expect((await command('kiosk-01', 'restart')).body.code).toBe('HW_COMMAND_LIMIT')
})

test('after kill -9 what was to be taken back is taken back first', { timeout: 60_000 }, async () => {
  // Zigbee plugs do not count down by themselves: only the gateway can take it back.
  const plug = 'plug-lamp-incandescent-3'
  await online(plug)
  await command(plug, 'switch-off')
  expect((await command(plug, 'switch-on', { revertAfterS: 600 })).body.state).toBe('confirmed')
  await gateway.kill()
  expect(relay(plug).switchedOn).toBe(true)
  gateway = await start()
  await until(() => (relay(plug).switchedOn ? undefined : true))
  const back = await until(async () => {
    const { records } = (await ask(`/api/v1/commands?device=${plug}`)).body as { records: Record<string, unknown>[] }
    return records.find(({ revertOf, state }) => revertOf !== undefined && state === 'confirmed')
  })
  expect(back).toMatchObject({ command: 'switch-off', by: 'gateway', via: 'gateway' })
})

test('without the gateway a plug with a countdown of its own still goes off', { timeout: 60_000 }, async () => {
  const counting = PLUGS.slice(0, 2)
  for (const plug of counting) await online(plug)
  const on = await Promise.all(counting.map((plug) => command(plug, 'switch-on', { revertAfterS: 3 })))
  expect(on.map(({ body }) => body.state)).toEqual(['confirmed', 'confirmed'])
  await gateway.kill()
  for (const plug of counting) await until(() => (relay(plug).switchedOn ? undefined : true))
})
