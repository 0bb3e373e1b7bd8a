import { spawn } from 'node:child_process'
import { chmod, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import mqtt from 'mqtt'
import { afterEach, expect, onTestFinished, test } from 'vitest'
import { sdm630 } from '../../simulators/modbus/eastron.ts'
import { startModbusServer } from '../../simulators/modbus-server.ts'
import { createMeter } from '../../simulators/physics/electric.ts'
import type { DeviceInside, Saved, SettingsAnswer, StrangersAnswer, TryAnswer } from '../src/http/setup-views.ts'
import { type GatewayProcess, hallwatt, startGatewayProcess } from './support/gateway-process.ts'
import { type HallFolder, makeHallFolder } from './support/hall-folder.ts'

const TOKEN = 'a-token-for-this-test-only'

let hall: HallFolder | undefined
let gateway: GatewayProcess | undefined
afterEach(async () => {
  await gateway?.stop()
  await hall?.remove()
  gateway = undefined
  hall = undefined
})

const kiosk = (n: number) => ({ id: `kiosk-0${n}`, name: `${n}号机`, profile: 'hallwatt/kiosk', zone: 'lobby' })

const start = (of: Pick<HallFolder, 'file' | 'http'>) =>
  startGatewayProcess(of, (args) =>
    spawn(process.execPath, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, HALLWATT_HTTP_TOKEN: TOKEN },
    }),
  )

async function running(parts: Parameters<typeof makeHallFolder>[0]): Promise<HallFolder> {
  hall = await makeHallFolder(parts)
  const text = await readFile(hall.file, 'utf8')
  await writeFile(hall.file, `# 一行说明，任何改动都不该碰它\n${text}`)
  gateway = await start(hall)
  return hall
}

async function ask<T>(
  of: HallFolder,
  method: string,
  path: string,
  body?: object,
): Promise<{ status: number; body: T }> {
  const answer = await fetch(`${of.http}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  })
  return { status: answer.status, body: (await answer.json()) as T }
}

const settings = async (of: HallFolder) => (await ask<SettingsAnswer>(of, 'GET', '/settings')).body
const change = (of: HallFolder, revision: string | null, changes: object[], more: object = {}) =>
  ask<Saved & { code?: string; problems: { line: number; path: string; message: string }[] }>(
    of,
    'PATCH',
    '/settings',
    {
      revision,
      changes,
      ...more,
    },
  )

test('a device added from the console is written into hall.yaml, runs at once, and the rest of the file is as it was', async () => {
  const of = await running({ devices: [kiosk(1)] })
  const { source } = await settings(of)
  const before = await readFile(of.file, 'utf8')
  const dry = await change(of, source.revision, [{ do: 'device.add', device: kiosk(2) }], { dryRun: true })
  expect(dry.body).toMatchObject({ written: false, applied: null, problems: [] })
  expect(await readFile(of.file, 'utf8')).toBe(before)

  const { status, body } = await change(of, source.revision, [{ do: 'device.add', device: kiosk(2) }])
  expect(status).toBe(200)
  expect(body.applied).toEqual({ added: ['kiosk-02'], changed: [], removed: [], atNextStart: [] })
  const after = await readFile(of.file, 'utf8')
  expect(after.startsWith(before.split('\n')[0] ?? '')).toBe(true)
  const now = await settings(of)
  expect(now.source.revision).toBe(body.revision)
  expect(now.devices.map(({ device }) => device.id)).toEqual(['kiosk-01', 'kiosk-02'])
  expect(now.devices[1]?.text).toContain('kiosk-02')
  const { body: audit } = await ask<{ entries: { action: string; detail: object }[] }>(of, 'GET', '/audit')
  expect(audit.entries[0]).toMatchObject({ action: 'settings.change', detail: { changes: ['device.add kiosk-02'] } })
})

test('a change with a mistake is refused with every line and remedy, and nothing is written', async () => {
  const of = await running({ devices: [kiosk(1)] })
  const { source } = await settings(of)
  const before = await readFile(of.file, 'utf8')
  const device = { ...kiosk(2), zone: 'loby', profile: 'hallwatt/kiosc' }
  const { status, body } = await change(of, source.revision, [{ do: 'device.add', device }])
  expect([status, body.code]).toEqual([422, 'HW_HALL_INVALID'])
  expect(body.problems.map(({ path }) => path)).toEqual(['devices[1].profile', 'devices[1].zone'])
  expect(body.problems[1]?.message).toContain('Did you mean "lobby"')
  expect(await readFile(of.file, 'utf8')).toBe(before)
})

test('a change made for an older version is refused with both versions', async () => {
  const of = await running({ devices: [kiosk(1)] })
  const { source } = await settings(of)
  await change(of, source.revision, [{ do: 'site.set', site: { name: '新名字' } }])
  const { status, body } = await change(of, source.revision, [{ do: 'device.add', device: kiosk(2) }])
  expect(status).toBe(409)
  expect(body).toMatchObject({
    code: 'HW_SETTINGS_STALE',
    current: { text: expect.stringContaining('新名字') },
    yours: {
      revision: source.revision,
      text: expect.stringContaining('东湖营业厅'),
      diff: expect.stringContaining('+'),
    },
    rebased: { problems: [], diff: expect.stringContaining('kiosk-02') },
  })
})

test('a file that is marked read-only is not written, and the console is told before anybody tries', async () => {
  const of = await running({ devices: [kiosk(1)] })
  await chmod(of.file, 0o444)
  const { source } = await settings(of)
  expect(source).toMatchObject({ writable: false, reason: expect.stringContaining('read-only') })
  const { status, body } = await change(of, source.revision, [{ do: 'device.add', device: kiosk(2) }])
  expect([status, body.code]).toEqual([409, 'HW_SETTINGS_READ_ONLY'])
})

async function meterOnABus() {
  const meter = createMeter(1234.5)
  Object.assign(meter.state, { u: [231.5, 230.25, 229.75], hz: 50, pf: [0.96, 0.94, 0.95] })
  const server = await startModbusServer({
    host: '127.0.0.1',
    port: 0,
    framing: 'tcp',
    units: new Map([1, 2].map((id) => [id, { device: `meter-${id}`, map: sdm630(meter.state), trouble: {} }])),
  })
  onTestFinished(() => server.close())
  return server
}

test('a polled device shows its raw words; a second one on its line is found, tried and commissioned', async () => {
  const server = await meterOnABus()
  const of = await running({
    links: { bus: { type: 'modbus-tcp', host: '127.0.0.1', port: server.port } },
    devices: [{ id: 'meter-1', name: '总表', profile: 'eastron/sdm630', zone: 'lobby', link: 'bus', unitId: 1 }],
  })
  const inside = await until(
    () => ask<DeviceInside>(of, 'GET', '/devices/meter-1/inside'),
    ({ body }) => body.modbus?.points[0]?.value != null,
  )
  expect(inside.body.modbus).toMatchObject({ unitId: 1, state: 'running', link: { id: 'bus', connected: true } })
  expect(inside.body.modbus?.points[0]).toMatchObject({
    quantity: 'voltageL1',
    functionCode: 4,
    address: 0,
    addressHex: '0x0000',
    words: ['4367', '8000'],
    value: 231.5,
    unit: 'V',
    quality: 'good',
  })

  const target = { link: 'bus' }
  const scan = await ask<{ id: string }>(of, 'POST', '/commissioning/scan', { target, unitIds: { from: 1, to: 3 } })
  expect(scan.status).toBe(202)
  const { body: done } = await until(
    () =>
      ask<{ state: string; found: { unitId: number; suggestions: { profile: string }[] }[] }>(
        of,
        'GET',
        `/commissioning/scans/${scan.body.id}`,
      ),
    ({ body }) => body.state !== 'running',
  )
  expect(done).toMatchObject({ state: 'done', skipped: [{ unitId: 1, device: 'meter-1' }] })
  expect(done.found).toMatchObject([{ unitId: 2 }])
  expect(done.found[0]?.suggestions[0]?.profile).toBe('eastron/sdm630')

  const tried = await ask<TryAnswer>(of, 'POST', '/commissioning/try', { target, unitId: 2, profile: 'eastron/sdm630' })
  expect(tried.body.points[0]).toMatchObject({ value: 231.5, plausible: 'yes' })
  const { source } = await settings(of)
  const device = { id: 'meter-2', name: '二号表', profile: 'eastron/sdm630', zone: 'lobby', link: 'bus', unitId: 2 }
  expect((await change(of, source.revision, [{ do: 'device.add', device }])).status).toBe(200)
  await until(
    () => ask<{ presence: string }>(of, 'GET', '/devices/meter-2'),
    ({ body }) => body.presence === 'online',
  )
}, 60_000)

test('commissioning reaches neither the internet, nor a cloud machine’s secrets, nor a file', async () => {
  const of = await running({ devices: [kiosk(1)] })
  const scan = async (target: object) => {
    const { status, body } = await ask<{ code: string }>(of, 'POST', '/commissioning/scan', { target })
    return [status, body.code]
  }
  expect([
    await scan({ type: 'modbus-tcp', host: '8.8.8.8', port: 502 }),
    await scan({ type: 'modbus-tcp', host: '169.254.169.254', port: 80 }),
    await scan({ type: 'modbus-rtu', path: '/dev/../etc/passwd' }),
    await scan({ type: 'modbus-rtu', path: '/etc/passwd' }),
    await scan({ link: 'none' }),
  ]).toEqual([
    [400, 'HW_TARGET_REFUSED'],
    [400, 'HW_TARGET_REFUSED'],
    [400, 'HW_TARGET_REFUSED'],
    [400, 'HW_HTTP_INVALID'],
    [404, 'HW_LINK_UNKNOWN'],
  ])
})

test('a plug the hall does not know is heard when it knocks, and its make is guessed from its Will', async () => {
  const of = await running({ devices: [kiosk(1)] })
  const plug = mqtt.connect(`mqtt://127.0.0.1:${of.mqttPort}`, {
    username: 'plug-09',
    clientId: 'DVES_1A2B09',
    reconnectPeriod: 0,
    will: { topic: 'tele/tasmota_1A2B09/LWT', payload: Buffer.from('Offline'), qos: 1, retain: true },
  })
  await new Promise((resolve) => plug.once('error', resolve))
  plug.end(true)
  const { body } = await ask<StrangersAnswer>(of, 'POST', '/commissioning/listen', {})
  const [stranger] = body.strangers
  expect(stranger).toMatchObject({ user: 'plug-09', why: 'login-refused' })
  // A Will says which firmware it is, not which model: the one that understands most comes first.
  const guessed = stranger?.suggestions.map(({ profile }) => profile) ?? []
  expect(guessed.every((profile) => profile.startsWith('tasmota/'))).toBe(true)
  expect(stranger?.suggestions).toContainEqual(
    expect.objectContaining({ profile: 'tasmota/plug', parameters: { topic: 'tasmota_1A2B09' } }),
  )
})

test('an MQTT device shows its last message, without what looks like a password', async () => {
  const of = await running({ devices: [kiosk(1)] })
  const terminal = await mqtt.connectAsync(`mqtt://127.0.0.1:${of.mqttPort}`, {
    username: 'kiosk-01',
    clientId: 'kiosk-01',
  })
  const topic = 'hallwatt/donghu/kiosk-01/state'
  await terminal.publishAsync(topic, '{"softwareVersion":"3.2.1","wifiPassword":"geheim"}', { qos: 1 })
  const { body } = await ask<DeviceInside>(of, 'GET', '/devices/kiosk-01/inside')
  expect(body.modbus).toBeNull()
  expect(body.mqtt).toMatchObject({
    user: 'kiosk-01',
    connected: true,
    messages: [{ topic, payload: '{"softwareVersion":"3.2.1","wifiPassword":"***"}', truncated: false }],
  })
  expect(body.identity.firmware?.value).toBe('3.2.1')
  await terminal.endAsync()
})

test('a backup taken over HTTP becomes the same hall in an empty folder, without sessions and keys', async () => {
  const of = await running({ devices: [kiosk(1)] })
  await ask(of, 'POST', '/users', { name: 'zhang', roles: ['technician'] })
  const answer = await fetch(`${of.http}/api/v1/backup`, {
    method: 'POST',
    body: '{}',
    headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
  })
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/x-tar'])
  const file = join(of.folder, 'taken.tar')
  await writeFile(file, Buffer.from(await answer.arrayBuffer()))
  // The answer is complete a moment before the copy is gone.
  await expect.poll(() => readdir(join(of.folder, 'store'))).not.toContain('backup-copy.sqlite')
  await gateway?.stop()
  gateway = undefined

  const folder = join(of.folder, 'restored')
  const restored = await hallwatt('restore', file, '--to', folder)
  expect(restored.output).toContain('东湖营业厅')
  expect(restored.code).toBe(0)
  const database = new DatabaseSync(join(folder, 'store', 'store.sqlite'), { readOnly: true })
  expect(database.prepare('SELECT count(*) AS n FROM session').get()).toEqual({ n: 0 })
  expect(database.prepare("SELECT count(*) AS n FROM document WHERE name = 'tap-key'").get()).toEqual({ n: 0 })
  database.close()
  expect(await readdir(join(folder, 'device-profiles', 'hallwatt'))).toContain('kiosk.yaml')

  const again = { ...of, file: join(folder, 'hall.yaml') }
  gateway = await start(again)
  const { body } = await ask<{ users: { name: string }[] }>(again, 'GET', '/users')
  expect(body.users.map(({ name }) => name)).toEqual(['admin', 'zhang'])
  expect((await settings(again)).devices.map(({ device }) => device.id)).toEqual(['kiosk-01'])
}, 60_000)

test('the command line takes a backup beside a running gateway; a folder that is not empty is left alone', async () => {
  const of = await running({ devices: [kiosk(1)] })
  const file = join(of.folder, 'cli.tar')
  const taken = await hallwatt('backup', '--config', of.file, '--to', file)
  expect([taken.code, taken.output]).toEqual([0, expect.stringContaining('cli.tar')])
  const refused = await hallwatt('restore', file, '--to', of.folder)
  expect(refused).toMatchObject({ code: 1, output: expect.stringContaining('HW_RESTORE_REFUSED') })
}, 60_000)

/** Asks again until the answer is wanted; the test's own limit is the end of patience. */
async function until<T>(look: () => Promise<T>, is: (answer: T) => boolean): Promise<T> {
  for (;;) {
    const answer = await look()
    if (is(answer)) return answer
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
