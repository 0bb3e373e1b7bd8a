import { parseArgs } from 'node:util'
import { isLoopback } from '../config/loopback.ts'
import { HallwattError } from '../domain/errors.ts'
import type { Command } from './cli.ts'
import { loadHall, openProfileLibrary } from './load-hall.ts'

export const check: Command = {
  usage: 'check <hall.yaml>',
  summary: 'Reads a hall file and says everything that is wrong with it, with line, column and remedy.',
  async run(args) {
    const { positionals } = parseArgs({ args: [...args], allowPositionals: true })
    const [file] = positionals
    if (file === undefined) throw new HallwattError('HW_USAGE', 'Which file? hallwatt check <hall.yaml>')
    const library = await openProfileLibrary()
    for (const { file: profile, problems } of library.problems()) {
      process.stderr.write(`${profile} has ${problems.length} problems; see \`hallwatt profile check\`.\n`)
    }
    const { hall, links, devices } = await loadHall(file, library)
    process.stdout.write(`${file} is valid: ${hall.hall.name}, ${devices.size} devices, ${links.size} links.\n`)
    if (!isLoopback(hall.http.host)) {
      const note = `http.host ${hall.http.host} is reachable from the network: \`run\` needs HALLWATT_HTTP_TOKEN, or HALLWATT_HTTP_TOKEN_FILE.`
      process.stdout.write(`Note: ${note}\n`)
    }
    return 0
  },
}
