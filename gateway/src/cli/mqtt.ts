import { randomBytes } from 'node:crypto'
import { parseArgs } from 'node:util'
import { writeCredential } from '../broker/credentials.ts'
import { HallwattError } from '../domain/errors.ts'
import type { Command } from './cli.ts'

export const mqtt: Command = {
  usage: 'mqtt password <user> --file <credentials>',
  summary: 'Gives a device or bridge a new MQTT password, prints it once and stores only its hash.',
  async run(args) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { file: { type: 'string' } },
    })
    const [what, user] = positionals
    if (what !== 'password' || user === undefined || values.file === undefined) {
      throw new HallwattError('HW_USAGE', 'hallwatt mqtt password <user> --file <credentials file of hall.yaml>')
    }
    const password = randomBytes(18).toString('base64url')
    await writeCredential(values.file, user, password)
    process.stdout.write(`${password}\n`)
    return 0
  },
}
