import { parseArgs } from 'node:util'
import { isLoopback } from '../config/loopback.ts'
import type { ResolvedDevice } from '../config/resolved-hall.ts'
import { HallwattError } from '../domain/errors.ts'
import type { Command } from './cli.ts'
import { loadHall, openProfileLibrary } from './load-hall.ts'

/** Which devices can be told to do something, and what. */
function commandsText(devices: readonly ResolvedDevice[]): string {
  const open = devices.filter(({ commands = [] }) => commands.length > 0)
  const able = devices.filter(({ profile }) => Object.keys(profile.commands).length > 0).length
  if (able === 0) return 'Commands: no device of this hall has any.\n'
  if (open.length === 0)
    return `Commands: none; every device is read only. ${able} could be commanded: add \`commands: all\`, or a list, to the device.\n`
  const lines = open.map(({ id, commands = [] }) => `  ${id}: ${commands.join(', ')}`)
  return `Commands: ${open.length} of ${able} devices that could be commanded may be; all others are read only.\n${lines.join('\n')}\n`
}

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
    process.stdout.write(commandsText([...devices.values()]))
    if (!isLoopback(hall.http.host)) {
      const note = `http.host ${hall.http.host} is reachable from the network: \`run\` needs HALLWATT_HTTP_TOKEN, or HALLWATT_HTTP_TOKEN_FILE.`
      process.stdout.write(`Note: ${note}\n`)
    }
    return 0
  },
}
