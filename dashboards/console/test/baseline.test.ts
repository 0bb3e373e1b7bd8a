import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

// The oldest browsers of the halls: Chrome 109 (the last one on Windows 7), Safari 16. The build writes their syntax
// (vite.config.ts); what it cannot translate is looked for here, in the files that are served.

const dist = join(import.meta.dirname, '..', 'dist')
const served = readdirSync(dist, { recursive: true, encoding: 'utf8' })
const read = (ending: string) =>
  served.filter((name) => name.endsWith(ending)).map((name) => [name, readFileSync(join(dist, name), 'utf8')] as const)

/** First version of Chrome that has it → how it looks. Vue passes the new methods of lists on (`x(this).toSorted()`) to whoever calls them; nobody may. */
const TOO_NEW_SCRIPT: Readonly<Record<string, RegExp>> = {
  'Array.prototype.toSorted (110)': /(?<!\w\(this\))\.toSorted\(/,
  'Array.prototype.toReversed (110)': /(?<!\w\(this\))\.toReversed\(/,
  'Array.prototype.toSpliced (110)': /(?<!\w\(this\))\.toSpliced\(/,
  'Array.fromAsync (121)': /Array\.fromAsync\(/,
  'Object.groupBy (117)': /\b(?:Object|Map)\.groupBy\(/,
  'Promise.withResolvers (119)': /Promise\.withResolvers\(/,
  'Promise.try (128)': /Promise\.try\(/,
  'Set methods (122)': /\.(?:isSubsetOf|isSupersetOf|isDisjointFrom|symmetricDifference)\(/,
  'URL.canParse (120)': /URL\.canParse\(/,
  'String.prototype.isWellFormed (111)': /\.isWellFormed\(/,
  'Iterator helpers (122)': /\.(?:values|keys|entries)\(\)\.(?:map|filter|take|drop|toArray)\(/,
  'RegExp.escape (136)': /RegExp\.escape\(/,
  'popover (114)': /\.(?:showPopover|togglePopover)\(/,
  'static import of JSON (123)': /with\s*\{\s*type:\s*["']json/,
}

const TOO_NEW_STYLE: Readonly<Record<string, RegExp>> = {
  'color-mix (111)': /color-mix\(/,
  'nesting (112)': /&[\s.:#[>+~]/,
  '@scope (118)': /@scope/,
  '@starting-style (117)': /@starting-style/,
  'subgrid (117)': /\bsubgrid\b/,
  'light-dark() (123)': /light-dark\(/,
  'anchor positioning (125)': /anchor\(/,
}

test('a build is there to look at', () => {
  expect(read('.js').length).toBeGreaterThan(5)
  expect(read('.css').length).toBeGreaterThan(1)
})

describe.each(Object.entries(TOO_NEW_SCRIPT))('scripts do without %s', (_what, pattern) => {
  test('in every file', () => {
    expect(read('.js').flatMap(([name, text]) => (pattern.test(text) ? [name] : []))).toEqual([])
  })
})

describe.each(Object.entries(TOO_NEW_STYLE))('styles do without %s', (_what, pattern) => {
  test('in every file', () => {
    expect(read('.css').flatMap(([name, text]) => (pattern.test(text) ? [name] : []))).toEqual([])
  })
})

test('pages carry no script or style of their own, which the policy of the gateway refuses', () => {
  for (const [name, text] of read('.html')) {
    expect(text, name).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\son\w+=|\sstyle=/i)
  }
})

test('nothing of the console is asked of another machine', () => {
  const foreign = [...read('.js'), ...read('.css'), ...read('.html')].flatMap(([name, text]) =>
    [...text.matchAll(/https?:\/\/[\w.-]+/g)]
      // Names of XML languages, links in error texts of libraries, and examples in fields: nothing is loaded from them.
      .filter(
        ([url]) =>
          !/www\.w3\.org|vuejs\.org|github\.com|example\.|localhost|127\.0\.0\.1|192\.168\.|\/\/host$/.test(url),
      )
      .map(([url]) => `${name} ${url}`),
  )
  expect(foreign).toEqual([])
})
