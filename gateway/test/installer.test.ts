import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test, vi } from 'vitest'

// Whole processes are started, on a machine that may have much else to do.
vi.setConfig({ testTimeout: 120_000 })

const root = fileURLToPath(new URL('../..', import.meta.url))
const main = join(root, 'bin', 'hallwatt.mjs')

/** The hall that the installer's page tells to save, and what it says to do with it. */
test('the hall of the installer’s page is valid, and its list of shop meters goes into it', async () => {
  const page = await readFile(join(root, 'device-profiles', 'README.md'), 'utf8')
  const hall = [...page.matchAll(/```yaml\n(.*?)```/gs)]
    .map(([, text]) => text ?? '')
    .find((text) => text.startsWith('hall:'))
  const folder = await mkdtemp(join(tmpdir(), 'installer-'))
  try {
    const file = join(folder, 'hall.yaml')
    await writeFile(file, hall ?? '')
    const hallwatt = (...args: string[]) => promisify(execFile)(process.execPath, [main, ...args])
    expect((await hallwatt('check', file)).stdout).toContain('2 devices, 2 links')
    const list = join(root, 'device-profiles', 'example', 'shop-meters.csv')
    expect((await hallwatt('devices', 'import', list, '--config', file)).stdout).toContain('13 added')
    expect((await hallwatt('check', file)).stdout).toContain('15 devices')
  } finally {
    await rm(folder, { recursive: true })
  }
})
