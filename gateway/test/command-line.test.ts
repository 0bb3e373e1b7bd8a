import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { fakeDevice } from '../src/modbus/testing/fake-device.ts'
import { freePorts } from './servers/server-process.ts'
import { hallwatt, startGatewayProcess } from './support/gateway-process.ts'
import { type HallFolder, makeHallFolder } from './support/hall-folder.ts'

let hall: HallFolder | undefined
afterEach(async () => {
  await hall?.remove()
  hall = undefined
})

test('hallwatt check says all five mistakes of a file with line and column, and fails', async () => {
  hall = await makeHallFolder({ devices: [] })
  const file = join(hall.folder, 'mistakes.yaml')
  await writeFile(
    file,
    `hall: { id: donghu, name: 东湖营业厅, typ: center }
zones:
  - { id: lobby, name: 大厅 }
links:
  bus-1: { type: modbus-tcp, host: 127.0.0.1, port: 70000 }
devices:
  - { id: meter-1, name: 总表, profile: eastron/sdm63O, zone: lobby, link: bus-1 }
  - { id: meter-2, name: 分表, profile: eastron/sdm630, zone: loby, link: bus-1 }
  - { id: kiosk-1, name: 缴费机, profile: hallwatt/kiosk, zone: lobby, link: bus-1 }
`,
  )
  const { code, output } = await hallwatt('check', file)
  expect(code).toBe(1)
  expect(output).toContain('has 5 problems')
  expect(output.match(/^ +\d+:\d+ /gm)?.map((place) => place.trim())).toEqual(['1:34', '5:47', '7:30', '8:55', '9:69'])
})

test('hallwatt check refuses an open broker without credentials as run does, and notes what an open page needs', async () => {
  hall = await makeHallFolder({ devices: [] })
  await hall.edit((text) => {
    text.broker.host = '0.0.0.0'
    text.http.host = '0.0.0.0'
  })
  const refused = await hallwatt('check', hall.file)
  expect(refused.output).toMatch(/\d+:\d+ +broker\.host .*credentialsFile/)
  expect(refused.code).toBe(1)
  await hall.edit((text) => {
    text.broker.credentialsFile = 'mqtt.passwords'
  })
  const { code, output } = await hallwatt('check', hall.file)
  expect(output).toContain('HALLWATT_HTTP_TOKEN')
  expect(code).toBe(0)
})

test('the shipped demo hall is valid', async () => {
  const { code, output } = await hallwatt('check', 'gateway/halls/demo.yaml')
  expect(output).toContain('is valid')
  expect(code).toBe(0)
})

test('every shipped profile passes its cases', async () => {
  const { code, output } = await hallwatt('profile', 'check', '--json')
  const summary = JSON.parse(output.trim().split('\n').at(-1) ?? '') as Record<string, number>
  expect(summary).toMatchObject({ failed: 0 })
  expect(summary.profiles).toBeGreaterThanOrEqual(21)
  expect(code).toBe(0)
})

test('a second gateway on the same store is refused with a clear error', async () => {
  hall = await makeHallFolder({ devices: [] })
  const first = await startGatewayProcess(hall)
  await hall.edit((text) => {
    text.broker.port = text.http.port + 1 // other ports, same store
    text.http.port += 2
  })
  const { code, output } = await hallwatt('run', '--config', hall.file)
  await first.stop()
  expect(output).toContain('HW_STORE_LOCKED')
  expect(output).toContain(String(first.child.pid))
  expect(code).toBe(1)
})

test('a command that does not exist is answered with the one that was meant', async () => {
  const { code, output } = await hallwatt('chek')
  expect(output).toContain('Did you mean "check"?')
  expect(code).toBe(2)
})

test('profile try says in one sentence why nothing was read', { timeout: 120_000 }, async () => {
  const [closed = 0] = await freePorts(1)
  await using refusing = await fakeDevice(({ unitId }) => ({ exception: unitId === 1 ? 2 : 11 }))
  const tried = async (profile: string, ...more: string[]) => {
    const { code, output } = await hallwatt('profile', 'try', '--profile', profile, ...more)
    return [code, output.trimEnd().split('\n').at(-1)] as const
  }
  const at = (port: number) => ['--host', '127.0.0.1', '--port', `${port}`]
  const said = (code: number, text: string) => [code, expect.stringContaining(text)]
  expect(await tried('eastron/sdm630', ...at(closed))).toEqual(said(1, `127.0.0.1:${closed} cannot be opened`))
  expect(await tried('sunspec/meter', ...at(closed))).toEqual(said(1, `127.0.0.1:${closed} cannot be opened`))
  expect(await tried('eastron/sdm630', '--serial', '/dev/none')).toEqual(said(1, '/dev/none cannot be opened'))
  expect(await tried('eastron/sdm630', ...at(refusing.port))).toEqual(said(1, 'refuses everything'))
  expect(await tried('eastron/sdm630', ...at(refusing.port), '--unit', '7')).toEqual(
    said(1, 'nobody is there as unit 7'),
  )
  const odd = await hallwatt('profile', 'try', '--profile', 'carlo-gavazzi/em24', ...at(closed), '--variant', 'rs48')
  expect(odd).toMatchObject({ code: 2, output: expect.stringContaining('Did you mean "rs485"?') })
  const ocpp = await hallwatt('profile', 'try', '--profile', 'ocpp/charge-point-16', ...at(closed))
  expect(ocpp).toMatchObject({ code: 2, output: expect.stringContaining('there is nothing to ask') })
})

test('profile try says whether the profile fits, and which values speak against it', { timeout: 60_000 }, async () => {
  // Every register is half of 230.2 V.
  await using device = await fakeDevice(({ address, count }) => ({
    words: Array.from({ length: count }, (_, i) => ((address + i) % 2 === 0 ? 0x4366 : 0x3333)),
  }))
  const tried = ['profile', 'try', '--profile', 'eastron/sdm630', '--host', '127.0.0.1', '--port', `${device.port}`]
  const { code, output } = await hallwatt(...tried)
  expect(code).toBe(0)
  expect(output).toContain('Mostly right; a few points need a look.')
  expect(output).toMatch(/^ {2}frequency: 230\.2 Hz, expected 45 to 65 Hz$/m)
  expect(output).not.toMatch(/^ {2}voltageL1:/m)
  // As an inverter at night: every register is there, and none but the serial number has a value.
  device.behave = ({ count }) => ({ words: Array.from({ length: count }, () => 0xffff) })
  expect((await hallwatt(...tried)).output).toContain('It answers, with nothing that could be checked')
})

test('profile try tells a closed port from a program that hangs, and a name nobody knows from a device that is off', {
  timeout: 120_000,
}, async () => {
  const [closed = 0] = await freePorts(1)
  const screen = ['profile', 'try', '--profile', 'probe/display', '--host', '127.0.0.1', '--parameter']
  expect(await hallwatt(...screen, `port=${closed}`)).toMatchObject({
    output: expect.stringContaining(`Connection refused: nobody listens at 127.0.0.1:${closed}`),
  })
  // No label of a name is that long, so that no name server has to be asked.
  const unknown = `${'a'.repeat(64)}.invalid`
  for (const profile of ['eastron/sdm630', 'snmp/printer']) {
    const { code, output } = await hallwatt('profile', 'try', '--profile', profile, '--host', unknown)
    expect([code, output]).toEqual([1, expect.stringContaining(`The name "${unknown}" is not known here`)])
  }
})

test('the help of profile lists every option that try takes', async () => {
  const { output } = await hallwatt('profile', 'try', '--help')
  const options = ['--secret', '--parameter', '--user', '--auth', '--privacy', '--snmp-version', '--baud', '--parity']
  for (const option of options) expect(output).toContain(option)
})

test('opening the broker to the network without credentials is refused', async () => {
  hall = await makeHallFolder({ devices: [] })
  await hall.edit((text) => {
    text.broker.host = '0.0.0.0'
  })
  const { code, output } = await hallwatt('run', '--config', hall.file)
  expect(output).toContain('HW_BIND_REFUSED')
  expect(output).toContain('credentialsFile')
  expect(code).toBe(1)
})
