import { globSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ERROR_CODES } from './domain/error-codes.ts'
import { generatedFiles, root } from './generate.ts'

test.each(generatedFiles)('$path is fresh (else: npm run generate)', async ({ path, content }) => {
  expect(readFileSync(resolve(root, path), 'utf8')).toBe(await content())
})

describe('every code that the gateway names is documented', () => {
  const sources = globSync('gateway/src/**/*.ts', { cwd: root }).filter((file) => !file.endsWith('.test.ts'))
  const used = new Map<string, string>()
  for (const file of sources) {
    for (const [code] of readFileSync(resolve(root, file), 'utf8').matchAll(/\bHW_[A-Z][A-Z0-9_]*\b/g))
      used.set(code, file)
  }

  test('the sources were found', () => {
    expect(used.size).toBeGreaterThan(5)
  })

  test.each([...used])('%s (in %s)', (code) => {
    expect(Object.keys(ERROR_CODES)).toContain(code)
  })
})
