import type { ActResult, Refusal } from '../domain/act-result.ts'
import type { Role } from '../domain/role.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import { createLoginLimiter, type LoginLimits } from '../ports/login-limiter.ts'
import type { Store } from '../store/store.ts'
import { type Audit, createAudit } from './audit.ts'
import { oneTimePassword } from './one-time-password.ts'
import { createPasswordCheck, weakness } from './password-check.ts'
import { ABSOLUTE_MS, createSessions } from './sessions.ts'
import { createUsers, type Users } from './users.ts'

export type { Audit } from './audit.ts'

/** Failed logins: 5 of one user from one address and 100 of one address, each in five minutes. */
const LOGIN_LIMITS: LoginLimits = { perUser: 5, perAddress: 100, windowMs: 5 * 60_000 }
const RETRY_AFTER_S = LOGIN_LIMITS.windowMs / 1000

export interface AuthParts {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  /** Cryptographically random: node:crypto’s randomBytes. */
  readonly randomBytes: (count: number) => Uint8Array
  /** Told the one-time password of `admin` when the hall has no users yet; show it to a person, never log it. Without it no user is made. */
  readonly onFirstStart?: (first: { readonly user: string; readonly password: string }) => void
}

/** Somebody who is signed in. */
export interface SignedIn {
  readonly user: string
  readonly roles: readonly Role[]
  readonly mustChange: boolean
}

export interface NewSession extends SignedIn {
  /** For the cookie, and nowhere else. */
  readonly id: string
  readonly maxAgeS: number
}

export interface Auth {
  /** Refused with HW_AUTH_WRONG, HW_AUTH_LIMITED or HW_AUTH_BUSY. A session is always a new one: an id from outside is never taken over. */
  login(user: string, password: string, address: string): Promise<ActResult<NewSession> & { retryAfterS?: number }>
  /** Undefined when it has ended. `use` false: only looked at, so that an open page alone does not keep it alive. */
  session(id: string, use?: boolean): SignedIn | undefined
  logout(id: string): Promise<void>
  /** Ends all sessions of the user and answers with a new one. */
  changePassword(user: string, current: string, next: string, address: string): ReturnType<Auth['login']>
  readonly users: Pick<Users, 'list' | 'add' | 'resetPassword' | 'setRoles' | 'remove'>
  readonly audit: Audit
  stats(): AuthStats
  /** Waits for what is being written. */
  close(): Promise<void>
}

export interface AuthStats {
  readonly users: number
  readonly sessions: number
  readonly logins: number
  readonly failedLogins: number
  readonly limitedLogins: number
  readonly auditEntries: number
  readonly auditWaiting: number
}

/** Users, sessions and the audit log of a hall, on the store. */
export async function createAuth(parts: AuthParts): Promise<Auth> {
  const { store, clock, log, randomBytes, onFirstStart } = parts
  const audit = await createAudit({ store, clock })
  const passwords = await createPasswordCheck()
  const sessions = await createSessions({ store, clock, randomBytes })
  const users = await createUsers({ store, clock, audit, passwords, randomBytes, endSessions: sessions.endAll })
  const limiter = createLoginLimiter(LOGIN_LIMITS)
  const total = { logins: 0, failedLogins: 0, limitedLogins: 0 }
  const underWay = new Set<Promise<unknown>>()

  if (users.list().length === 0 && onFirstStart) await makeFirstAdmin()

  /** Shown before it is stored: after a power cut in between there is a new one, never an administrator nobody can be. */
  async function makeFirstAdmin(): Promise<void> {
    const password = oneTimePassword(randomBytes)
    onFirstStart?.({ user: 'admin', password })
    await users.addWithPassword({ name: 'admin', roles: ['admin'] }, password, 'gateway')
    log.info({ user: 'admin' }, 'the hall has no users yet: admin was made, with a one-time password')
  }

  async function check(user: string, password: string, address: string): Promise<Refusal | undefined> {
    if (limiter.blocked(address, user, clock.monotonicMs())) {
      total.limitedLogins += 1
      return refusal('HW_AUTH_LIMITED', 'Too many failed logins. Try again later.')
    }
    // Counted before the answer is known, so that guesses sent side by side do not slip through.
    limiter.failed(address, user, clock.monotonicMs())
    const verdict = await passwords.verify(users.hashOf(user), password)
    if (verdict === 'busy') return refusal('HW_AUTH_BUSY', 'Too many logins wait for their turn.')
    if (verdict === 'right') {
      limiter.succeeded(address, user)
      return undefined
    }
    total.failedLogins += 1
    if (limiter.blocked(address, user, clock.monotonicMs()))
      log.warn({ code: 'HW_AUTH_LIMITED', user: user.slice(0, 64), address }, 'too many failed logins')
    return refusal('HW_AUTH_WRONG', 'The user name or the password is wrong.')
  }

  /** `hash` is that of the password that was given. */
  async function openSession(user: string, address: string, hash: string | undefined): Promise<ActResult<NewSession>> {
    const opened = sessions.open(user, address)
    await audit.append({ actor: user, action: 'login', subject: user, detail: { address } }, opened.writes)
    opened.done()
    const known = users.get(user)
    if (!known || users.hashOf(user) !== hash) {
      // Removed, or given another password, while this was written: then nobody may stay in with the old one.
      await end(user, opened.id)
      return refusal('HW_AUTH_WRONG', 'The user name or the password is wrong.')
    }
    total.logins += 1
    const { roles, mustChange } = known
    return { ok: true, value: { id: opened.id, user, roles, mustChange, maxAgeS: ABSOLUTE_MS / 1000 } }
  }

  async function end(user: string, id: string): Promise<void> {
    const ended = sessions.end(id)
    // Over at once for everybody, even where the disk refuses.
    ended.done()
    await audit.append({ actor: user, action: 'logout', subject: user }, ended.writes)
  }

  const withRetry = (refused: Refusal) =>
    refused.code === 'HW_AUTH_LIMITED' ? { ...refused, retryAfterS: RETRY_AFTER_S } : refused

  function tracked<T>(work: Promise<T>): Promise<T> {
    const entry = work.catch(() => {}).finally(() => underWay.delete(entry))
    underWay.add(entry)
    return work
  }

  return {
    login: (user, password, address) =>
      tracked(
        (async () => {
          const hash = users.hashOf(user)
          const refused = await check(user, password, address)
          return refused ? withRetry(refused) : openSession(user, address, hash)
        })(),
      ),
    session(id, use = true) {
      const name = sessions.userOf(id, use)
      const user = name === undefined ? undefined : users.get(name)
      return user && { user: user.name, roles: user.roles, mustChange: user.mustChange }
    },
    async logout(id) {
      const user = sessions.userOf(id)
      if (user !== undefined) await tracked(end(user, id))
    },
    changePassword: (user, current, next, address) =>
      tracked(
        (async () => {
          const weak = weakness(user, next) ?? (next === current ? 'The new password is the old one.' : undefined)
          if (weak !== undefined) return refusal('HW_AUTH_PASSWORD_WEAK', weak)
          const refused = await check(user, current, address)
          if (refused) return withRetry(refused)
          await users.setPassword(user, next)
          return openSession(user, address, users.hashOf(user))
        })(),
      ),
    users: {
      list: users.list,
      add: (user, by) => tracked(users.add(user, by)),
      resetPassword: (name, by) => tracked(users.resetPassword(name, by)),
      setRoles: (name, roles, by) => tracked(users.setRoles(name, roles, by)),
      remove: (name, by) => tracked(users.remove(name, by)),
    },
    audit: { ...audit, append: (fact, writes) => tracked(audit.append(fact, writes)) },
    stats: () => ({ users: users.list().length, sessions: sessions.count(), ...total, ...audit.stats() }),
    async close() {
      while (underWay.size > 0) await Promise.all(underWay)
    },
  }
}

const refusal = (code: Refusal['code'], message: string): Refusal => ({ ok: false, code, message })
