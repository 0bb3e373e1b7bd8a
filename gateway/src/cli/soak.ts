import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Command } from './cli.ts'
import { projectFolder } from './load-hall.ts'

export const soak: Command = {
  usage: 'soak [--rounds 50] | soak screen [--minutes 60]',
  summary:
    'Runs the crash stories for many rounds: kill -9 of store, gateway and InfluxDB at random moments. screen: leaves big screen, tablet, desk and phone open for long and says what they keep of memory.',
  async run(args) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { rounds: { type: 'string', default: '50' }, minutes: { type: 'string', default: '60' } },
    })
    const tests = positionals[0] === 'screen' ? 'screen-soak' : 'crash'
    const vitest = join(projectFolder, 'node_modules', 'vitest', 'vitest.mjs')
    const child = spawn(process.execPath, [vitest, 'run', '--testTimeout=3600000', tests], {
      cwd: projectFolder,
      stdio: 'inherit',
      env: { ...process.env, ROUNDS: values.rounds, MINUTES: values.minutes },
    })
    const [code] = (await once(child, 'exit')) as [number | null]
    return code ?? 1
  },
}
