import { createWriteStream } from 'node:fs'
import { rename, rm, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { parseArgs } from 'node:util'
import { HallwattError } from '../domain/errors.ts'
import { backupOf } from '../wiring/backup.ts'
import type { Command } from './cli.ts'
import { openHallSource } from './hall-source.ts'
import { loadHall, openProfileLibrary } from './load-hall.ts'

export const backup: Command = {
  usage: 'backup --config <hall.yaml> [--to <file.tar>]',
  summary: 'Copies store, hall.yaml and profiles into one file, also while the gateway runs.',
  async run(args) {
    const { values } = parseArgs({ args: [...args], options: { config: { type: 'string' }, to: { type: 'string' } } })
    if (values.config === undefined)
      throw new HallwattError('HW_USAGE', 'Which hall? hallwatt backup --config <hall.yaml>')
    const file = resolve(values.config)
    const library = await openProfileLibrary()
    const hall = await loadHall(file, library)
    const source = openHallSource(file, library)
    const storeFolder = resolve(dirname(file), hall.hall.store.path)
    const [own] = await source.licences()
    const { name, stream } = await backupOf({ hall, source, storeFolder, now: Date.now(), version: own?.version ?? '' })
    const target = resolve(values.to ?? name)
    const partly = `${target}.part`
    try {
      await pipeline(stream, createWriteStream(partly, { mode: 0o600, flush: true }))
      await rename(partly, target)
    } catch (cause) {
      await rm(partly, { force: true })
      throw new HallwattError('HW_BACKUP_FAILED', `${target} could not be written: ${(cause as Error).message}`, {
        cause,
      })
    }
    const { size } = await stat(target)
    process.stdout.write(
      `${target}: ${(size / 1e6).toFixed(1)} MB. Keep it safe: it holds people's names and password hashes.\n`,
    )
    return 0
  },
}
