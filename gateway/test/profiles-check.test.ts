import { execFile } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

// Whole processes are started, on a machine that may have much else to do.
vi.setConfig({ testTimeout: 120_000 })

const root = fileURLToPath(new URL('../..', import.meta.url))
let folder = ''

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'profiles-check-'))
})

afterEach(() => rm(folder, { recursive: true }))

interface Summary {
  readonly profiles: number
  readonly cases: number
  readonly failed: number
}

/** `npm run profiles:check -- --json …`: its exit code, and what its last line says. */
async function check(...args: string[]): Promise<{ code: number; output: string; summary: Summary }> {
  const run = promisify(execFile)('npm', ['run', 'profiles:check', '--', '--json', ...args], { cwd: root })
  const { stdout, code } = await run.then(
    (done) => ({ stdout: done.stdout, code: 0 }),
    (error: { stdout: string; code: number }) => error,
  )
  const summary = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as Summary
  return { code, output: stdout, summary }
}

test('every shipped profile passes its cases, and there are at least 45 of them', async () => {
  const { code, summary } = await check()
  expect(summary.failed).toBe(0)
  expect(summary.profiles).toBeGreaterThanOrEqual(45)
  expect(summary.cases).toBeGreaterThan(10 * 45)
  expect(code).toBe(0)
})

test('a profile with a wrong address fails by its own cases, and by nothing else', async () => {
  await cp(join(root, 'device-profiles', 'eastron'), join(folder, 'eastron'), { recursive: true })
  const file = join(folder, 'eastron', 'sdm230.yaml')
  const text = await readFile(file, 'utf8')
  await writeFile(
    file,
    text.replace('activePower, address: 12, reference: 30013', 'activePower, address: 14, reference: 30015'),
  )
  const { code, output, summary } = await check('--folder', folder)
  expect(code).toBe(1)
  expect(summary).toMatchObject({ profiles: 3, failed: 1 })
  expect(output).toMatch(/^FAIL {2}eastron\/sdm230 /m)
  expect(output).toContain('activePower should be')
})

test('a profile without cases fails', async () => {
  await cp(join(root, 'device-profiles', 'keba'), join(folder, 'keba'), { recursive: true })
  await rm(join(folder, 'keba', 'p40.cases.yaml'))
  const { code, output, summary } = await check('--folder', folder)
  expect([code, summary.failed]).toEqual([1, 1])
  expect(output).toContain('There are no cases')
})
