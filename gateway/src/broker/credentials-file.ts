import type { Clock } from '../ports/clock.ts'
import { type Credentials, createCredentials, readCredentials } from './credentials.ts'

/** The credentials file as the broker asks it; `reload` takes over what changed in the file. */
export async function openCredentialsFile(
  path: string,
  clock: Clock,
): Promise<Credentials & { reload(): Promise<void> }> {
  let current = createCredentials(await readCredentials(path), clock)
  return {
    has: (user) => current.has(user),
    verify: (user, password) => current.verify(user, password),
    async reload() {
      current = createCredentials(await readCredentials(path), clock)
    },
  }
}
