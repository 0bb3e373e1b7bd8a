import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseDocument } from 'yaml'
import { z } from 'zod'
import type { DemoSettings } from '../config/demos-schema.ts'
import type { ResolvedHall } from '../config/resolved-hall.ts'
import { HallwattError } from '../domain/errors.ts'
import { demoHallText } from './demo-hall.ts'
import { startSimulatorProcess } from './demo-simulators.ts'
import { startGatewayChild } from './gateway-process.ts'
import { loadHall, openProfileLibrary, projectFolder } from './load-hall.ts'

const READY_TIMEOUT_MS = 90_000
const PLAYABLE_TIMEOUT_MS = 20_000

const loadsSchema = z.object({
  loads: z.record(z.string(), z.object({ switchedOn: z.boolean(), powerW: z.number(), energyKWh: z.number() })),
})
const cardsSchema = z.object({ scenarios: z.array(z.object({ readiness: z.string() })) })
const devicesSchema = z.object({ devices: z.array(z.object({ id: z.string(), presence: z.string() })) })

/** Loads by device, as physics has them: not what the gateway believes. */
export type Loads = z.infer<typeof loadsSchema>['loads']

/** The check hall at work: gateway and simulators as processes of their own, reached over HTTP only. */
export interface CheckHall {
  readonly demos: DemoSettings
  /** Asks the gateway as the guide does. The answer’s body, or why not. */
  ask(path: string, body?: object, method?: 'POST' | 'PATCH'): Promise<{ status: number; body: unknown }>
  /** The live stream; it ends with the gateway. */
  stream(signal: AbortSignal): Promise<AsyncIterable<Uint8Array>>
  loads(): Promise<Loads>
  /** What a visitor does with the hands: `ride on pedal`. */
  happen(command: string): Promise<void>
  killGateway(): Promise<void>
  startGateway(): Promise<void>
  close(): Promise<void>
}

/**
 * Starts the hall of gateway/halls/scenarios.yaml in a scratch folder and waits until every device is online.
 * @param options.basePort the hundred its ports lie in
 */
export async function startCheckHall(options: { folder: string; basePort: number }): Promise<CheckHall> {
  const { folder, basePort } = options
  const hallFile = await writeHall(folder, basePort)
  const hall = await loadHall(hallFile, await openProfileLibrary())
  const credentials = await writeUsers(folder, hall)
  const token = randomBytes(24).toString('base64url')
  const secrets = { HALLWATT_HTTP_TOKEN: token }
  const http = `http://127.0.0.1:${hall.hall.http.port}`
  const headers = { authorization: `Bearer ${token}` }
  let gateway = await startGatewayChild(hallFile, secrets)
  const simulators = await startSimulatorProcess({ hallFile, credentials, controlPort: basePort + 99 }).catch(
    async (error) => {
      await gateway.stop()
      throw error
    },
  )

  const check: CheckHall = {
    demos: hall.hall.demos,
    async ask(path, body, method = 'POST') {
      for (;;) {
        const response = await fetch(`${http}/api/v1${path}`, {
          headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
          ...(body && { method, body: JSON.stringify(body) }),
        })
        if (response.status !== 429) return { status: response.status, body: await response.json() }
        await delay(1000 * Number(response.headers.get('retry-after') ?? 1))
      }
    },
    async stream(signal) {
      const response = await fetch(`${http}/api/v1/stream`, { headers, signal })
      if (!response.ok || !response.body) throw new Error(`the stream answered ${response.status}`)
      return response.body
    },
    loads: async () => loadsSchema.parse(await (await fetch(`${simulators.control}/state`)).json()).loads,
    async happen(command) {
      const response = await fetch(`${simulators.control}/happenings`, {
        method: 'POST',
        body: JSON.stringify({ command }),
      })
      if (!response.ok) throw new Error(`${command}: ${await response.text()}`)
    },
    killGateway: () => gateway.kill(),
    async startGateway() {
      gateway = await startGatewayChild(hallFile, secrets)
      await allOnline(check)
    },
    async close() {
      await gateway.stop()
      await simulators.stop()
    },
  }
  try {
    await allOnline(check)
    await allPlayable(check)
  } catch (error) {
    await check.close()
    throw error
  }
  return check
}

async function allOnline({ ask }: CheckHall): Promise<void> {
  const endMs = performance.now() + READY_TIMEOUT_MS
  for (;;) {
    const { devices } = devicesSchema.parse((await ask('/devices')).body)
    const away = devices.filter(({ presence }) => presence !== 'online').map(({ id }) => id)
    if (away.length === 0) return
    if (performance.now() > endMs) throw new HallwattError('HW_DRILL_FAILED', `Not online: ${away.join(', ')}.`)
    await delay(300)
  }
}

/** Who answers has not been read yet: a guide looks at the cards and waits. What stays missing is told by its run. */
async function allPlayable({ ask }: CheckHall): Promise<void> {
  const endMs = performance.now() + PLAYABLE_TIMEOUT_MS
  while (performance.now() < endMs) {
    const { scenarios } = cardsSchema.parse((await ask('/demos')).body)
    if (scenarios.every(({ readiness }) => readiness === 'live' || readiness === 'simulated')) return
    await delay(300)
  }
}

async function writeHall(folder: string, basePort: number): Promise<string> {
  await mkdir(folder, { recursive: true })
  const example = await readFile(join(projectFolder, 'gateway', 'halls', 'scenarios.yaml'), 'utf8')
  const file = join(folder, 'hall.yaml')
  // On loopback without passwords: a hundred scrypt hashes would take longer than some of the demonstrations.
  const document = parseDocument(demoHallText(example, { basePort }))
  document.deleteIn(['broker', 'credentialsFile'])
  await writeFile(file, document.toString({ lineWidth: 0 }))
  return file
}

/** MQTT users of the simulated devices; without a credentials file their names are all that counts. */
async function writeUsers(folder: string, { devices }: ResolvedHall): Promise<string> {
  const users = [...devices.values()].map(({ connection }) => (connection.via === 'mqtt' ? connection.user : ''))
  const file = join(folder, 'mqtt-users.json')
  await writeFile(file, JSON.stringify(Object.fromEntries(users.map((user) => [user, 'any']))))
  return file
}
