import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Command } from './cli.ts'
import { projectFolder } from './load-hall.ts'

/** What is told for long, by its name: parts of the paths of test files. */
const STORIES: Readonly<Record<string, readonly string[]>> & { readonly crash: readonly string[] } = {
  crash: ['crash'],
  screen: ['screen-soak'],
  played: ['played.test', 'audience.test'],
}

export const soak: Command = {
  usage: 'soak [--rounds 50] | soak screen [--minutes 60] | soak played',
  summary:
    'Runs the crash stories for many rounds: kill -9 of store, gateway and InfluxDB at random moments. screen: leaves big screen, tablet, desk and phone open for long and says what they keep of memory. played: plays three demonstrations on tablet and screens, and everything the audience may see go wrong.',
  async run(args) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { rounds: { type: 'string', default: '50' }, minutes: { type: 'string', default: '60' } },
    })
    const tests = STORIES[positionals[0] ?? 'crash'] ?? STORIES.crash
    const vitest = join(projectFolder, 'node_modules', 'vitest', 'vitest.mjs')
    const child = spawn(process.execPath, [vitest, 'run', '--testTimeout=3600000', ...tests], {
      cwd: projectFolder,
      stdio: 'inherit',
      env: { ...process.env, ROUNDS: values.rounds, MINUTES: values.minutes, PLAYED: 'all' },
    })
    const [code] = (await once(child, 'exit')) as [number | null]
    return code ?? 1
  },
}
