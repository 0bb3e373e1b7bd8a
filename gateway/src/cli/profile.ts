import { readdir, readFile } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { Link } from '../config/hall-schema.ts'
import { didYouMean } from '../documents/documents.ts'
import { HallwattError } from '../domain/errors.ts'
import { createModbusEndpoint } from '../modbus/modbus.ts'
import { readDeviceOnce, rowsText } from '../polling/read-once.ts'
import { silentLog } from '../ports/log.ts'
import { systemClock } from '../ports/system-clock.ts'
import { checkProfiles, checkSummary, hasFailed, renderCheck } from '../profiles/check-profiles.ts'
import { listProfiles, renderList } from '../profiles/list-profiles.ts'
import type { Located } from '../profiles/locate-models.ts'
import { modelsText, parseModels } from '../profiles/sunspec-models.ts'
import type { Command } from './cli.ts'
import { openProfileLibrary, profilesFolder } from './load-hall.ts'

const TASKS: Record<string, (args: string[]) => Promise<number>> = { check, list, try: tryOnce }

export const profile: Command = {
  usage: 'profile check [files] | list | try --profile <id> --host <address>',
  summary:
    'Checks profiles and their cases, lists them, or reads a real device once (--port, --unit, --variant, --serial, --rtu).',
  async run([task = '', ...args]) {
    const run = Object.hasOwn(TASKS, task) ? TASKS[task] : undefined
    if (run) return run(args)
    throw new HallwattError('HW_USAGE', `hallwatt profile check | list | try.${didYouMean(task, Object.keys(TASKS))}`)
  },
}

const files = { readFile, readdir }

async function check(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { json: { type: 'boolean', default: false } },
  })
  const only = positionals.map((file) => relative(profilesFolder, resolve(file)))
  const reports = await checkProfiles(profilesFolder, files, only.length > 0 ? only : undefined)
  process.stdout.write(`${renderCheck(reports)}\n`)
  if (values.json) process.stdout.write(`${JSON.stringify(checkSummary(reports))}\n`)
  return reports.some(hasFailed) ? 1 : 0
}

async function list(): Promise<number> {
  const { rows, problems } = await listProfiles(profilesFolder, files)
  process.stdout.write(`${renderList(rows)}\n`)
  for (const { file } of problems) process.stderr.write(`${file} has problems; see \`hallwatt profile check\`.\n`)
  return problems.length > 0 ? 1 : 0
}

async function tryOnce(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      profile: { type: 'string' },
      variant: { type: 'string' },
      host: { type: 'string' },
      port: { type: 'string', default: '502' },
      unit: { type: 'string' },
      rtu: { type: 'boolean', default: false },
      serial: { type: 'string' },
      baud: { type: 'string' },
      parity: { type: 'string' },
    },
  })
  const library = await openProfileLibrary()
  const id = values.profile ?? ''
  const modbus = library.get(id)?.modbus
  if (!modbus) {
    const hint = didYouMean(id, library.ids())
    throw new HallwattError(
      'HW_USAGE',
      `--profile: there is no Modbus profile "${id}".${hint} See \`hallwatt profile list\`.`,
    )
  }
  const variant = values.variant ?? Object.keys(modbus.variants ?? {})[0]
  const { rows, located } = await readDeviceOnce({
    profile: modbus,
    ...(variant === undefined ? {} : { variant }),
    link: linkOf(values, modbus.serial),
    unitId: values.unit === undefined ? modbus.unitId : whole(values.unit, '--unit'),
    openEndpoint: (link) => createModbusEndpoint(link, { clock: systemClock, log: silentLog }),
  })
  if (located) process.stdout.write(`${await locatedText(located)}\n`)
  if (rows.length > 0) process.stdout.write(`${rowsText(rows)}\n`)
  return rows.some(({ value }) => value !== undefined) ? 0 : 1
}

async function locatedText(located: Located): Promise<string> {
  if (!located.ok) return `This device has no ${located.missing}: another profile, unit id or device.`
  return modelsText(located.map, parseModels(await readFile(join(profilesFolder, 'sunspec', 'models.json'), 'utf8')))
}

/** The line to the device: a serial port, a serial server (`--rtu`), or Modbus TCP. The profile's factory setting fills what is not said. */
function linkOf(
  values: { host?: string; port: string; rtu: boolean; serial?: string; baud?: string; parity?: string },
  factory: { baud: number; parity: 'none' | 'even' | 'odd'; stopBits: 1 | 2 } | undefined,
): Link {
  const baud = values.baud === undefined ? (factory?.baud ?? 9600) : whole(values.baud, '--baud')
  const parity = (values.parity ?? factory?.parity ?? 'none') as 'none' | 'even' | 'odd'
  if (!['none', 'even', 'odd'].includes(parity))
    throw new HallwattError('HW_USAGE', '--parity takes none, even or odd.')
  if (values.serial !== undefined) {
    return { type: 'modbus-rtu', path: values.serial, baud, parity, dataBits: 8, stopBits: factory?.stopBits ?? 1 }
  }
  if (values.host === undefined)
    throw new HallwattError('HW_USAGE', 'Where is the device? --host <address> or --serial <port>')
  const address = { host: values.host, port: whole(values.port, '--port') }
  return values.rtu ? { type: 'modbus-rtu-over-tcp', ...address, baud } : { type: 'modbus-tcp', ...address }
}

function whole(text: string, option: string): number {
  const number = Number(text)
  if (Number.isInteger(number) && number >= 0) return number
  throw new HallwattError('HW_USAGE', `${option} takes a whole number, not "${text}".`)
}
