import { randomBytes } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { HallwattError } from '../domain/errors.ts'
import { demoCredentials } from './demo-credentials.ts'
import { startSimulatorProcess } from './demo-simulators.ts'
import { createDrillApi } from './drill-api.ts'
import { createBoard } from './drill-board.ts'
import { type DrillSummary, summarise } from './drill-figures.ts'
import { drillHallText } from './drill-hall.ts'
import { type DrillParts, type DrillResult, drillOne } from './drill-one.ts'
import { startReceiver } from './drill-receiver.ts'
import { type DrilledCode, drillRow } from './drill-rows.ts'
import { startGatewayChild } from './gateway-process.ts'
import { loadHall, openProfileLibrary, projectFolder } from './load-hall.ts'

const SECRET_NAME = 'HALLWATT_DRILL_SECRET'
/** The terminals of drill.yaml: rows that may happen anywhere are dealt out over them. */
const ANY_TERMINAL = /^kiosk-(0[1-3]|1\d)$/
/** A hall where everything breaks in the same instant would measure a flood, not how long one fault takes. */
const BETWEEN_STARTS_MS = 400
/** Devices come up one after the other; what they say first must not be taken for a fault. */
const READY_TIMEOUT_MS = 60_000

export interface DrillOptions {
  readonly codes: readonly DrilledCode[]
  readonly basePort: number
  /** Scratch folder: hall file, store, credentials. */
  readonly folder: string
  readonly onResult: (result: DrillResult) => void
  /** Ends the drill early, and everything it started. */
  readonly signal?: AbortSignal
}

/** Starts hall, channel and gateway as processes of their own, drills every code, and ends them again. */
export async function runDrill(options: DrillOptions): Promise<DrillSummary> {
  const { codes, basePort, folder, onResult, signal } = options
  const closers: (() => Promise<unknown>)[] = []
  try {
    const secret = `whsec_${randomBytes(24).toString('base64')}`
    const token = randomBytes(24).toString('base64url')
    const receiver = await startReceiver(secret)
    closers.push(() => receiver.close())
    const hallFile = await writeHall({ basePort, folder, channelUrl: receiver.url })
    const hall = await loadHall(hallFile, await openProfileLibrary())
    const credentials = await demoCredentials(folder, hall)
    const gateway = await startGatewayChild(hallFile, { [SECRET_NAME]: secret, HALLWATT_HTTP_TOKEN: token })
    closers.push(() => gateway.stop())
    const simulators = await startSimulatorProcess({ hallFile, credentials, controlPort: basePort + 99 })
    closers.push(() => simulators.stop())

    const api = createDrillApi({
      gateway: `http://127.0.0.1:${hall.hall.http.port}`,
      control: simulators.control,
      token,
    })
    const board = createBoard(api, receiver)
    closers.push(() => board.close())
    await api.ready(READY_TIMEOUT_MS)
    const nameOf = (device: string) => hall.devices.get(device)?.name ?? device
    const terminals = [...hall.devices.keys()].filter((id) => ANY_TERMINAL.test(id))
    const drilled = drillAll(codes, terminals, { api, board, nameOf, signal }, onResult)
    const results = await (signal ? Promise.race([drilled, stopped(signal)]) : drilled)
    return summarise(results, receiver.stats())
  } finally {
    for (let close = closers.pop(); close; close = closers.pop()) await close()
  }
}

/** Devices side by side; on one device one row after the other, so that every order has one cause. */
async function drillAll(
  codes: readonly DrilledCode[],
  terminals: readonly string[],
  parts: DrillParts & { readonly signal: AbortSignal | undefined },
  onResult: (result: DrillResult) => void,
): Promise<DrillResult[]> {
  const fixed = Map.groupBy(
    codes.filter((code) => drillRow(code).device !== undefined),
    (code) => drillRow(code).device as string,
  )
  const anywhere = codes.filter((code) => drillRow(code).device === undefined)
  const results: DrillResult[] = []
  let nextStartMs = 0
  async function drill(code: DrilledCode, device: string): Promise<void> {
    const now = performance.now()
    nextStartMs = Math.max(now, nextStartMs + BETWEEN_STARTS_MS)
    await delay(nextStartMs - now)
    const result = await drillOne(code, device, parts)
    results.push(result)
    onResult(result)
  }
  const onOne = async (device: string, own: readonly DrilledCode[]) => {
    for (const code of own) if (!parts.signal?.aborted) await drill(code, device)
  }
  const whereverFree = async (device: string) => {
    for (let code = anywhere.shift(); code && !parts.signal?.aborted; code = anywhere.shift()) await drill(code, device)
  }
  await Promise.all([...[...fixed].map(([device, own]) => onOne(device, own)), ...terminals.map(whereverFree)])
  return results
}

const stopped = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    const give = () => reject(new HallwattError('HW_DRILL_FAILED', 'It was stopped before its end.'))
    if (signal.aborted) give()
    else signal.addEventListener('abort', give, { once: true })
  })

async function writeHall(options: { basePort: number; folder: string; channelUrl: string }): Promise<string> {
  const { basePort, folder, channelUrl } = options
  await mkdir(folder, { recursive: true })
  const example = (name: string) => readFile(join(projectFolder, 'gateway', 'halls', name), 'utf8')
  const text = drillHallText(await example('demo.yaml'), await example('drill.yaml'), {
    basePort,
    channelUrl,
    secretName: SECRET_NAME,
  })
  const file = join(folder, 'hall.yaml')
  await writeFile(file, text)
  return file
}
