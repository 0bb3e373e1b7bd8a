import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Range } from '../commissioning/plausible.ts'
import { type Judgement, judge } from '../commissioning/verdict.ts'
import type { Link } from '../config/hall-schema.ts'
import { didYouMean } from '../documents/documents.ts'
import { HallwattError } from '../domain/errors.ts'
import { badText, type ReadOnce, readDeviceOnce, rowsText } from '../polling/read-once.ts'
import { silentLog } from '../ports/log.ts'
import { systemClock } from '../ports/system-clock.ts'
import type { Located } from '../profiles/locate-models.ts'
import { polledPart, variantsOf } from '../profiles/polled.ts'
import { modelsText, parseModels } from '../profiles/sunspec-models.ts'
import { openEndpoint } from '../wiring/endpoint.ts'
import { hostTrouble } from './host-trouble.ts'
import { type openProfileLibrary, profilesFolder } from './load-hall.ts'

/** The only meter of a line answers to it. */
const ANY_METER = 'AAAAAAAAAAAA'

/**
 * Reads a device of Modbus or DL/T 645 once, without a hall, and prints every register as it came, and whether the profile fits.
 * @throws HallwattError HW_USAGE when the options do not say what to read where
 */
export async function tryPolled(
  args: string[],
  library: Awaited<ReturnType<typeof openProfileLibrary>>,
): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      profile: { type: 'string' },
      variant: { type: 'string' },
      host: { type: 'string' },
      port: { type: 'string', default: '502' },
      unit: { type: 'string' },
      address: { type: 'string', default: ANY_METER },
      rtu: { type: 'boolean', default: false },
      serial: { type: 'string' },
      baud: { type: 'string' },
      parity: { type: 'string' },
    },
  })
  const id = values.profile ?? ''
  const found = library.get(id)
  const polled = found && polledPart(found)
  if (!polled) {
    if (found)
      throw new HallwattError(
        'HW_USAGE',
        `--profile: ${id} is for devices that send by themselves or are read off a plug, so there is nothing to ask: put the device into hall.yaml and run it.`,
      )
    const hint = didYouMean(id, library.ids())
    throw new HallwattError(
      'HW_USAGE',
      `--profile: there is no profile "${id}" for Modbus or DL/T 645.${hint} See \`hallwatt profile list\`.`,
    )
  }
  const variants = variantsOf(polled)
  const variant = values.variant ?? variants[0]
  if (variant !== undefined && !variants.includes(variant))
    throw new HallwattError(
      'HW_USAGE',
      `--variant: ${id} has no "${variant}".${didYouMean(variant, variants)} Variants: ${variants.join(', ') || 'none'}.`,
    )
  const link = linkOf(values, polled.serial)
  const trouble = link.type === 'modbus-rtu' ? undefined : await hostTrouble(link.host)
  if (trouble !== undefined) {
    process.stderr.write(`${trouble}\n`)
    return 1
  }
  const unitId = values.unit === undefined ? polled.unitId : whole(values.unit, '--unit')
  const { rows, located, isLinkDown } = await readDeviceOnce({
    profile: polled,
    ...(variant === undefined ? {} : { variant }),
    link,
    connection: polled.items
      ? { via: 'dlt645', link: '', meter: meterAddress(values.address, link) }
      : { via: 'modbus', link: '', unitId },
    openEndpoint: (line) => openEndpoint(line, { clock: systemClock, log: silentLog }),
  })
  if (located) process.stdout.write(`${await locatedText(located)}\n`)
  if (rows.length > 0) process.stdout.write(`${rowsText(rows)}\n`)
  if (rows.some(({ words }) => words !== '')) {
    process.stdout.write(`\n${judged(judge(rows, located?.ok ? located.profile : polled, variant))}\n`)
    return rows.some(({ value }) => value !== undefined) ? 0 : 1
  }
  if (located?.ok !== false)
    process.stderr.write(`${whyNothing({ rows, isLinkDown }, link, polled.items ? values.address : unitId)}\n`)
  return 1
}

/** Whether this is the right profile, and what speaks against it. */
function judged({ verdict, points }: Judgement): string {
  const against = points.flatMap((point) => {
    const { quantity, value, unit, range, plausible, words, isSpare } = point
    if (words === '' && !isSpare) return [`  ${quantity}: ${badText(point)}`]
    if (plausible !== 'no') return []
    const said = value === undefined ? 'what came means nothing' : `${value} ${unit}`
    return [`  ${quantity}: ${said}${range ? `, expected ${rangeText(range)}` : ''}`]
  })
  return [`${verdict.en}.`, ...against].join('\n')
}

function rangeText({ min, max, unit }: Range): string {
  if (min === Number.MIN_SAFE_INTEGER) return `${max} ${unit} at most`
  return max === Number.MAX_SAFE_INTEGER ? `${min} ${unit} at least` : `${min} to ${max} ${unit}`
}

/** One sentence for the person at the device: what the silence means, and what to look at. `who`: unit id, or a meter's address. */
function whyNothing({ rows, isLinkDown }: Omit<ReadOnce, 'located'>, link: Link, who: number | string): string {
  const [where, settings] =
    link.type === 'modbus-rtu'
      ? [link.path, `baud and parity (asked at ${link.baud} ${link.parity}), A and B`]
      : [`${link.host}:${link.port}`, 'the serial settings behind it, and --rtu (serial server) or not (Modbus TCP)']
  if (isLinkDown)
    return `${where} cannot be opened, or closes at once: check address, port and cable, that no other program holds it, and ${settings}.`
  const codes = new Set(rows.flatMap(({ exceptionCode }) => exceptionCode ?? []))
  if (codes.has(10) || codes.has(11))
    return `${where} answers that nobody is there as unit ${who}: check the unit id and the line behind it.`
  if (codes.size > 0) return `The device answers, but refuses everything: try another profile, variant or unit id.`
  if (who === ANY_METER) return 'Nobody answered, or several meters did at once: name one with --address.'
  const name = typeof who === 'number' ? `unit ${who}` : `meter ${who}`
  return `Nobody at ${where} answers as ${name}: check ${typeof who === 'number' ? 'the unit id' : 'the address'}, power, ${settings}.`
}

async function locatedText(located: Located): Promise<string> {
  if (!located.ok) return `This device has no ${located.missing}: another profile, unit id or device.`
  return modelsText(located.map, parseModels(await readFile(join(profilesFolder, 'sunspec', 'models.json'), 'utf8')))
}

/** Of a DL/T 645 meter: 12 digits, fewer are filled up; by default the wildcard, for the only meter of a line. */
function meterAddress(text: string, link: Link): string {
  if (link.type === 'modbus-tcp')
    throw new HallwattError('HW_USAGE', 'DL/T 645 needs --serial <port>, or --rtu for a serial server.')
  const address = /^\d+$/.test(text) ? text.padStart(12, '0') : text
  if (/^(AA)*(\d\d)*$/.test(address) && address.length === 12) return address
  throw new HallwattError('HW_USAGE', `--address takes the 12 digits on the meter, not "${text}".`)
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
