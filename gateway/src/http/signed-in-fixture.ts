import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { type Auth, createAuth } from '../auth/auth.ts'
import { authTables } from '../auth/auth-tables.ts'
import type { Role } from '../domain/role.ts'
import { signTap, type Tap, verifyTap } from '../notify/tap-links.ts'
import { silentLog } from '../ports/log.ts'
import { systemClock } from '../ports/system-clock.ts'
import { openStore } from '../store/sqlite-store.ts'
import type { Store } from '../store/store.ts'
import { type SmallChain, smallChain } from './chain-fixture.ts'
import type { HttpParts } from './http.ts'
import { type HttpHall, httpHall } from './http-fixture.ts'
import type { FlowsView, TapViews } from './views.ts'

export interface RepairHall extends HttpHall {
  readonly auth: Auth
  readonly store: Store
  readonly chain: SmallChain
  post(path: string, body: object, init?: RequestInit): Promise<Response>
  /** Signs in a new user who has changed the one-time password; the value of the Cookie header. */
  signIn(name: string, roles: readonly Role[]): Promise<string>
  tapLink(tap: Partial<Tap> & { readonly order: string }): string
}

const PASSWORD = 'correct horse 电池'

/** A hall with a kiosk, real users on a real store, a small repair chain, and its API on a free port. */
export async function repairHall({
  flows,
  ...parts
}: Partial<Omit<HttpParts, 'views'>> & { readonly flows?: FlowsView } = {}): Promise<RepairHall> {
  const directory = await mkdtemp(join(tmpdir(), 'hallwatt-auth-'))
  onTestFinished(() => rm(directory, { recursive: true, force: true }))
  const store = await openStore({ directory, clock: systemClock, log: silentLog, tables: authTables })
  onTestFinished(() => store.close())
  const auth = await createAuth({ store, clock: systemClock, log: silentLog, randomBytes })
  onTestFinished(() => auth.close())
  const chain = smallChain()
  const key = randomBytes(32)
  const taps: TapViews = {
    verify: (token) => verifyTap(token, key, Date.now()),
    sign: (tap) => signTap({ ...tap, expiresAt: Date.now() + 60_000 }, key),
  }
  const hall = await httpHall({
    ...parts,
    views: { auth, repair: chain, taps, ...(flows && { flows }) },
  })
  hall.add({ id: 'kiosk-01', name: '1号缴费机', kind: 'kiosk' })
  const post = (path: string, body: object, { headers, ...init }: RequestInit = {}) =>
    hall.get(path, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', ...headers },
      ...init,
    })
  return {
    ...hall,
    auth,
    store,
    chain,
    post,
    async signIn(name, roles) {
      const added = await auth.users.add({ name, roles }, 'test')
      if (!added.ok) throw new Error(added.message)
      const session = await auth.changePassword(name, added.value.password, PASSWORD, '127.0.0.1')
      if (!session.ok) throw new Error(session.message)
      return `hallwatt_session=${session.value.id}`
    },
    tapLink: (tap) => `/t/${signTap({ act: 'accept', person: 'zhang', expiresAt: Date.now() + 60_000, ...tap }, key)}`,
  }
}
