import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { demoCredentials } from '../../../gateway/src/cli/demo-credentials.ts'
import { prepareDemoFolder } from '../../../gateway/src/cli/demo-folder.ts'
import { startSimulatorProcess } from '../../../gateway/src/cli/demo-simulators.ts'
import { DEMO_USERS, demoUsers } from '../../../gateway/src/cli/demo-users.ts'
import { loadHall, openProfileLibrary, projectFolder } from '../../../gateway/src/cli/load-hall.ts'
import { type GatewayProcess, startGatewayProcess } from '../../../gateway/test/support/gateway-process.ts'

/** Longer than any test needs the token of its own programs. */
const TOKEN = 'console-test-token-0123456789'

/** A real gateway that serves the real console, beside the simulated demo hall. Reading needs somebody to sign in. */
export interface ConsoleHall {
  readonly url: string
  readonly folder: string
  readonly hallFile: string
  /** First of the hundred ports of this hall: simulated meters listen where gateway/halls/demo.yaml says, moved here. */
  readonly basePort: number
  /** `zhang` and `wang` are technicians, `li` lead and operations, `guide`, `counter` (viewer), `admin`. One password for all. */
  readonly users: readonly (keyof typeof DEMO_USERS)[]
  readonly password: string
  /** The gateway's process: may be killed and started again. */
  gateway(): GatewayProcess
  startGateway(): Promise<void>
  /** Makes a device misbehave or well again: `paper_jam on kiosk-02`, `clear paper_jam on kiosk-02`. */
  fault(command: string): Promise<void>
  /** What visitors and the guide do with their hands: `fill on pots`. */
  happen(command: string): Promise<void>
  /** Asks the API as a program. */
  api<T>(path: string, body?: object): Promise<T>
  close(): Promise<void>
}

/** @param edit  changes the text of the demo hall before it starts */
export async function consoleHall(edit: (text: string) => string = (text) => text): Promise<ConsoleHall> {
  const basePort = await freeHundred()
  const folder = await mkdtemp(join(tmpdir(), 'hallwatt-console-'))
  const template = await readFile(join(projectFolder, 'gateway', 'halls', 'demo.yaml'), 'utf8')
  const hallFile = await prepareDemoFolder(folder, template, basePort)
  await writeFile(hallFile, edit(await readFile(hallFile, 'utf8')))
  const resolved = await loadHall(hallFile, await openProfileLibrary())
  const credentials = await demoCredentials(folder, resolved)
  const password = await demoUsers(hallFile, resolved)
  const simulators = await startSimulatorProcess({ hallFile, credentials, controlPort: basePort + 99 })
  const url = `http://127.0.0.1:${basePort + 80}`
  const start = () =>
    startGatewayProcess({ file: hallFile, http: url }, (args) =>
      spawn(process.execPath, args, {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...process.env, HALLWATT_HTTP_TOKEN: TOKEN },
      }),
    )
  let gateway = await start()
  const send = async (to: string, body: object | undefined) => {
    const answer = await fetch(to, {
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
      ...(body && { method: 'POST', body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${to}: ${answer.status} ${text}`)
    return text === '' ? undefined : JSON.parse(text)
  }
  return {
    url,
    folder,
    hallFile,
    basePort,
    users: Object.keys(DEMO_USERS) as (keyof typeof DEMO_USERS)[],
    password,
    gateway: () => gateway,
    async startGateway() {
      gateway = await start()
    },
    fault: (command) => send(`${simulators.control}/faults`, { command }),
    happen: (command) => send(`${simulators.control}/happenings`, { command }),
    api: (path, body) => send(url + path, body),
    async close() {
      await gateway.stop()
      await simulators.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** A hundred ports of which the ones that the demo hall uses are free; several test files run at the same time. */
async function freeHundred(): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const base = 20_000 + 100 * Math.floor(Math.random() * 120)
    const used = [20, 21, 22, 23, 24, 25, 26, 80, 83, 99]
    if ((await Promise.all(used.map((offset) => isFree(base + offset)))).every(Boolean)) return base
  }
  throw new Error('no hundred free ports between 20000 and 32000')
}

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const listener = createServer()
    listener.once('error', () => resolve(false))
    listener.listen(port, '127.0.0.1', () => listener.close(() => resolve(true)))
  })
