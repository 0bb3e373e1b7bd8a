import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, expect, test } from 'vitest'
import { language } from './language.ts'
import { wordsOf } from './words.ts'

const source = join(import.meta.dirname, '..')
const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((name) => /\.(?:ts|vue)$/.test(name))
const rooms = files.filter((name) => name.endsWith('words.zh.ts'))
const holes = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, hole]) => hole).sort()

const importOf = async (file: string, language: 'zh' | 'en') =>
  ((await import(join(source, file))) as Record<string, Record<string, string>>)[language]!

/** Code that may use the words of a room: all of the console, for `t` is handed around under many names. */
const code = files
  .filter((name) => !/words\.(?:zh|en)\.ts$|\.test\.ts$|\.d\.ts$/.test(name))
  .map((name) => readFileSync(join(source, name), 'utf8'))
  // What a role may do is listed there and only named here.
  .concat(readFileSync(join(source, '../../../gateway/src/domain/role.ts'), 'utf8'))
  .join('\n')

test('there are rooms with words', () => expect(rooms.length).toBeGreaterThan(2))

describe.each(rooms)('%s', (zhFile) => {
  const enFile = zhFile.replace('words.zh.ts', 'words.en.ts')

  test('English has every key, with the same holes', async () => {
    const zh = await importOf(zhFile, 'zh')
    const en = await importOf(enFile, 'en')
    expect(Object.keys(en).sort()).toEqual(Object.keys(zh).sort())
    for (const [key, text] of Object.entries(zh)) expect(holes(en[key]!), key).toEqual(holes(text))
  })

  test('English has no Chinese in it', async () => {
    for (const [key, text] of Object.entries(await importOf(enFile, 'en')))
      expect(text === '中文' ? '' : text, key).not.toMatch(HAN)
  })

  test('every key is used', async () => {
    const unused = Object.keys(await importOf(zhFile, 'zh')).filter((key) => !isUsed(key))
    expect(unused, dirname(relative(source, zhFile))).toEqual([])
  })
})

const HAN = /\p{Script=Han}/u

/** `t('key')`, or the key as a whole word in quotes: in a table of keys, or put together as `${prefix}Suffix` beside its type. */
const isUsed = (key: string) => new RegExp(`['"\`]${key}['"\`]`).test(code)

test('no Chinese stands in code', () => {
  const found = files
    .filter((name) => !/words\.zh\.ts$|\.test\.ts$|\.d\.ts$/.test(name))
    .flatMap((name) =>
      readFileSync(join(source, name), 'utf8')
        .split('\n')
        .flatMap((line, i) => (HAN.test(withoutComments(line)) ? [`${name}:${i + 1} ${line.trim()}`] : [])),
    )
    // The switch between the languages names each in itself, and units 元 and 分 are units.
    .filter((line) => !/>中文<|'中文'/.test(line) && !/^format\/number\.ts/.test(line))
  expect(found).toEqual([])
})

/** Comments may quote what a screen says. */
const withoutComments = (line: string) => line.replace(/\/\/.*$|^\s*(?:\*|\/\*).*$|<!--.*?-->/g, '')

test('a hole is filled in the language of the device', () => {
  const t = wordsOf({ stale: '{s} 秒前' }, { stale: '{s} s ago' })
  expect(t('stale', { s: 12 })).toBe('12 秒前')
  language.value = 'en'
  expect(t('stale', { s: 12 })).toBe('12 s ago')
  language.value = 'zh'
})
