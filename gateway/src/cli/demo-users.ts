import { randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { createAuth } from '../auth/auth.ts'
import { authTables } from '../auth/auth-tables.ts'
import type { ResolvedHall } from '../config/resolved-hall.ts'
import type { Role } from '../domain/role.ts'
import { silentLog } from '../ports/log.ts'
import { systemClock } from '../ports/system-clock.ts'
import { openStore } from '../store/sqlite-store.ts'

/** People of the demo hall (gateway/halls/demo.yaml) who can sign in, and the administrator. */
export const DEMO_USERS = {
  zhang: ['technician'],
  wang: ['technician'],
  li: ['lead', 'operations'],
  guide: ['guide'],
  counter: ['viewer'],
  admin: ['admin'],
} as const satisfies Record<string, readonly Role[]>

/**
 * Lets everybody of the demo hall sign in with one password, made at the first start and kept in the demo's folder (readable by
 * this user only). The gateway must not run yet: the store has one owner.
 * @returns the password
 */
export async function demoUsers(hallFile: string, { hall }: ResolvedHall): Promise<string> {
  const folder = dirname(hallFile)
  const file = join(folder, 'demo-password')
  const known = await readFile(file, 'utf8').catch(() => undefined)
  if (known !== undefined) return known
  const password = `demo-${randomBytes(5).toString('hex')}`
  const store = await openStore({
    directory: resolve(folder, hall.store.path),
    clock: systemClock,
    log: silentLog,
    tables: authTables,
  })
  try {
    const auth = await createAuth({ store, clock: systemClock, log: silentLog, randomBytes })
    const present = new Set(auth.users.list().map(({ name }) => name))
    for (const [name, roles] of Object.entries(DEMO_USERS)) {
      const given = present.has(name)
        ? await auth.users.resetPassword(name, 'demo')
        : await auth.users.add({ name, roles }, 'demo')
      if (given.ok) await auth.changePassword(name, given.value.password, password, 'demo')
    }
    await auth.close()
  } finally {
    await store.close()
  }
  await writeFile(file, password, { mode: 0o600 })
  return password
}
