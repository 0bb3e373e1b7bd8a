import { readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { parse } from 'yaml'
import { unpackBackup } from '../backup/backup.ts'
import { HallwattError } from '../domain/errors.ts'
import { editText } from '../settings/edit-text.ts'
import type { Command } from './cli.ts'

export const restore: Command = {
  usage: 'restore <file.tar> --to <empty folder>',
  summary: 'Puts a backup into an empty folder, ready to run, and says what it cannot bring back.',
  async run(args) {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { to: { type: 'string' } },
      allowPositionals: true,
    })
    const [file] = positionals
    if (file === undefined || values.to === undefined)
      throw new HallwattError('HW_USAGE', 'Which backup, and where to? hallwatt restore <file.tar> --to <empty folder>')
    const folder = resolve(values.to)
    const manifest = await unpackBackup(resolve(file), folder)
    const hallFile = join(folder, 'hall.yaml')
    // The store lies beside the file now, wherever it was on the other machine.
    const text = editText(await readFile(hallFile, 'utf8'), { op: 'set', path: ['store', 'path'], value: 'store' })
    await writeFile(hallFile, text)
    process.stdout.write(
      [
        `${manifest.hall.name} as of ${manifest.takenAt} is in ${folder}.`,
        ...missing(text).map((line) => `Still to do: ${line}`),
        `Start it: npm start -- --config ${hallFile}`,
        '',
      ].join('\n'),
    )
    return 0
  },
}

/** What no backup holds. */
function missing(text: string): string[] {
  const hall = (parse(text) ?? {}) as { broker?: { credentialsFile?: string; tls?: object } }
  const { credentialsFile, tls } = hall.broker ?? {}
  return [
    ...(credentialsFile === undefined
      ? []
      : [`write ${credentialsFile} anew, one line per device: hallwatt mqtt password <user>`]),
    ...(tls === undefined ? [] : ['bring certificate and key of broker.tls']),
    'set the environment variables with secrets (HALLWATT_…), as on the other machine',
  ]
}
