import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { HallwattError } from '../domain/errors.ts'
import type { Clock } from '../ports/clock.ts'
import { hashPassword, verifyPassword } from '../ports/password.ts'
import { createCredentials, parseCredentials, readCredentials, writeCredential } from './credentials.ts'

let folder: string
let file: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hallwatt-credentials-'))
  file = join(folder, 'mqtt-users')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

test('a password matches its own hash only', async () => {
  const hash = await hashPassword('开门')
  expect(await verifyPassword(hash, '开门')).toBe(true)
  expect(await verifyPassword(hash, '关门')).toBe(false)
})

test('a password drawn at random is stored under a cheap hash, one that a person chose under a dear one', async () => {
  const drawn = randomBytes(18).toString('base64url')
  await writeCredential(file, 'kiosk-01', drawn)
  const line = (await readCredentials(file)).get('kiosk-01') ?? ''
  expect(line).toMatch(/^scrypt\$1024\$8\$1\$/)
  expect(await verifyPassword(line, drawn)).toBe(true)
  expect(await hashPassword('correct horse')).toMatch(/^scrypt\$16384\$8\$1\$/)
})

test('the same password makes another hash each time', async () => {
  expect(await hashPassword('secret')).not.toBe(await hashPassword('secret'))
})

test('a line that cannot be read matches nothing', async () => {
  expect(await verifyPassword('scrypt$16384$8$1$$', '')).toBe(false)
  expect(await verifyPassword('', '')).toBe(false)
})

test('all problems of a credentials file are told at once, with line and column', async () => {
  const good = await hashPassword('x')
  const text = [
    '# devices',
    `kiosk-01:${good}`,
    'no colon',
    `kiosk-01:${good}`,
    'kiosk-02:plain-text',
    'kiosk-03:scrypt$7$8$1$c2FsdHNhbHQ=$aGFzaA==',
  ].join('\n')
  const error = (() => {
    try {
      parseCredentials('mqtt-users', text)
    } catch (caught) {
      return caught as HallwattError
    }
  })()
  expect(error?.code).toBe('HW_CREDENTIALS_INVALID')
  expect(error?.problems.map(({ line, column }) => `${line}:${column}`)).toEqual(['3:1', '4:1', '5:10', '6:10'])
  expect(error?.message).not.toContain('plain-text')
})

test('a written password is read back, the other lines stay, and only the owner may read the file', async () => {
  await writeCredential(file, 'kiosk-01', 'one')
  await writeFile(file, `# the hall\n${await readFile(file, 'utf8')}`)
  await chmod(file, 0o644)
  await writeCredential(file, 'kiosk-02', 'two')
  await writeCredential(file, 'kiosk-01', 'three')
  const table = await readCredentials(file)
  expect([...table.keys()]).toEqual(['kiosk-01', 'kiosk-02'])
  expect(await verifyPassword(table.get('kiosk-01') ?? '', 'three')).toBe(true)
  expect(await verifyPassword(table.get('kiosk-02') ?? '', 'two')).toBe(true)
  expect((await readFile(file, 'utf8')).split('\n')[0]).toBe('# the hall')
  expect((await stat(file)).mode & 0o777).toBe(0o600)
})

test('a file that is not there is named', async () => {
  await expect(readCredentials(file)).rejects.toMatchObject({ code: 'HW_FILE_UNREADABLE' })
})

test('a user name with a colon is refused', async () => {
  await expect(writeCredential(file, 'a:b', 'x')).rejects.toMatchObject({ code: 'HW_USAGE' })
})

test('a password that was right is remembered for ten minutes, so a second login is fast', async () => {
  let now = 0
  const clock: Clock = { wallMs: () => now, monotonicMs: () => now, sleep: async () => {} }
  const credentials = createCredentials(new Map([['kiosk-01', await hashPassword('secret')]]), clock)
  const cost = async (password: string) => {
    const start = process.hrtime.bigint()
    const verdict = await credentials.verify('kiosk-01', Buffer.from(password))
    return { verdict, ms: Number(process.hrtime.bigint() - start) / 1e6 }
  }
  const first = await cost('secret')
  const second = await cost('secret')
  expect([first.verdict, second.verdict]).toEqual(['right', 'right'])
  expect(second.ms).toBeLessThan(first.ms / 3)
  now = 11 * 60_000
  expect((await cost('secret')).ms).toBeGreaterThan(second.ms)
  expect((await cost('other')).verdict).toBe('wrong')
})

test('a hall that tries again and again while one password is being checked costs one check', async () => {
  const clock: Clock = { wallMs: () => 0, monotonicMs: () => 0, sleep: async () => {} }
  const credentials = createCredentials(new Map([['kiosk-01', await hashPassword('secret')]]), clock)
  // More than may wait: each for itself, the last hundred would be told that the broker is busy.
  const verdicts = await Promise.all(
    Array.from({ length: 1100 }, () => credentials.verify('kiosk-01', Buffer.from('secret'))),
  )
  expect(new Set(verdicts)).toEqual(new Set(['right']))
})
