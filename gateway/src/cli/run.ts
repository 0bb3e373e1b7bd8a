import { dirname, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { HallwattError } from '../domain/errors.ts'
import { startGateway } from '../gateway.ts'
import { systemClock } from '../ports/system-clock.ts'
import type { Command } from './cli.ts'
import { keepCompiled } from './compile-cache.ts'
import { showFirstAdmin } from './first-admin.ts'
import { openHallSource } from './hall-source.ts'
import { consoleFolder, loadHall, openProfileLibrary } from './load-hall.ts'
import { createLog } from './log.ts'
import { untilStopped } from './until-stopped.ts'
import { watchHall } from './watch-hall.ts'

export const runHall: Command = {
  usage: 'run --config <hall.yaml>',
  summary: 'Runs a hall until Ctrl-C; changes of the file and of profiles apply at once.',
  async run(args) {
    const { values } = parseArgs({
      args: [...args],
      options: { config: { type: 'string' }, verbose: { type: 'boolean', default: false } },
    })
    if (values.config === undefined)
      throw new HallwattError('HW_USAGE', 'Which hall? hallwatt run --config <hall.yaml>')
    const file = resolve(values.config)
    const log = createLog({ level: values.verbose ? 'debug' : 'info', terminal: process.stdout.isTTY })
    const library = await openProfileLibrary()
    const hall = await loadHall(file, library)
    const source = openHallSource(file, library)
    const gateway = await startGateway(hall, {
      folder: dirname(file),
      environment: process.env,
      clock: systemClock,
      log,
      random: Math.random,
      consoleFolder,
      onFirstStart: showFirstAdmin,
      source,
    })
    const stopWatching = watchHall({ source, library, gateway, log })
    const { http, mqtt } = gateway.addresses()
    log.info({ http, mqtt }, `${hall.hall.hall.name} is running: ${http} (page and API), mqtt://${mqtt}.`)
    keepCompiled()
    await untilStopped()
    stopWatching()
    await gateway.close()
    return 0
  },
}
