import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Command } from './cli.ts'
import { projectFolder } from './load-hall.ts'

export const soak: Command = {
  usage: 'soak [--rounds 50]',
  summary: 'Runs the crash stories for many rounds: kill -9 of store, gateway and InfluxDB at random moments.',
  async run(args) {
    const { values } = parseArgs({ args: [...args], options: { rounds: { type: 'string', default: '50' } } })
    const vitest = join(projectFolder, 'node_modules', 'vitest', 'vitest.mjs')
    const child = spawn(process.execPath, [vitest, 'run', '--testTimeout=3600000', 'crash'], {
      cwd: projectFolder,
      stdio: 'inherit',
      env: { ...process.env, ROUNDS: values.rounds },
    })
    const [code] = (await once(child, 'exit')) as [number | null]
    return code ?? 1
  },
}
