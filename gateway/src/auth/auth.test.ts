import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { Clock } from '../ports/clock.ts'
import { silentLog } from '../ports/log.ts'
import { systemClock } from '../ports/system-clock.ts'
import { openStore } from '../store/sqlite-store.ts'
import type { Store } from '../store/store.ts'
import { type Auth, createAuth } from './auth.ts'
import { authTables } from './auth-tables.ts'
import { ABSOLUTE_MS, IDLE_MS } from './sessions.ts'

const PASSWORD = 'correct horse 电池'
const HOME = '127.0.0.1'

interface Users {
  auth: Auth
  store: Store
  readonly first: { user: string; password: string }[]
  /** Time that passes for sessions and login limits. */
  pass(ms: number): void
  /** As after `kill -9`: what is on disk, and nothing else. */
  restart(): Promise<void>
}

async function openUsers(): Promise<Users> {
  const directory = await mkdtemp(join(tmpdir(), 'hallwatt-users-'))
  let passed = 0
  const clock: Clock = {
    wallMs: () => systemClock.wallMs() + passed,
    monotonicMs: () => systemClock.monotonicMs() + passed,
    sleep: systemClock.sleep,
  }
  const first: Users['first'] = []
  const open = async () => {
    const store = await openStore({ directory, clock: systemClock, log: silentLog, tables: authTables })
    const onFirstStart = (one: { user: string; password: string }) => void first.push(one)
    return { store, auth: await createAuth({ store, clock, log: silentLog, randomBytes, onFirstStart }) }
  }
  const users: Users = {
    ...(await open()),
    first,
    pass: (ms) => {
      passed += ms
    },
    async restart() {
      await users.store.close()
      Object.assign(users, await open())
    },
  }
  onTestFinished(async () => {
    await users.store.close()
    await rm(directory, { recursive: true, force: true })
  })
  return users
}

/** Signs the first administrator in with a password of their own; the session id. */
async function admin({ auth, first }: Users): Promise<string> {
  const session = await auth.changePassword('admin', first[0]!.password, PASSWORD, HOME)
  if (!session.ok) throw new Error(session.message)
  return session.value.id
}

test('the first start makes an administrator with a one-time password, the second does not', async () => {
  const users = await openUsers()
  expect(users.first).toEqual([{ user: 'admin', password: expect.stringMatching(/^(.{4}-){3}.{4}$/) }])
  expect(users.auth.users.list()).toMatchObject([{ name: 'admin', roles: ['admin'], mustChange: true }])
  await users.restart()
  expect(users.first).toHaveLength(1)
  expect(await users.auth.login('admin', users.first[0]!.password, HOME)).toMatchObject({
    ok: true,
    value: { user: 'admin', mustChange: true },
  })
})

test('a session survives a restart, and its id is nowhere on the disk', async () => {
  const users = await openUsers()
  const id = await admin(users)
  await users.restart()
  expect(users.auth.session(id)).toMatchObject({ user: 'admin', mustChange: false })
  const rows = await users.store.read('SELECT * FROM session')
  expect(rows).toHaveLength(1)
  expect(JSON.stringify(rows)).not.toContain(id)
})

test('a session ends when nobody uses it, in use it ends after a week', async () => {
  const users = await openUsers()
  const id = await admin(users)
  for (let used = 0; used + IDLE_MS / 2 < ABSOLUTE_MS; used += IDLE_MS / 2) {
    users.pass(IDLE_MS / 2)
    expect(users.auth.session(id)).toBeDefined()
  }
  users.pass(IDLE_MS / 2)
  expect(users.auth.session(id)).toBeUndefined()
})

test('a session nobody uses ends after twelve hours, though a page only looks at it', async () => {
  const users = await openUsers()
  const id = await admin(users)
  users.pass(IDLE_MS - 60_000)
  expect(users.auth.session(id, false)).toBeDefined()
  users.pass(60_000)
  expect(users.auth.session(id)).toBeUndefined()
})

test('a new password ends all sessions of its user', async () => {
  const users = await openUsers()
  const id = await admin(users)
  await users.auth.users.resetPassword('admin', 'cli')
  expect(users.auth.session(id)).toBeUndefined()
  await users.restart()
  expect(users.auth.session(id)).toBeUndefined()
})

test('the last administrator can neither go nor step down, also when two try at once', async () => {
  const { auth } = await openUsers()
  await auth.users.add({ name: 'wang', roles: ['admin'] }, 'admin')
  const both = await Promise.all([auth.users.remove('admin', 'wang'), auth.users.remove('wang', 'admin')])
  expect(both.map((result) => result.ok).sort()).toEqual([false, true])
  expect(await auth.users.setRoles(auth.users.list()[0]!.name, ['viewer'], 'cli')).toMatchObject({
    ok: false,
    code: 'HW_AUTH_LAST_ADMIN',
  })
})

test.each(['Zhang', 'a b', '', 'gateway', 'api-token', '-x', 'x'.repeat(65)])('"%s" is no user name', async (name) => {
  const { auth } = await openUsers()
  expect(await auth.users.add({ name, roles: ['viewer'] }, 'admin')).toMatchObject({ code: 'HW_AUTH_USER_INVALID' })
})

test('failed logins are forgotten after five minutes', async () => {
  const users = await openUsers()
  for (let i = 0; i < 5; i++) await users.auth.login('admin', 'wrong', HOME)
  const right = () => users.auth.login('admin', users.first[0]!.password, HOME)
  expect(await right()).toMatchObject({ ok: false, code: 'HW_AUTH_LIMITED', retryAfterS: 300 })
  users.pass(5 * 60_000)
  expect(await right()).toMatchObject({ ok: true })
})

/** Five entries, the first of them the making of the administrator. */
async function withEntries(): Promise<Users> {
  const users = await openUsers()
  const facts = [1, 2, 3, 4].map((n) => ({ actor: 'zhang', action: 'order.accept', subject: `W${n}`, detail: { n } }))
  await Promise.all(facts.map((fact) => users.auth.audit.append(fact)))
  return users
}

test('the audit log is one chain over a restart', async () => {
  const users = await withEntries()
  await users.restart()
  await users.auth.audit.append({ actor: 'li', action: 'order.finish', subject: 'W1' })
  const entries = await users.auth.audit.list({ limit: 10 })
  expect(entries.map(({ seq }) => seq)).toEqual([6, 5, 4, 3, 2, 1])
  expect(await users.auth.audit.verify()).toEqual({ intact: true, entries: 6, head: entries[0]!.hash })
})

test.each([
  ['an entry is changed', "UPDATE audit SET actor = 'li' WHERE seq = 3", 3],
  ['an entry is taken out', 'DELETE FROM audit WHERE seq = 3', 3],
  ['the last entry is cut off', 'DELETE FROM audit WHERE seq = 5', 5],
  [
    'an entry is changed together with its hash',
    "UPDATE audit SET actor = 'li', hash = 'f' || substr(hash, 2) WHERE seq = 3",
    3,
  ],
  ['two entries change places', 'UPDATE audit SET seq = CASE seq WHEN 2 THEN -3 ELSE -2 END WHERE seq IN (2, 3)', 2],
  ['everything is thrown away but the entries', 'DELETE FROM audit_head', 1],
])('the audit log notices when %s', async (_what, sql, brokenAt) => {
  const users = await withEntries()
  await users.store.commit([{ sql, rows: [[]] }])
  expect(await users.auth.audit.verify()).toMatchObject({ intact: false, brokenAt })
})

test('without its head the log goes on, so that people can still sign in', async () => {
  const users = await withEntries()
  await users.store.commit([{ sql: 'DELETE FROM audit_head', rows: [[]] }])
  await users.restart()
  await users.auth.audit.append({ actor: 'li', action: 'order.finish', subject: 'W1' })
  expect(await users.auth.audit.list({ limit: 1 })).toMatchObject([{ seq: 6, subject: 'W1' }])
})

test('an entry and what it audits are on disk together or not at all', async () => {
  const users = await openUsers()
  const before = await users.auth.audit.list({ limit: 10 })
  const fact = { actor: 'zhang', action: 'order.accept', subject: 'W1' }
  const broken = { sql: 'INSERT INTO nowhere VALUES (1)', rows: [[]] }
  await expect(users.auth.audit.append(fact, [broken])).rejects.toMatchObject({ code: 'HW_STORE_REJECTED' })
  expect(await users.auth.audit.list({ limit: 10 })).toEqual(before)
  await users.auth.audit.append(fact)
  expect(await users.auth.audit.verify()).toMatchObject({ intact: true, entries: before.length + 1 })
})
