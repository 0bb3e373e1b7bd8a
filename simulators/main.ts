import './small-heap.ts'
import { fstatSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { readCredentials, readHallFile } from './hall-file.ts'
import { startSimulators } from './simulators.ts'

const usage = `node simulators/main.ts --hall <hall.yaml> [--credentials <file.json>] [--seed 7] [--speed 1]
  [--start 2026-06-15T10:00:00+08:00] [--base-port 18000] [--control-port 18099]`

/** The ports of the demo hall begin here; --base-port moves all of them. */
const FIRST_PORT = 18_000

const { values } = parseArgs({
  options: {
    hall: { type: 'string' },
    credentials: { type: 'string' },
    seed: { type: 'string', default: '7' },
    speed: { type: 'string', default: '1' },
    start: { type: 'string' },
    'base-port': { type: 'string', default: String(FIRST_PORT) },
    'control-port': { type: 'string' },
  },
})

function fail(message: string): never {
  process.stderr.write(`${message}\n`)
  process.exit(2)
}

function number(name: string, text: string): number {
  const value = Number(text)
  return Number.isFinite(value) ? value : fail(`${name} must be a number, not "${text}".`)
}

function readFiles(hall: string, credentials: string | undefined) {
  try {
    return { hall: readHallFile(hall), credentials: credentials === undefined ? {} : readCredentials(credentials) }
  } catch (error) {
    return fail((error as Error).message)
  }
}

if (values.hall === undefined) fail(usage)
const shift = number('--base-port', values['base-port']) - FIRST_PORT
const start = values.start === undefined ? undefined : Date.parse(values.start)
if (Number.isNaN(start)) fail(`--start must be a time such as 2026-06-15T10:00:00+08:00, not "${values.start}".`)

const simulators = await startSimulators({
  ...readFiles(values.hall, values.credentials),
  seed: number('--seed', values.seed),
  speed: number('--speed', values.speed),
  ...(start !== undefined && { start }),
  controlPort: values['control-port'] === undefined ? 18_099 + shift : number('--control-port', values['control-port']),
  shiftPort: (port) => port + shift,
  log: (line) => process.stderr.write(`${line}\n`),
}).catch((error: Error) => fail(error.message))

process.stdout.write(
  `${JSON.stringify({ ready: true, devices: simulators.devices.size, control: simulators.addresses.control })}\n`,
)

let stopping = false
async function stop(): Promise<void> {
  if (stopping) return
  stopping = true
  await simulators.close()
  process.exit(0)
}
process.on('SIGTERM', stop)
process.on('SIGINT', stop)
process.on('disconnect', stop)
// A parent holds the other end of our input open as long as it lives. A terminal or /dev/null says nothing about a parent.
const input = fstatSync(0, { throwIfNoEntry: false })
if (input?.isFIFO() || input?.isSocket()) process.stdin.on('end', stop).on('error', stop).resume()
