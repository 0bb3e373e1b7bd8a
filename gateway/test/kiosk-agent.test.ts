import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import mqtt from 'mqtt'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type GatewayProcess, startGatewayProcess } from './support/gateway-process.ts'
import { type HallFolder, makeHallFolder } from './support/hall-folder.ts'

const program = join(import.meta.dirname, '..', '..', 'kiosk-agent', 'agent.mjs')

let hall: HallFolder
let gateway: GatewayProcess
let folder: string
let agent: ChildProcess | undefined
const TOKEN = 'token-of-this-test'
const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' }
const start = () =>
  startGatewayProcess(hall, (args) =>
    spawn(process.execPath, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, HALLWATT_HTTP_TOKEN: TOKEN },
    }),
  )

beforeAll(async () => {
  hall = await makeHallFolder({
    devices: [{ id: 'kiosk-01', name: '1号缴费机', profile: 'hallwatt/kiosk', zone: 'lobby', commands: 'all' }],
    more: { services: [{ id: 'desk', name: '值班台' }] },
  })
  gateway = await start()
})
afterAll(async () => {
  await gateway.stop()
  await hall.remove()
})
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hallwatt-agent-'))
})
afterEach(async () => {
  await endAgent('SIGKILL')
  await rm(folder, { recursive: true, force: true })
})

/** What the terminal's own program writes. */
async function parts(values: object): Promise<void> {
  await writeFile(join(folder, 'parts.new'), JSON.stringify(values))
  await rename(join(folder, 'parts.new'), join(folder, 'parts.json'))
}

async function startAgent(more: object = {}): Promise<void> {
  const config = {
    url: `mqtt://127.0.0.1:${hall.mqttPort}`,
    hall: 'donghu',
    device: 'kiosk-01',
    stateEveryS: 1,
    ...more,
  }
  await writeFile(join(folder, 'agent.json'), JSON.stringify(config))
  agent = spawn(process.execPath, [program, join(folder, 'agent.json')], { stdio: 'ignore' })
}

async function endAgent(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  const ending = agent
  agent = undefined
  if (!ending || ending.exitCode !== null || ending.signalCode !== null) return
  const ended = once(ending, 'exit')
  ending.kill(signal)
  await ended
}

interface Shown {
  readonly presence: string
  readonly readings: readonly { readonly quantity: string; readonly value: unknown; readonly quality: string }[]
}

/** The terminal as the gateway shows it, once it is so. */
async function shown(wanted: (device: Shown, value: (quantity: string) => unknown) => boolean): Promise<Shown> {
  for (;;) {
    const device = (await (await fetch(`${hall.http}/api/v1/devices/kiosk-01`, { headers })).json()) as Shown
    const value = (quantity: string) => device.readings.find((one) => one.quantity === quantity)?.value
    if (wanted(device, value)) return device
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

describe('a terminal with the reference agent', { timeout: 90_000 }, () => {
  test('shows its parts, changes at once, and is offline when the agent is killed', async () => {
    await parts({ app: 'ok', 'paper.receipt': 'ok', transactions: 12, door: 'closed' })
    await startAgent({ stateEveryS: 30 })
    const first = await shown((device, value) => device.presence === 'online' && value('transactions') === 12)
    expect(first.readings.find(({ quantity }) => quantity === 'diskFree')?.value).toBeGreaterThan(0)
    // Thirty seconds until the next state: what changes comes as an event.
    await parts({ app: 'ok', 'paper.receipt': 'out', transactions: 12, door: 'closed' })
    await shown((_, value) => value('paper.receipt') === 'out')
    await endAgent('SIGKILL')
    await shown(({ presence }) => presence === 'offline')
  })

  test('says that its program hangs when it writes nothing more, and knows nothing of its parts then', async () => {
    await parts({ app: 'ok', 'paper.receipt': 'ok' })
    await startAgent({ frozenAfterS: 1 })
    await shown((_, value) => value('app') === 'frozen')
    const { readings } = await shown(({ readings }) =>
      readings.some(({ quantity, quality }) => quantity === 'paper.receipt' && quality === 'bad'),
    )
    expect(readings.find(({ quantity }) => quantity === 'app')?.quality).toBe('good')
  })

  test('what it could not send is kept on disk over its own end, and comes with its own stamps, none lost', async () => {
    await gateway.stop()
    await parts({ app: 'ok', transactions: 1 })
    await startAgent({ stateEveryS: 0.2 })
    const queue = join(folder, 'queue')
    const waiting = async () => (await readdir(queue).catch(() => [])).filter((name) => name.endsWith('.json')).sort()
    while ((await waiting()).length < 12) await new Promise((resolve) => setTimeout(resolve, 50))
    await endAgent('SIGKILL')
    const kept = await waiting()
    const stamps = await Promise.all(
      kept.map(async (name) => JSON.parse(await readFile(join(queue, name), 'utf8')).payload.t as number),
    )
    gateway = await start()
    await startAgent({ stateEveryS: 30 })
    for (let left = await waiting(); kept.some((name) => left.includes(name)); left = await waiting())
      await new Promise((resolve) => setTimeout(resolve, 50))
    const from = Math.min(...stamps) - 1
    const span = `from=${from}&to=${Date.now() + 1}&resolution=raw`
    const answer = await fetch(`${hall.http}/api/v1/history?device=kiosk-01&quantity=transactions&${span}`, { headers })
    const { series } = (await answer.json()) as { series: { points: [number, number][] }[] }
    const stored = new Set(series.flatMap(({ points }) => points.map(([at]) => at)))
    expect(stamps.filter((stamp) => !stored.has(stamp))).toEqual([])
  })

  test('tests itself and restarts when told so, once each', async () => {
    await parts({ app: 'ok', uptime: 90_000 })
    const script = (body: string) => ['node', '-e', body]
    await startAgent({
      selfTest: script("console.log('切刀未复位'); process.exit(1)"),
      restart: script(
        "const fs = require('fs'); fs.appendFileSync('restarts', 'x'); fs.writeFileSync('parts.json', JSON.stringify({ app: 'ok', uptime: 3 }))",
      ),
    })
    await shown((_, value) => value('uptime') === 90_000)
    const desk = await mqtt.connectAsync(`mqtt://127.0.0.1:${hall.mqttPort}`, { username: 'desk', clientId: 'desk' })
    const answers: unknown[] = []
    desk.on('message', (_, payload) => answers.push(JSON.parse(payload.toString())))
    await desk.subscribeAsync('hallwatt/donghu/kiosk-01/command/self-test/result', { qos: 1 })
    const tell = (name: string) =>
      fetch(`${hall.http}/api/v1/devices/kiosk-01/commands/${name}`, {
        method: 'POST',
        headers,
        body: '{}',
      })
    const told = await tell('self-test')
    expect(told.status, await told.clone().text()).toBeLessThan(300)
    while (answers.length === 0) await new Promise((resolve) => setTimeout(resolve, 50))
    expect(answers).toEqual([{ id: expect.any(String), ok: false, text: '切刀未复位' }])
    expect((await tell('restart')).status).toBeLessThan(300)
    await shown((_, value) => value('uptime') === 3)
    expect(await readFile(join(folder, 'restarts'), 'utf8')).toBe('x')
    await desk.endAsync()
  })
})
