import { computed, shallowRef } from 'vue'
import { allows, type Permission, type Role } from '../../../../gateway/src/domain/role.ts'
import { ApiFailure, get, post, type Shape, whenSignedOut } from '../api/client.ts'
import { startLive } from '../live/hall.ts'
import { kept } from './kept.ts'

export type { Permission, Role }
export type Me = Shape<'Me'>

/**
 * Who uses this page. `reader`: nobody signed in, but this gateway lets its own machine read. `unreachable`: cannot be asked;
 * the name of the last person stays so that a phone in a dead spot goes on working.
 */
export type Visitor =
  | { readonly is: 'asking' }
  | { readonly is: 'signed-in'; readonly me: Me }
  | { readonly is: 'reader' }
  | { readonly is: 'nobody' }
  | { readonly is: 'unreachable'; readonly me: Me | undefined }

const visitor = shallowRef<Visitor>({ is: 'asking' })
let asked: Promise<void> | undefined

async function ask(): Promise<void> {
  try {
    become(await get('/api/v1/me'))
  } catch (error) {
    if (!(error instanceof ApiFailure) || error.status !== 401) visitor.value = { is: 'unreachable', me: remembered() }
    else visitor.value = { is: (await mayRead()) ? 'reader' : 'nobody' }
  }
}

const mayRead = () =>
  get('/api/v1/overview').then(
    () => true,
    () => false,
  )

function become(me: Me): void {
  visitor.value = { is: 'signed-in', me }
  kept.set('user', JSON.stringify({ user: me.user, name: me.name, roles: me.roles }))
}

function remembered(): Me | undefined {
  const text = kept.get('user')
  return text === null ? undefined : { via: 'session', mustChange: false, ...JSON.parse(text) }
}

whenSignedOut(() => {
  if (visitor.value.is === 'signed-in') visitor.value = { is: 'nobody' }
})

export const session = {
  visitor: computed(() => visitor.value),
  /** The person, also while the gateway cannot be reached. */
  me: computed(() => ('me' in visitor.value ? visitor.value.me : undefined)),
  /** Resolves when it is known who uses this page. */
  known: (): Promise<void> => {
    asked ??= ask()
    return asked
  },
  /** Asks again: after the link came back. */
  async refresh(): Promise<void> {
    asked = ask()
    await asked
  },
  /** Throws ApiFailure. */
  async signIn(user: string, password: string): Promise<Me> {
    const me = await post('/api/v1/login', { body: { user, password } })
    become(me)
    startLive()
    return me
  },
  /** Throws ApiFailure. */
  async changePassword(current: string, next: string): Promise<void> {
    become(await post('/api/v1/me/password', { body: { current, next } }))
  },
  async signOut(): Promise<void> {
    await post('/api/v1/logout', { body: {} })
    kept.set('user', null)
    visitor.value = { is: 'nobody' }
    await session.refresh()
  },
  /** What to hide or grey; the gateway decides for itself. */
  may: (permission: Permission): boolean => {
    const me = session.me.value
    return me !== undefined && allows(me.roles, permission)
  },
}
