import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

test('npm run demo shows at least 30 devices, all of them online, with frames on disk', {
  timeout: 120_000,
}, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hallwatt-demo-'))
  // A base port of its own, so that a demo somebody has open on this machine is not in the way.
  const args = ['run', '--silent', 'demo', '--', '--seconds', '30', '--json', '--base-port', '27000', '--data', folder]
  const { stdout } = await promisify(execFile)('npm', args)
  const summary = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Record<string, number>
  expect(summary.devices).toBeGreaterThanOrEqual(30)
  expect(summary.online).toBe(summary.devices)
  expect(summary.framesCommitted).toBeGreaterThan(0)
  expect(summary.framesDropped).toBe(0)
  await rm(folder, { recursive: true, force: true })
})
