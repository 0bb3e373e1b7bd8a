import { spawn } from 'node:child_process'
import mqtt from 'mqtt'
import { afterEach, expect, test } from 'vitest'
import { startSimulators } from '../../simulators/simulators.ts'
import { addressesAsWords, fakeDevice } from '../src/modbus/testing/fake-device.ts'
import { type GatewayProcess, startGatewayProcess } from './support/gateway-process.ts'
import { type HallFolder, makeHallFolder } from './support/hall-folder.ts'

let hall: HallFolder | undefined
let gateway: GatewayProcess | undefined
afterEach(async () => {
  await gateway?.stop()
  await hall?.remove()
  gateway = undefined
  hall = undefined
})

const kiosk = (n: number) => ({ id: `kiosk-0${n}`, name: `${n}号机`, profile: 'hallwatt/kiosk', zone: 'lobby' })

interface Listed {
  devices: { id: string; name: string; presence: string }[]
}
const devices = async (of: HallFolder) => ((await (await fetch(`${of.http}/api/v1/devices`)).json()) as Listed).devices

test('a device added to hall.yaml is there without a restart, and the others keep their connections', async () => {
  await using meter = await fakeDevice(addressesAsWords)
  hall = await makeHallFolder({
    links: { bus: { type: 'modbus-tcp', host: '127.0.0.1', port: meter.port } },
    devices: [
      kiosk(1),
      { id: 'meter-1', name: '电表', profile: 'eastron/sdm120', zone: 'lobby', link: 'bus', unitId: 1 },
    ],
  })
  gateway = await startGatewayProcess(hall)
  const terminal = await mqtt.connectAsync(`mqtt://127.0.0.1:${hall.mqttPort}`, {
    username: 'kiosk-01',
    clientId: 'kiosk-01',
  })
  let closed = false
  terminal.on('close', () => (closed = true))
  const connectionsBefore = meter.connections

  await hall.edit((text) => text.devices.push(kiosk(2)))
  await gateway.says('added kiosk-02')
  expect((await devices(hall)).map((device) => device.id)).toContain('kiosk-02')
  const second = await mqtt.connectAsync(`mqtt://127.0.0.1:${hall.mqttPort}`, {
    username: 'kiosk-02',
    clientId: 'kiosk-02',
  })
  expect(closed).toBe(false)
  expect(meter.connections).toBe(connectionsBefore)
  await second.endAsync()
  await terminal.endAsync()
})

test('a file with a mistake is refused, said with its line, and the running hall stays until it is mended', async () => {
  hall = await makeHallFolder({ devices: [kiosk(1)] })
  gateway = await startGatewayProcess(hall)
  await hall.edit((text) => {
    text.devices[0].zone = 'loby'
  })
  await gateway.says('HW_HALL_INVALID')
  expect(gateway.said()).toMatch(/18:5 +devices\[0\]\.zone .* Did you mean \\?"lobby/)
  expect((await devices(hall)).map((device) => device.id)).toEqual(['kiosk-01'])
  const notReady = await fetch(`${hall.http}/readyz`)
  expect(notReady.status).toBe(503)
  expect(await notReady.text()).toContain('HW_HALL_INVALID')

  await hall.edit((text) => {
    text.devices[0].zone = 'lobby'
    text.devices[0].name = '一号机'
  })
  await gateway.says('changed kiosk-01')
  expect(gateway.said()).toContain('is valid again')
  expect((await devices(hall))[0]?.name).toBe('一号机')
  expect((await fetch(`${hall.http}/readyz`)).status).toBe(200)
})

test('a device taken out of hall.yaml is gone, and its login is refused', async () => {
  hall = await makeHallFolder({ devices: [kiosk(1), kiosk(2)] })
  gateway = await startGatewayProcess(hall)
  await hall.edit((text) => text.devices.pop())
  await gateway.says('removed kiosk-02')
  expect((await devices(hall)).map((device) => device.id)).toEqual(['kiosk-01'])
  const login = mqtt.connectAsync(`mqtt://127.0.0.1:${hall.mqttPort}`, { username: 'kiosk-02', reconnectPeriod: 0 })
  await expect(login).rejects.toThrow()
})

test('a plug that is on is taken out of hall.yaml, or renamed at the broker, and is off before nobody can tell it any more', {
  timeout: 30_000,
}, async () => {
  const plug = (id: string) => ({ id, name: id, profile: 'tasmota/plug', zone: 'lobby', commands: 'all' })
  const plugs = [plug('plug-lamp-incandescent'), plug('plug-lamp-led'), plug('plug-kettle')]
  const token = 'a-token-of-the-tests-long-enough'
  hall = await makeHallFolder({ devices: plugs })
  const simulators = await startSimulators({
    hall: {
      hall: { id: 'donghu' },
      broker: { host: '127.0.0.1', port: hall.mqttPort },
      links: {},
      devices: plugs.map(({ id, name, profile }) => ({ id, name, profile, topic: {} })),
    } as unknown as Parameters<typeof startSimulators>[0]['hall'],
    credentials: Object.fromEntries(plugs.map(({ id }) => [id, 'any'])),
    seed: 1,
    speed: 1,
    controlPort: 0,
  })
  try {
    gateway = await startGatewayProcess(hall, (args) =>
      spawn(process.execPath, args, {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...process.env, HALLWATT_HTTP_TOKEN: token },
      }),
    )
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const body = JSON.stringify({ waitS: 10, revertAfterS: 600 })
    const on = async (id: string) => {
      const url = `${hall?.http}/api/v1/devices/${id}/commands/switch-on`
      return (await (await fetch(url, { method: 'POST', headers, body })).json()) as { state: string }
    }
    const isOn = (id: string) => simulators.devices.get(id)?.appliance?.switchedOn
    for (const { id } of plugs)
      await expect.poll(async () => (await on(id)).state, { timeout: 15_000 }).toBe('confirmed')
    await hall.edit((text) => {
      text.devices[0].topic = { topic: 'another' }
      text.devices[1].name = 'LED'
      text.devices.pop()
    })
    await gateway.says('removed plug-kettle')
    expect(plugs.map(({ id }) => isOn(id))).toEqual([false, true, false])
    expect(gateway.said()).not.toContain('HW_DEMO_LOAD_NOT_OFF')
    // One that does not answer holds nothing up for long, and is named.
    simulators.faults.apply('disconnect', 'plug-lamp-led')
    await hall.edit((text) => text.devices.pop())
    await gateway.says('removed plug-lamp-led')
    expect(gateway.said()).toMatch(/HW_DEMO_LOAD_NOT_OFF.*plug-lamp-led/)
  } finally {
    await simulators.close()
  }
})
