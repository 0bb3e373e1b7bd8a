import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { ERROR_CODES } from '../src/domain/error-codes.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const pages = globSync('**/*.md', {
  cwd: root,
  exclude: (name) => /(^|\/)(node_modules|data|coverage|\.git)$/.test(name),
}).sort()
const scripts = (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: Record<string, string> })
  .scripts
/** Names that the code itself reads, hands out or writes. */
const sources = globSync(
  [
    'gateway/src/**/*.ts',
    'gateway/bench/*.ts',
    'simulators/**/*.ts',
    'bin/*.mjs',
    'dashboards/grafana/*.sh',
    'flows/*.json',
  ],
  { cwd: root },
)
  .filter((file) => !file.endsWith('.test.ts'))
  .map((file) => readFileSync(join(root, file), 'utf8'))
  .join('\n')

const all = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].map(([, found]) => found as string)
const withoutFences = (text: string) => text.replaceAll(/^```[\s\S]*?^```/gm, '')

/** The anchors GitHub gives to the headings of a page. */
const anchors = (page: string): string[] =>
  all(withoutFences(page), /^#+ +(.+)$/gm).map((heading) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(/\s/g, '-'),
  )

/** Relative links that lead nowhere, as they are written. */
function brokenLinks(file: string, text: string): string[] {
  return all(withoutFences(text), /\]\(([^)\s]+)\)/g).filter((link) => {
    if (/^[a-z]+:/.test(link)) return false
    const [path = '', anchor] = link.split('#')
    const target = path === '' ? join(root, file) : join(root, dirname(file), decodeURIComponent(path))
    if (!existsSync(target)) return true
    return anchor !== undefined && target.endsWith('.md') && !anchors(readFileSync(target, 'utf8')).includes(anchor)
  })
}

const COMMANDS = all(readFileSync(join(root, 'gateway/src/cli/cli.ts'), 'utf8'), /^ {2}(\w+): async/gm)
const CODES = new Set<string>([...Object.keys(ERROR_CODES), 'HW_INSTALL_FAILED', 'HW_NODE_TOO_OLD'])

describe('a page only names what exists', () => {
  test.each(pages)('%s', (file) => {
    const text = readFileSync(join(root, file), 'utf8')
    const known = (name: string) => name.endsWith('_') || new RegExp(`\\b${name}\\b`).test(sources)
    expect({
      links: brokenLinks(file, text),
      scripts: all(text, /\bnpm run (?:-s )?([\w:-]+)/g).filter((name) => !(name in scripts)),
      commands: all(text, /(?:npm run hallwatt -- |`hallwatt )([a-z]+)/g).filter((name) => !COMMANDS.includes(name)),
      variables: all(text, /\b(HALLWATT_[A-Z_]+)\b/g).filter(
        (name) => !known(name) && !known(name.replace(/_FILE$/, '')),
      ),
      codes: all(text, /\b(HW_[A-Z][A-Z_]+[A-Z])\b/g).filter((code) => !CODES.has(code)),
      places: all(text, /`((?:gateway|simulators|device-profiles|bin|flows|dashboards)\/[\w./-]+)`/g).filter(
        (place) => !existsSync(join(root, place)),
      ),
    }).toEqual({ links: [], scripts: [], commands: [], variables: [], codes: [], places: [] })
  })
})

test('the README counts the devices of the demo hall right', () => {
  const devices = all(readFileSync(join(root, 'gateway/halls/demo.yaml'), 'utf8'), /\bprofile: (\S+?),/g).length
  expect(readFileSync(join(root, 'README.md'), 'utf8')).toContain(`hall of ${devices} devices`)
  expect(readFileSync(join(root, 'README.zh-CN.md'), 'utf8')).toContain(`${devices} 台`)
})

test('there are pages to check', () => {
  expect(pages.map((file) => relative('.', file))).toContain('README.md')
  expect(pages.length).toBeGreaterThan(15)
})
