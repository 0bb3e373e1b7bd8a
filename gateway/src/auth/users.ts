import type { ActResult, Refusal } from '../domain/act-result.ts'
import { ROLES, type Role } from '../domain/role.ts'
import type { Clock } from '../ports/clock.ts'
import type { Store, Write } from '../store/store.ts'
import type { Audit, AuditFact } from './audit.ts'
import { oneTimePassword } from './one-time-password.ts'
import type { PasswordCheck } from './password-check.ts'

export interface User {
  readonly name: string
  readonly roles: readonly Role[]
  /** The password is a one-time password. */
  readonly mustChange: boolean
  readonly createdAt: number
}

export interface Users {
  list(): readonly User[]
  get(name: string): User | undefined
  hashOf(name: string): string | undefined
  /** For the first administrator, whose password was shown before it is stored. */
  addWithPassword(
    user: { name: string; roles: readonly Role[] },
    password: string,
    by: string,
  ): Promise<ActResult<{ password: string }>>
  /** Both answer with a one-time password, told once. */
  add(user: { name: string; roles: readonly Role[] }, by: string): Promise<ActResult<{ password: string }>>
  resetPassword(name: string, by: string): Promise<ActResult<{ password: string }>>
  setPassword(name: string, password: string): Promise<void>
  setRoles(name: string, roles: readonly Role[], by: string): Promise<ActResult<User>>
  remove(name: string, by: string): Promise<ActResult<User>>
}

interface UserRow {
  readonly name: string
  readonly hash: string
  readonly roles: string
  readonly must_change: number
  readonly created_at: number
}

const MAX_USERS = 200
/** As in `repair.people`: a person of the duty roster is the user of the same name. */
const NAME = /^[a-z0-9]+(-[a-z0-9]+)*$/
/** These act, too, and nobody may pass for them. */
const RESERVED: readonly string[] = ['gateway', 'api-token', 'qr', 'cli']
const PUT = 'INSERT OR REPLACE INTO user (name, hash, roles, must_change, created_at) VALUES (?, ?, ?, ?, ?)'

export interface UsersParts {
  readonly store: Store
  readonly clock: Clock
  readonly audit: Audit
  readonly passwords: PasswordCheck
  readonly randomBytes: (count: number) => Uint8Array
  /** Somebody’s password was set anew, or they are gone: writes that end their sessions, and what to do once those are on disk. */
  readonly endSessions: (user: string) => { readonly writes: readonly Write[]; readonly done: () => void }
}

/** All users, in memory; each change is on disk with its audit entry before it holds. */
export async function createUsers(parts: UsersParts): Promise<Users> {
  const { store, clock, audit, passwords, randomBytes } = parts
  const users = new Map<string, User & { readonly hash: string }>()
  for (const row of await store.read<UserRow>('SELECT * FROM user ORDER BY name')) {
    const held = (JSON.parse(row.roles) as string[]).filter((role): role is Role => role in ROLES)
    const { name, hash, must_change, created_at } = row
    users.set(name, { name, hash, roles: held, mustChange: must_change === 1, createdAt: created_at })
  }

  /** One change at a time: two administrators must not remove each other at once. */
  let queue: Promise<unknown> = Promise.resolve()
  function alone<T>(change: () => Promise<T>): Promise<T> {
    const done = queue.then(change)
    queue = done.catch(() => {})
    return done
  }

  async function put(user: User & { readonly hash: string }, fact: AuditFact, ends: boolean): Promise<void> {
    const ending = ends ? parts.endSessions(user.name) : undefined
    const { name, hash, roles, mustChange, createdAt } = user
    const row = [name, hash, JSON.stringify(roles), mustChange ? 1 : 0, createdAt]
    await audit.append(fact, [{ sql: PUT, rows: [row] }, ...(ending?.writes ?? [])])
    users.set(name, user)
    ending?.done()
  }

  const isLastAdmin = (name: string) =>
    users.get(name)?.roles.includes('admin') === true &&
    ![...users.values()].some((user) => user.name !== name && user.roles.includes('admin'))

  const add: Users['addWithPassword'] = ({ name, roles }, password, by) =>
    alone(async () => {
      if (!NAME.test(name) || name.length > 64 || RESERVED.includes(name))
        return refusal('HW_AUTH_USER_INVALID', `"${name}" cannot be a user name.`)
      if (roles.length === 0) return refusal('HW_AUTH_USER_INVALID', 'A user needs at least one role.')
      if (users.has(name)) return refusal('HW_AUTH_USER_EXISTS', `There is a user "${name}" already.`)
      if (users.size >= MAX_USERS) return refusal('HW_AUTH_USER_INVALID', `There are ${MAX_USERS} users already.`)
      const hash = await passwords.hash(password)
      const user = { name, hash, roles: [...new Set(roles)], mustChange: true, createdAt: clock.wallMs() }
      await put(user, { actor: by, action: 'user.add', subject: name, detail: { roles: user.roles } }, false)
      return { ok: true, value: { password } }
    })

  return {
    list: () => [...users.values()].map(shown).sort((a, b) => a.name.localeCompare(b.name)),
    get: (name) => shownOrNot(users.get(name)),
    hashOf: (name) => users.get(name)?.hash,
    addWithPassword: add,
    add: (user, by) => add(user, oneTimePassword(randomBytes), by),
    resetPassword: (name, by) =>
      alone(async () => {
        const user = users.get(name)
        if (!user) return unknown(name)
        const password = oneTimePassword(randomBytes)
        const changed = { ...user, hash: await passwords.hash(password), mustChange: true }
        await put(changed, { actor: by, action: 'user.reset-password', subject: name }, true)
        return { ok: true, value: { password } }
      }),
    setPassword: (name, password) =>
      alone(async () => {
        const user = users.get(name)
        if (!user) return
        const changed = { ...user, hash: await passwords.hash(password), mustChange: false }
        await put(changed, { actor: name, action: 'user.change-password', subject: name }, true)
      }),
    setRoles: (name, roles, by) =>
      alone(async () => {
        const user = users.get(name)
        if (!user) return unknown(name)
        if (roles.length === 0) return refusal('HW_AUTH_USER_INVALID', 'A user needs at least one role.')
        if (isLastAdmin(name) && !roles.includes('admin')) return lastAdmin(name)
        const changed = { ...user, roles: [...new Set(roles)] }
        const detail = { from: user.roles, to: changed.roles }
        await put(changed, { actor: by, action: 'user.roles', subject: name, detail }, false)
        return { ok: true, value: shown(changed) }
      }),
    remove: (name, by) =>
      alone(async () => {
        const user = users.get(name)
        if (!user) return unknown(name)
        if (isLastAdmin(name)) return lastAdmin(name)
        const ending = parts.endSessions(name)
        await audit.append({ actor: by, action: 'user.remove', subject: name }, [
          { sql: 'DELETE FROM user WHERE name = ?', rows: [[name]] },
          ...ending.writes,
        ])
        users.delete(name)
        ending.done()
        return { ok: true, value: shown(user) }
      }),
  }
}

const refusal = (code: Refusal['code'], message: string): Refusal => ({ ok: false, code, message })
const unknown = (name: string) => refusal('HW_AUTH_USER_UNKNOWN', `There is no user "${name}".`)
const lastAdmin = (name: string) => refusal('HW_AUTH_LAST_ADMIN', `"${name}" is the last administrator.`)

const shown = ({ name, roles, mustChange, createdAt }: User): User => ({ name, roles, mustChange, createdAt })
const shownOrNot = (user: User | undefined) => user && shown(user)
