import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { projectFolder } from '../src/cli/load-hall.ts'

const program = join(projectFolder, 'gateway', 'src', 'main.ts')

/** The last line of `npm run scenarios:check`, with everything it said before for whoever reads a failure. */
async function check(...args: string[]): Promise<{ said: string; last: unknown }> {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [
    ...[program, 'scenarios-check', '--json'],
    ...args,
  ]).catch((error: { stdout: string; stderr: string }) => error)
  const last = stdout.trim().split('\n').at(-1) ?? ''
  return { said: stdout + stderr, last: last.startsWith('{') ? JSON.parse(last) : last }
}

test('a guide plays two demonstrations at once; their figures are those of the catalogue and everything is off', {
  timeout: 180_000,
}, async () => {
  const { said, last } = await check('--only', 'D18,D19', '--base-port', '26000')
  expect(last, said).toEqual({ scenarios: 2, passed: 2 })
})
