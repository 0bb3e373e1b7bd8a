import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { HallwattError, type Problem } from '../domain/errors.ts'
import { type DeviceImport, importDevices } from '../settings/import-devices.ts'
import type { Command } from './cli.ts'
import { openHallSource } from './hall-source.ts'
import { openProfileLibrary } from './load-hall.ts'

export const devices: Command = {
  usage: 'devices import <list.csv> --config <hall.yaml> [--dry-run] [--update]',
  summary:
    'Adds many devices to a hall file from a list; ranges like meter-{01..12} stand for several. Comments and order stay.',
  async run(args) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        config: { type: 'string' },
        'dry-run': { type: 'boolean', default: false },
        update: { type: 'boolean', default: false },
      },
    })
    const [task, list] = positionals
    if (task !== 'import' || list === undefined || values.config === undefined)
      throw new HallwattError(
        'HW_USAGE',
        'hallwatt devices import <list.csv> --config <hall.yaml> [--dry-run] [--update]',
      )
    return importList(list, values.config, { dryRun: values['dry-run'], update: values.update })
  },
}

async function importList(list: string, config: string, { dryRun, update }: { dryRun: boolean; update: boolean }) {
  const source = openHallSource(config, await openProfileLibrary())
  const check = (text: string): readonly Problem[] => {
    const checked = source.check(text)
    return 'hall' in checked ? [] : checked
  }
  const outcome = importDevices(await source.read(), await readText(list), { update, check })
  process.stdout.write(outcome.diff)
  if (outcome.problems.length > 0 || outcome.hallProblems.length > 0) {
    process.stderr.write(`${problemsText(list, config, outcome)}\nNothing was written.\n`)
    return 1
  }
  const { added, changed, same } = outcome
  const counts = `${added.length} added, ${changed.length} changed, ${same.length} as they were`
  if (dryRun || outcome.diff === '') {
    process.stdout.write(`${counts}; ${outcome.diff === '' ? 'nothing to write' : 'a dry run writes nothing'}.\n`)
    return 0
  }
  const reason = await source.unwritable()
  if (reason !== undefined) throw new HallwattError('HW_SETTINGS_READ_ONLY', reason)
  await source.write(outcome.text)
  process.stdout.write(`${counts}; ${config} is written. A running gateway takes it over by itself.\n`)
  return 0
}

/** A spreadsheet on a Chinese Windows saves GB 18030 unless told otherwise. */
async function readText(file: string): Promise<string> {
  const bytes = await readFile(file).catch((cause: Error) => {
    throw new HallwattError('HW_FILE_UNREADABLE', `${file} cannot be read: ${cause.message}`, { cause })
  })
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('gb18030').decode(bytes)
  }
}

function problemsText(list: string, config: string, { problems, hallProblems }: DeviceImport): string {
  return [
    ...problems.map(
      ({ line, column, heading, message }) =>
        `${list}:${line}:${column}  ${heading === '' ? '' : `${heading}  `}${message}`,
    ),
    ...hallProblems.map(({ line, column, path, message }) => `${config}:${line}:${column}  ${path}  ${message}`),
  ].join('\n')
}
