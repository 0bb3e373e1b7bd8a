import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { storeFile } from '../src/store/store-file.ts'
import { type GatewayProcess, startGatewayProcess } from '../test/support/gateway-process.ts'
import { type HallFolder, makeHallFolder } from '../test/support/hall-folder.ts'

/**
 * What a terminal of the benchmark sends: twenty numbers, each between its two. Levels of a terminal that is well, and counters
 * that stand: what is measured is the way of a reading, not a hall in which everything breaks at once.
 */
export const TERMINAL_QUANTITIES: Readonly<Record<string, readonly [number, number]>> = {
  'paperRemaining.receipt': [60, 64],
  'printed.receipt': [20_417, 20_417],
  'paperRemaining.invoice': [70, 74],
  'printed.invoice': [8112, 8112],
  invoiceNumbersRemaining: [4120, 4120],
  cashBoxFill: [40, 44],
  notesAccepted: [5120, 5120],
  notesRejected: [77, 77],
  coinRemaining: [60, 64],
  cardsRetained: [0, 0],
  scans: [9310, 9310],
  scansFailed: [212, 212],
  sinceLastTouch: [10, 50],
  transactions: [1804, 1804],
  transactionsFailed: [9, 9],
  roundTrip: [0.01, 0.04],
  'temperature.cabinet': [28, 33],
  'humidity.cabinet': [45, 52],
  processorLoad: [12, 38],
  memoryFree: [35, 48],
}
/** Of every hall of makeHallFolder. */
export const HALL_ID = 'donghu'

const launcher = join(import.meta.dirname, '..', '..', 'bin', 'hallwatt.mjs')

/** A hall of `terminals` self-service terminals, with no limit on what each may send. */
export async function makeBenchHall(parts: {
  terminals: number
  devices?: readonly object[]
  links?: Record<string, object>
  more?: Record<string, unknown>
}): Promise<HallFolder> {
  const { terminals, devices = [], ...others } = parts
  const kiosks = Array.from({ length: terminals }, (_, index) => ({
    id: `bench-${index}`,
    name: `bench-${index}`,
    profile: 'hallwatt/kiosk',
    zone: 'lobby',
  }))
  const hall = await makeHallFolder({ devices: [...kiosks, ...devices], ...others })
  await hall.edit((text) => {
    text.broker.maxMessagesPerSecond = 100_000
  })
  return hall
}

/** Starts the gateway as `npm start` does: through the launcher, which becomes the gateway. */
export const startAsShipped = (hall: HallFolder, environment: Record<string, string> = {}): Promise<GatewayProcess> =>
  startGatewayProcess(hall, (args) => launch(args.slice(1), environment))

/** A measurement that fails half-way leaves no gateway behind. */
export function launch(args: readonly string[], environment: Record<string, string> = {}): ChildProcess {
  const child = spawn(process.execPath, [launcher, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
  })
  process.once('exit', () => child.kill('SIGKILL'))
  return child
}

/** One number of the metrics page. */
export async function metric(hall: HallFolder, name: string): Promise<number> {
  const page = await (await fetch(`${hall.http}/metrics`)).text()
  const line = page.split('\n').find((text) => text.startsWith(`${name} `))
  if (line === undefined) throw new Error(`There is no metric ${name}.`)
  return Number(line.split(' ')[1])
}

/** What is on disk, read by SQLite alone after the gateway has ended. */
export function onDisk(hall: HallFolder): { terminalFrames: number; meterFrames: number; points: number } {
  const database = new DatabaseSync(storeFile(join(hall.folder, 'store')), { readOnly: true })
  try {
    const rows = database
      .prepare(`
        SELECT series.kind AS kind, count(*) AS frames, sum((SELECT count(*) FROM json_each(frame.body))) AS points
        FROM frame JOIN series ON series.id = frame.series WHERE series.stream = 'reading' GROUP BY series.kind`)
      .all() as { kind: string; frames: number; points: number }[]
    const framesOf = (kind: string) => rows.find((row) => row.kind === kind)?.frames ?? 0
    const points = rows.reduce((sum, row) => sum + row.points, 0)
    return { terminalFrames: framesOf('kiosk'), meterFrames: framesOf('meter'), points }
  } finally {
    database.close()
  }
}
