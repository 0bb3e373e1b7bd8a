import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { overhear } from '../dlt645/overhear.ts'
import { didYouMean } from '../documents/documents.ts'
import { HallwattError } from '../domain/errors.ts'
import type { Profile } from '../profiles/profile-schema.ts'
import { type Recording, readRecording } from '../traffic/recording.ts'
import { type ShadowReport, type ShadowRow, shadow } from '../traffic/shadow.ts'
import type { Command } from './cli.ts'
import { openProfileLibrary } from './load-hall.ts'

export const replay: Command = {
  usage: 'replay <recording> --profile <id> [--device <id>]',
  summary:
    'Tries a profile on recorded traffic, beside the one the device has (--unit, --address, --variant, --against <id>, --json). Nothing is sent or stored.',
  async run(args) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        profile: { type: 'string' },
        device: { type: 'string' },
        unit: { type: 'string' },
        address: { type: 'string' },
        variant: { type: 'string' },
        against: { type: 'string' },
        json: { type: 'boolean', default: false },
      },
    })
    const [file] = positionals
    if (file === undefined) throw new HallwattError('HW_USAGE', 'hallwatt replay <recording> --profile <id>')
    const recording = await recordingIn(file)
    const known = deviceOf(recording, values)
    const library = await openProfileLibrary()
    const profileOf = (id: string): Profile => {
      const found = library.get(id)
      if (!found)
        throw new HallwattError('HW_PROFILE_UNKNOWN', `There is no profile "${id}".${didYouMean(id, library.ids())}`)
      return found
    }
    const unit = values.unit === undefined ? known?.unitId : Number(values.unit)
    const meter = values.address ?? known?.meter
    const at = { ...(unit !== undefined && { unitId: unit }), ...(meter !== undefined && { meter }) }
    const id = values.profile ?? known?.profile ?? ''
    const wanted = profileOf(id)
    if (!wanted.mqtt && !wanted.modbus && !wanted.dlt645)
      throw new HallwattError('HW_USAGE', `${id} cannot be tried on a recording: Modbus, DL/T 645 and MQTT can.`)
    const report = await shadow(recording, wanted, overhear, {
      ...at,
      ...(values.variant && { variant: values.variant }),
    })
    const present = values.against ?? (values.profile === undefined ? undefined : known?.profile)
    const before =
      present === undefined
        ? undefined
        : await shadow(recording, profileOf(present), overhear, {
            ...at,
            ...(known?.variant && { variant: known.variant }),
          })
    process.stdout.write(
      values.json ? `${JSON.stringify({ report, before })}\n` : textOf(recording, report, before, present),
    )
    return report.rows.some(({ good }) => good > 0) ? 0 : 1
  },
}

async function recordingIn(file: string): Promise<Recording> {
  try {
    return readRecording(await readFile(file, 'utf8'))
  } catch (cause) {
    if (cause instanceof HallwattError) throw cause
    throw new HallwattError('HW_FILE_UNREADABLE', `${file}: ${(cause as Error).message}`, { cause })
  }
}

/** The device of the recording that is meant; the only one there is, when nobody says. */
function deviceOf(
  { head }: Recording,
  { device: id, unit, address }: { readonly device?: string; readonly unit?: string; readonly address?: string },
) {
  const { devices } = head
  if (id !== undefined) {
    const found = devices.find((device) => device.id === id)
    if (found) return found
    const ids = devices.map((device) => device.id)
    throw new HallwattError(
      'HW_USAGE',
      `--device: the recording has no "${id}".${didYouMean(id, ids)} It has: ${ids.join(', ')}.`,
    )
  }
  if (unit !== undefined) return devices.find(({ unitId }) => unitId === Number(unit))
  if (address !== undefined) return devices.find(({ meter }) => meter === address)
  return devices.length === 1 ? devices[0] : undefined
}

function textOf(
  { head, brokenLines }: Recording,
  report: ShadowReport,
  before: ShadowReport | undefined,
  against: string | undefined,
) {
  const old = new Map(before?.rows.map((row) => [row.quantity, row]))
  const rows = [
    ...report.rows,
    ...(before?.rows ?? [])
      .filter(({ quantity }) => !report.rows.some((row) => row.quantity === quantity))
      .map(absentNow),
  ]
  const table = [
    ['量 quantity', '良好 good', '无值 bad', '范围 range', '最后 last', ...(against ? [`${against} 最后 last`] : [])],
    ...rows.map((row) => [
      row.quantity,
      String(row.good),
      Object.entries(row.bad)
        .map(([reason, times]) => `${times} ${reason}`)
        .join(', ') || '0',
      row.min === undefined ? '' : `${shown(row.min)} … ${shown(row.max)} ${row.unit}`,
      shown(row.last),
      ...(against ? [shown(old.get(row.quantity)?.last)] : []),
    ]),
  ]
  const widths = table[0]?.map((_, column) => Math.max(...table.map((cells) => cells[column]?.length ?? 0))) ?? []
  const lines = table.map((cells) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
  const absent = [...report.unplaced, ...report.absent]
  const missing = absent.length === 0 ? '' : `\n录制中没有 not in the recording: ${absent.join(', ')}\n`
  const broken = brokenLines === 0 ? '' : `\n${brokenLines} 行读不出 lines could not be read\n`
  return `${head.name} · ${new Date(head.startedAt).toISOString()} · ${report.answered}/${report.exchanges}\n\n${lines.join('\n')}\n${missing}${broken}`
}

const absentNow = ({ quantity, unit }: ShadowRow): ShadowRow => ({ quantity, unit, good: 0, bad: {} })

const shown = (value: unknown): string =>
  value === undefined ? '—' : typeof value === 'number' ? String(Math.round(value * 1000) / 1000) : String(value)
