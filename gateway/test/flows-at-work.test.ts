import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Simulators, startSimulators } from '../../simulators/simulators.ts'
import { freePorts } from './servers/server-process.ts'
import { type GatewayProcess, startGatewayProcess } from './support/gateway-process.ts'
import { type HallFolder, makeHallFolder } from './support/hall-folder.ts'

const PASSWORD = 'correct horse 电池'
/** 10:00 in Shanghai on a working day: the lamps of the simulated hall draw their power. */
const MORNING = Date.UTC(2026, 4, 12, 2)
/** Long enough for several polls of a meter that is read every second. */
const WATCHED_MS = 8_000

let hall: HallFolder
let simulators: Simulators
let gateway: GatewayProcess
let cookie = ''

beforeAll(async () => {
  const [port = 0] = await freePorts(1)
  const links = { bus: { type: 'modbus-tcp', host: '127.0.0.1', port } } as const
  const devices = [
    { id: 'meter-main', name: '总表', profile: 'eastron/sdm630', zone: 'lobby', link: 'bus', unitId: 1 },
    { id: 'plug-lamp-led', name: 'LED 灯', profile: 'tasmota/plug', zone: 'lobby', commands: 'all' },
  ]
  hall = await makeHallFolder({
    devices,
    links,
    more: {
      flows: { enabled: true, role: 'lead' },
      demos: { tariff: 'zhejiang-household', touTariff: 'zhejiang-household-tou' },
    },
  })
  simulators = await startSimulators({
    hall: {
      hall: { id: 'donghu' },
      broker: { host: '127.0.0.1', port: hall.mqttPort },
      links,
      devices: devices.map((device) => ({ topic: {}, ...device })),
    } as unknown as Parameters<typeof startSimulators>[0]['hall'],
    credentials: { 'plug-lamp-led': 'any' },
    seed: 1,
    speed: 1,
    start: MORNING,
    controlPort: 0,
  })
  gateway = await startGatewayProcess(hall)
  await gateway.says('Node-RED runs 5 flows')
  const [, oneTime = ''] = /user admin, one-time password (\S+)/.exec(gateway.said()) ?? []
  await ask('/api/v1/login', { user: 'admin', password: oneTime })
  await ask('/api/v1/me/password', { current: oneTime, next: PASSWORD })
}, 120_000)

afterAll(async () => {
  await gateway?.stop()
  await simulators?.close()
  await hall?.remove()
})

/** As the administrator, from our own page. */
async function ask<T>(path: string, body?: object): Promise<T> {
  const answer = await fetch(hall.http + path, {
    method: body ? 'POST' : 'GET',
    headers: { origin: hall.http, cookie, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  })
  expect(answer.ok, `${path}: ${answer.status}`).toBe(true)
  cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? cookie
  return (answer.status === 204 ? undefined : await answer.json()) as T
}

type FlowNode = { readonly id: string; readonly type: string } & Record<string, unknown>

/** Puts one more tab beside the shipped ones, as somebody at the editor would, and deploys. */
async function deployTab(name: string, nodes: readonly FlowNode[]): Promise<void> {
  const present = await ask<FlowNode[]>('/flows/flows')
  const tab = { id: `tab-${name}`, type: 'tab', label: name }
  await ask('/flows/flows', [...present, tab, ...nodes.map((node) => ({ ...node, z: tab.id }))])
}

const trigger = (id: string, wires: string[], more: object = {}): FlowNode => ({
  ...{ id, type: 'inject', props: [], repeat: '', crontab: '', once: true, onceDelay: 0.1, topic: '' },
  wires: [wires],
  ...more,
})

test('a flow switches a lamp through the one door: proved by a reading, on the ledger, in the audit log', async () => {
  const lamp = () => ask<{ presence: string }>('/api/v1/devices/plug-lamp-led')
  await expect.poll(lamp, { timeout: 20_000 }).toMatchObject({ presence: 'online' })
  await deployTab('lamp', [
    trigger('lamp-start', ['lamp-on']),
    {
      ...{ id: 'lamp-on', type: 'hallwatt command', name: '', device: 'plug-lamp-led', command: 'switch-on' },
      ...{ takes: 'nothing', wires: [[], []] },
    },
  ])
  const given = async () => (await ask<{ records: Record<string, unknown>[] }>('/api/v1/commands')).records[0]
  await expect
    .poll(given, { timeout: 20_000 })
    .toMatchObject({ device: 'plug-lamp-led', command: 'switch-on', by: 'flow:lamp', via: 'flow', state: 'confirmed' })
  const { entries } = await ask<{ entries: { actor: string; subject: string }[] }>('/api/v1/audit')
  expect(entries).toContainEqual(expect.objectContaining({ actor: 'flow:lamp', subject: 'plug-lamp-led' }))
})

test('a flow starts a demonstration that switches nothing, and one with hot loads is not for flows', async () => {
  const demo = (id: string, scenario: string): FlowNode => ({
    ...{ id, type: 'hallwatt demo', name: '', act: 'start', scenario, wires: [[], [`${id}-refused`]] },
  })
  await deployTab('show', [
    trigger('show-start', ['show-quiet', 'show-hot']),
    demo('show-quiet', 'shift-it'),
    demo('show-hot', 'boil-off'),
    // What was refused is said in the log.
    {
      ...{ id: 'show-hot-refused', type: 'function', name: '', outputs: 1, timeout: '', noerr: 0, libs: [] },
      ...{ initialize: '', finalize: '', func: 'node.error(msg.payload.code, msg); return null', wires: [[]] },
    },
  ])
  type Shown = { runs: { scenario: string; by: string; state: string }[] }
  await expect
    .poll(async () => (await ask<Shown>('/api/v1/demos')).runs, { timeout: 20_000 })
    .toContainEqual(expect.objectContaining({ scenario: 'shift-it', by: 'flow:show', state: 'running' }))
  await gateway.says('HW_DEMO_NOT_FOR_FLOWS')
  const { runs } = await ask<Shown>('/api/v1/demos')
  expect(runs.filter(({ scenario }) => scenario === 'boil-off')).toEqual([])
})

/** How often the meter was read in the next seconds, and the longest pause between two of its readings, ms. */
async function polls(): Promise<{ readonly count: number; readonly longestMs: number }> {
  const from = Date.now()
  await new Promise((resolve) => setTimeout(resolve, WATCHED_MS))
  const query = `device=meter-main&quantity=activePower&resolution=raw&from=${from}&to=${from + WATCHED_MS}`
  const { series } = await ask<{ series: { points: [number, unknown][] }[] }>(`/api/v1/history?${query}`)
  const times = (series[0]?.points ?? []).map(([at]) => at)
  return { count: times.length, longestMs: Math.max(...times.slice(1).map((at, i) => at - times[i]!)) }
}

test('a flow that loops without an end does not slow the polling of a meter', async () => {
  const before = await polls()
  expect(before.count).toBeGreaterThan(3)
  await deployTab('mad', [
    trigger('mad-start', ['mad-loop'], { repeat: '1' }),
    { id: 'mad-loop', type: 'function', func: 'while (true) {}', outputs: 1, timeout: 0, libs: [], wires: [[]] },
  ])
  const during = await polls()
  expect(gateway.said()).toContain('timed out')
  process.stdout.write(`polls before ${JSON.stringify(before)}, beside a loop without end ${JSON.stringify(during)}\n`)
  expect(during.count).toBeGreaterThanOrEqual(before.count - 1)
  expect(during.longestMs).toBeLessThan(before.longestMs + 1_000)
}, 60_000)
