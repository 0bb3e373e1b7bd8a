import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { ResolvedHall } from '../config/resolved-hall.ts'
import { HallwattError } from '../domain/errors.ts'
import { ROLES } from '../domain/role.ts'
import { type Gateway, startGateway } from '../gateway.ts'
import { systemClock } from '../ports/system-clock.ts'
import type { Command } from './cli.ts'
import { keepCompiled } from './compile-cache.ts'
import { demoCredentials } from './demo-credentials.ts'
import { prepareDemoFolder } from './demo-folder.ts'
import { DEMO_BASE_PORT } from './demo-hall.ts'
import { startSimulatorProcess } from './demo-simulators.ts'
import { DEMO_USERS, demoUsers } from './demo-users.ts'
import { openHallSource } from './hall-source.ts'
import { consoleFolder, loadHall, openProfileLibrary, projectFolder } from './load-hall.ts'
import { createLog } from './log.ts'
import { untilStopped } from './until-stopped.ts'
import { watchHall } from './watch-hall.ts'

export const demo: Command = {
  usage: 'demo [--seconds N] [--json] [--base-port 18000] [--data data/demo] [--plain] [--flows]',
  summary: 'Starts a simulated hall and the gateway on loopback and shows its live table.',
  async run(args) {
    const { values } = parseArgs({
      args: [...args],
      options: {
        seconds: { type: 'string' },
        json: { type: 'boolean', default: false },
        'base-port': { type: 'string', default: String(DEMO_BASE_PORT) },
        data: { type: 'string', default: join(projectFolder, 'data', 'demo') },
        plain: { type: 'boolean', default: false },
        flows: { type: 'boolean', default: false },
      },
    })
    const seconds = values.seconds === undefined ? Number.POSITIVE_INFINITY : positive(values.seconds, '--seconds')
    const table = process.stdout.isTTY && !values.json && !values.plain
    const say = values.json ? () => {} : (line: string) => process.stdout.write(`${line}\n`)
    const hall = await startDemo({
      basePort: positive(values['base-port'], '--base-port'),
      folder: resolve(values.data),
      quiet: table || values.json,
      flows: values.flows,
    })
    try {
      say(whatToTry(hall))
      const over = new AbortController()
      const end = untilStopped(seconds * 1000).finally(() => over.abort())
      // With it come the dictionaries of ICU that find where a Chinese word ends.
      if (table)
        await (await import('./top.ts')).runTop({
          url: hall.gateway.addresses().http,
          notes: notesOf(hall),
          signal: over.signal,
        })
      else await Promise.all([end, tellProgress(hall, say, over.signal)])
      const summary = summaryOf(hall.gateway)
      if (values.json) process.stdout.write(`${JSON.stringify(summary)}\n`)
      else say(`${summary.online} of ${summary.devices} devices online, ${summary.framesCommitted} frames on disk.`)
      return summary.online === summary.devices && summary.framesCommitted > 0 ? 0 : 1
    } finally {
      await hall.close()
    }
  },
}

interface DemoHall {
  readonly gateway: Gateway
  readonly hallFile: string
  readonly control: string
  readonly basePort: number
  readonly password: string
  close(): Promise<void>
}

async function startDemo(options: {
  basePort: number
  folder: string
  quiet: boolean
  flows: boolean
}): Promise<DemoHall> {
  const { basePort, folder, quiet, flows } = options
  const template = await readFile(join(projectFolder, 'gateway', 'halls', 'demo.yaml'), 'utf8')
  const hallFile = await prepareDemoFolder(folder, template, basePort)
  const library = await openProfileLibrary()
  const resolved = await loadHall(hallFile, library)
  const source = openHallSource(hallFile, library)
  const credentials = await demoCredentials(folder, resolved)
  const log = createLog({ level: quiet ? 'error' : 'warn', terminal: true })
  const password = await demoUsers(hallFile, resolved)
  const simulators = await startSimulatorProcess({ hallFile, credentials, controlPort: basePort + 99 })
  try {
    const gateway = await startGateway(flows ? withFlows(resolved) : resolved, {
      folder,
      environment: process.env,
      clock: systemClock,
      log,
      random: Math.random,
      source,
      consoleFolder,
    })
    const stopWatching = watchHall({ source, library, gateway, log })
    keepCompiled()
    const close = async () => {
      stopWatching()
      // The gateway first: devices that vanish before it would fill its log with lost links.
      await gateway.close()
      await simulators.stop()
    }
    return { gateway, hallFile, control: simulators.control, basePort, password, close }
  } catch (error) {
    await simulators.stop()
    throw error
  }
}

const positive = (text: string, option: string): number => {
  const number = Number(text)
  if (Number.isFinite(number) && number > 0 && (option !== '--base-port' || number < 65_436)) return number
  throw new HallwattError(
    'HW_USAGE',
    `${option} takes a number above 0${option === '--base-port' ? ' and at most 65435' : ''}, not "${text}".`,
  )
}

const signIn = ({ password }: DemoHall) => `登录 · sign in  ${people}   口令 · password ${password}`

/** `zhang 运维`, the first role of each. */
const people = Object.entries(DEMO_USERS)
  .map(([name, [role]]) => `${name} ${ROLES[role].zh}`)
  .join(', ')

/** Node-RED costs about as much memory as the whole gateway, so the demo runs it only when asked. */
const withFlows = (resolved: ResolvedHall): ResolvedHall => ({
  ...resolved,
  hall: { ...resolved.hall, flows: { ...resolved.hall.flows, enabled: true } },
})

const toTry = ({ hallFile, basePort }: DemoHall): string[] => {
  const shift = basePort === DEMO_BASE_PORT ? '' : ` --control http://127.0.0.1:${basePort + 99}`
  return [
    `让2号终端卡纸，再看 /ops · jam a terminal, then look at /ops  npm run hallwatt -- simulate fault "paper_jam on kiosk-02"${shift}`,
    `直接读一块电表 · read a meter  npm run hallwatt -- profile try --profile eastron/sdm630 --host 127.0.0.1 --port ${basePort + 20}`,
    `改一台设备的名称，保存即生效 · rename a device and save  ${hallFile}`,
  ]
}

/** What stands below the live table: the addresses and how to leave come first, they stay on the lowest terminal. */
const notesOf = (hall: DemoHall): string[] => {
  const { http, mqtt } = hall.gateway.addresses()
  return [
    `网页和接口 ${http}   mqtt://${mqtt}   按 q 退出 · q quits`,
    signIn(hall),
    ...toTry(hall).map((line, i) => `${i + 1}. ${line}`),
  ]
}

function whatToTry(hall: DemoHall): string {
  const { http, mqtt } = hall.gateway.addresses()
  return [
    '',
    '  Hallwatt 演示营业厅（模拟设备） · demo hall (simulated devices)',
    `  网页和接口 · pages and API  ${http}   /ops 运营 · /m 手机 · /guide 演示 · /settings 设置`,
    `  ${signIn(hall)}`,
    `  MQTT 3.1.1                  mqtt://${mqtt}`,
    `  模拟器 · simulators         ${hall.control}`,
    '',
    '  可以试试 · three things to try, in another terminal:',
    ...toTry(hall).map((line, i) => `  ${i + 1}. ${line}`),
    '',
  ].join('\n')
}

async function tellProgress(hall: DemoHall, say: (line: string) => void, signal: AbortSignal): Promise<void> {
  let last = ''
  while (!signal.aborted) {
    const { devices, online, framesCommitted } = summaryOf(hall.gateway)
    if (`${devices} ${online}` !== last) say(`${online}/${devices} 台在线 online, ${framesCommitted} frames on disk`)
    last = `${devices} ${online}`
    await systemClock.sleep(1000, signal).catch(() => {})
  }
}

const summaryOf = (gateway: Gateway) => {
  const { readings, spool } = gateway.stats()
  return {
    devices: readings.devices,
    online: readings.online,
    offline: readings.offline,
    unknown: readings.unknown,
    framesCommitted: spool.committedFrames,
    framesDropped: spool.droppedFrames,
    memoryMB: Math.round(process.memoryUsage.rss() / 1e6),
  }
}
