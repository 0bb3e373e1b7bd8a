import mqtt from 'mqtt'
import { afterEach, expect, test } from 'vitest'
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
