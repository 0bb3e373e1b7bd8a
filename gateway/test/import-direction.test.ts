import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

interface Cruise {
  summary: {
    totalCruised: number
    violations: { from: string; to: string; rule: { name: string } }[]
    ruleSetUsed: { forbidden: { name: string; comment: string }[] }
  }
}

test('every import points the way ARCHITECTURE.md says', { timeout: 60_000 }, async () => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [
      'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs',
      'gateway/src',
      'simulators',
      '--output-type',
      'json',
    ],
    { maxBuffer: 64 * 1024 * 1024 },
  ).catch((failed: { stdout: string }) => failed) // exits 1 when rules are broken, and says which on stdout
  const { summary } = JSON.parse(stdout) as Cruise
  const advice = new Map(summary.ruleSetUsed.forbidden.map((rule) => [rule.name, rule.comment]))
  const broken = summary.violations.map(({ from, to, rule }) => `${from} → ${to}: ${advice.get(rule.name)}`)
  expect(broken).toEqual([])
  // A cruiser that cannot read TypeScript sees nothing and finds nothing wrong.
  expect(summary.totalCruised).toBeGreaterThan(50)
})
