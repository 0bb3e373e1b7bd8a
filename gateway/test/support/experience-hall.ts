import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { type Simulators, startSimulators } from '../../../simulators/simulators.ts'
import type { RunView } from '../../src/demos/run-view.ts'
import { type Audience, openAudience } from './audience.ts'
import { type GatewayProcess, hallwatt, startGatewayProcess } from './gateway-process.ts'
import { type HallFolder, makeHallFolder } from './hall-folder.ts'
import type { ClockOffset } from './settable-clock.ts'

const PASSWORD = 'correct horse 电池'

/** One guide with a tablet: signed in, with the session kept. */
export interface Guide {
  ask(path: string, body?: object): Promise<{ status: number; body: Record<string, unknown> }>
  /** Chooses a scenario, confirms the guard and starts it; beats until `leave`. */
  start(scenario: string, inputs?: Record<string, number>): Promise<RunView>
  view(run: string): Promise<RunView>
  /** The tablet is gone: no heartbeat any more. */
  leave(): void
}

export interface ExperienceHall {
  readonly hall: HallFolder
  readonly simulators: Simulators
  readonly gateway: () => GatewayProcess
  guide(name: string): Promise<Guide>
  /** The big screen, paired by this guide. */
  audience(by: Guide): Promise<Audience>
  /** Sets the wall clock of the gateway so far from the machine's, and that of its devices too when they keep the same time. */
  setClock(byMs: ClockOffset, options?: { readonly devicesToo: boolean }): void
  watts(device: string): number
  isOn(device: string): boolean
  restart(): Promise<void>
  close(): Promise<void>
}

type Device = { id: string; kind: string; load?: number }

/** A hall with some stands of the experience zone, simulators in this process and the gateway in its own. */
export async function startExperienceHall(devices: readonly Device[], demos: object): Promise<ExperienceHall> {
  const listed = devices.map(({ id, kind, load }) => ({
    ...{ id, kind, name: id, profile: 'hallwatt/appliance', zone: 'lobby' },
    ...(load !== undefined && { commands: ['switch-on', 'switch-off'], leastLoadW: load }),
  }))
  const hall = await makeHallFolder({
    devices: listed,
    more: {
      demos,
      repair: {
        openingHours: [{ days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], from: '00:00', to: '24:00' }],
      },
    },
  })
  const passwords = new Map<string, string>()
  for (const name of ['anna', 'ben']) {
    const { output } = await hallwatt('user', 'add', name, '--role', 'guide', '--config', hall.file)
    passwords.set(name, output.trim().split('\n').at(-1) ?? '')
  }
  const simulators = await startSimulators({
    hall: {
      hall: { id: 'donghu' },
      broker: { host: '127.0.0.1', port: hall.mqttPort },
      links: {},
      devices: listed.map(({ id, name, profile }) => ({ id, name, profile, topic: {} })),
    } as Parameters<typeof startSimulators>[0]['hall'],
    // Without a credentials file the user name is all that counts.
    credentials: Object.fromEntries(listed.map(({ id }) => [id, 'any'])),
    seed: 1,
    speed: 1,
    controlPort: 0,
  })
  const start = () =>
    startGatewayProcess(hall, (args) =>
      spawn(process.execPath, ['--import', join(import.meta.dirname, 'settable-clock.ts'), ...args], {
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      }),
    )
  let gateway = await start()
  const tablets: Guide[] = []
  const load = (device: string) => simulators.devices.get(device)!.appliance!

  return {
    hall,
    simulators,
    gateway: () => gateway,
    async guide(name) {
      const tablet = await signIn(hall.http, name, passwords.get(name) ?? '')
      tablets.push(tablet)
      return tablet
    },
    audience: (by) => openAudience(hall.http, by),
    setClock(byMs, { devicesToo } = { devicesToo: false }) {
      gateway.child.send(byMs)
      if (devicesToo) for (const { id } of listed) simulators.faults.apply('clock_jump', id, { seconds: byMs / 1000 })
    },
    watts: (device) => load(device).powerW,
    isOn: (device) => load(device).switchedOn,
    async restart() {
      await gateway.kill()
      gateway = await start()
    },
    async close() {
      for (const tablet of tablets) tablet.leave()
      await gateway.stop()
      await simulators.close()
      await hall.remove()
    },
  }
}

async function signIn(http: string, user: string, oneTime: string): Promise<Guide> {
  let cookie = ''
  let beating: NodeJS.Timeout | undefined
  async function ask(path: string, body?: object) {
    const answer = await fetch(`${http}/api/v1${path}`, {
      headers: { origin: http, cookie, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { method: 'POST', body: JSON.stringify(body) }),
    })
    cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? cookie
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
  }
  const needed = async (path: string, body: object) => {
    const answer = await ask(path, body)
    if (answer.status >= 300) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
    return answer.body as unknown as RunView
  }
  await needed('/login', { user, password: oneTime })
  await needed('/me/password', { current: oneTime, next: PASSWORD })
  return {
    ask,
    async start(scenario, inputs = {}) {
      const ready = await needed(`/demos/${scenario}/runs`, { inputs })
      if (ready.state !== 'ready') throw new Error(`${scenario} is ${ready.state}: ${JSON.stringify(ready.reason)}`)
      clearInterval(beating)
      beating = setInterval(() => void ask(`/demo-runs/${ready.id}/beat`, {}).catch(() => {}), 2000)
      return needed(`/demo-runs/${ready.id}/start`, { guardConfirmed: true })
    },
    view: async (run) => (await ask(`/demo-runs/${run}`)).body as unknown as RunView,
    leave: () => clearInterval(beating),
  }
}
