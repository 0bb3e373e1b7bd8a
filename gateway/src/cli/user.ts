import { randomBytes } from 'node:crypto'
import { dirname, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { type Auth, createAuth } from '../auth/auth.ts'
import { authTables } from '../auth/auth-tables.ts'
import { readSecret } from '../config/secrets.ts'
import type { ActResult } from '../domain/act-result.ts'
import { HallwattError } from '../domain/errors.ts'
import { ROLES, type Role } from '../domain/role.ts'
import { silentLog } from '../ports/log.ts'
import { systemClock } from '../ports/system-clock.ts'
import { openStore } from '../store/sqlite-store.ts'
import type { Command } from './cli.ts'
import { loadHall, openProfileLibrary } from './load-hall.ts'
import { type UserDesk, userDeskOverHttp } from './user-over-http.ts'

const USAGE = 'user list|add|password|roles|remove [<name>] [--role <role>]… --config <hall.yaml>'

/**
 * Users of a hall. The store has one owner: with the gateway stopped the command opens it; with the gateway running it asks
 * the gateway, for which it needs HALLWATT_HTTP_TOKEN.
 */
export const user: Command = {
  usage: USAGE,
  summary: 'Lists, adds and removes users, gives one-time passwords, sets roles.',
  async run(args) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { config: { type: 'string' }, role: { type: 'string', multiple: true, default: [] } },
    })
    const [what = '', name = ''] = positionals
    if (what === 'roles' && name === '') return listRoles()
    if (values.config === undefined || (what !== 'list' && name === ''))
      throw new HallwattError('HW_USAGE', `hallwatt ${USAGE}`)
    const roles = values.role.flatMap((part) => part.split(',')).map(roleOf)
    const desk = await openDesk(resolve(values.config))
    try {
      return await act(desk, what, name, roles)
    } finally {
      await desk.close()
    }
  },
}

async function act(desk: UserDesk, what: string, name: string, roles: readonly Role[]): Promise<number> {
  switch (what) {
    case 'list': {
      for (const one of await desk.list())
        say(`${one.name.padEnd(24)}${one.roles.join(',')}${one.mustChange ? '  (one-time password)' : ''}`)
      return 0
    }
    case 'add':
      say((await desk.add(name, roles)).password)
      return 0
    case 'password':
      say((await desk.resetPassword(name)).password)
      return 0
    case 'roles':
      await desk.setRoles(name, roles)
      return 0
    case 'remove':
      await desk.remove(name)
      return 0
    default:
      throw new HallwattError('HW_USAGE', `hallwatt ${USAGE}`)
  }
}

async function openDesk(file: string): Promise<UserDesk> {
  const { hall } = await loadHall(file, await openProfileLibrary())
  const directory = resolve(dirname(file), hall.store.path)
  try {
    const store = await openStore({ directory, clock: systemClock, log: silentLog, tables: authTables })
    try {
      const auth = await createAuth({ store, clock: systemClock, log: silentLog, randomBytes })
      return deskOf(auth, async () => {
        await auth.close()
        await store.close()
      })
    } catch (error) {
      await store.close()
      throw error
    }
  } catch (error) {
    if (!(error instanceof HallwattError) || error.code !== 'HW_STORE_LOCKED') throw error
    const token = readSecret(process.env, 'HALLWATT_HTTP_TOKEN')
    if (token === undefined)
      throw new HallwattError('HW_GATEWAY_RUNNING', 'The gateway runs, and HALLWATT_HTTP_TOKEN is not set here.')
    const { host, port } = hall.http
    const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
    return userDeskOverHttp(`http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`, token)
  }
}

const deskOf = ({ users }: Auth, close: () => Promise<void>): UserDesk => ({
  list: async () => users.list(),
  add: async (name, roles) => orThrow(await users.add({ name, roles }, 'cli')),
  resetPassword: async (name) => orThrow(await users.resetPassword(name, 'cli')),
  setRoles: async (name, roles) => void orThrow(await users.setRoles(name, roles, 'cli')),
  remove: async (name) => void orThrow(await users.remove(name, 'cli')),
  close,
})

function orThrow<T>(result: ActResult<T>): T {
  if (result.ok) return result.value
  throw new HallwattError(result.code, result.message)
}

function roleOf(text: string): Role {
  if (Object.hasOwn(ROLES, text)) return text as Role
  throw new HallwattError('HW_USAGE', `"${text}" is no role. Roles: ${Object.keys(ROLES).join(', ')}.`)
}

function listRoles(): number {
  for (const [id, { zh, en }] of Object.entries(ROLES)) say(`${id.padEnd(12)}${zh} ${en}`)
  return 0
}

const say = (line: string) => process.stdout.write(`${line}\n`)
