import { createHash } from 'node:crypto'
import type { Clock } from '../ports/clock.ts'
import type { Store, Write } from '../store/store.ts'

/** A session ends when nobody used it for so long … */
export const IDLE_MS = 12 * 60 * 60 * 1000
/** … and in any case after a week: then the password is asked for again. */
export const ABSOLUTE_MS = 7 * 24 * 60 * 60 * 1000
/** Devices one person is signed in on; one more ends the session that was idle longest. */
const MAX_PER_USER = 20
/** How much of the idle time a crash may give back. */
const SAVE_EVERY_MS = 5 * 60 * 1000

export interface Sessions {
  /** Writes for a new session of `user`, and its id once they are on disk: 256 random bits, told only to the browser. */
  open(user: string, address: string): { readonly id: string; readonly writes: readonly Write[]; done(): void }
  /** Whose session it is, if it has not ended; counts as use unless `use` is false. */
  userOf(id: string, use?: boolean): string | undefined
  end(id: string): { readonly writes: readonly Write[]; done(): void }
  endAll(user: string): { readonly writes: readonly Write[]; done(): void }
  count(): number
}

interface SessionState {
  readonly user: string
  readonly createdAt: number
  seenAt: number
  savedAt: number
}

interface SessionRow {
  readonly digest: string
  readonly user: string
  readonly created_at: number
  readonly seen_at: number
}

const DELETE = 'DELETE FROM session WHERE digest = ?'

/** Sessions in memory, kept on disk under the digest of their id. */
export async function createSessions(parts: {
  store: Store
  clock: Clock
  randomBytes: (count: number) => Uint8Array
}): Promise<Sessions> {
  const { store, clock, randomBytes } = parts
  const sessions = new Map<string, SessionState>()
  for (const row of await store.read<SessionRow>('SELECT digest, user, created_at, seen_at FROM session')) {
    const { digest, user, created_at: createdAt, seen_at: seenAt } = row
    sessions.set(digest, { user, createdAt, seenAt, savedAt: seenAt })
  }

  const isOver = ({ createdAt, seenAt }: SessionState, now: number) =>
    now - seenAt >= IDLE_MS || now - createdAt >= ABSOLUTE_MS

  function ending(digests: readonly string[]) {
    return {
      writes: digests.length === 0 ? [] : [{ sql: DELETE, rows: digests.map((digest) => [digest]) }],
      done: () => {
        for (const digest of digests) sessions.delete(digest)
      },
    }
  }

  /** What has to go so that one more of this user fits. */
  function leftovers(user: string, now: number): string[] {
    const over = [...sessions].filter(([, state]) => isOver(state, now)).map(([digest]) => digest)
    const own = [...sessions]
      .filter(([digest, state]) => state.user === user && !over.includes(digest))
      .sort(([, a], [, b]) => b.seenAt - a.seenAt)
    return [...over, ...own.slice(MAX_PER_USER - 1).map(([digest]) => digest)]
  }

  return {
    open(user, address) {
      const id = Buffer.from(randomBytes(32)).toString('base64url')
      const digest = digestOf(id)
      const now = Math.floor(clock.wallMs())
      const old = ending(leftovers(user, now))
      const insert = 'INSERT INTO session (digest, user, created_at, seen_at, address) VALUES (?, ?, ?, ?, ?)'
      return {
        id,
        writes: [...old.writes, { sql: insert, rows: [[digest, user, now, now, address]] }],
        done() {
          old.done()
          sessions.set(digest, { user, createdAt: now, seenAt: now, savedAt: now })
        },
      }
    },
    userOf(id, use = true) {
      const digest = digestOf(id)
      const state = sessions.get(digest)
      const now = Math.floor(clock.wallMs())
      if (!state || isOver(state, now)) return undefined
      if (!use) return state.user
      state.seenAt = Math.max(state.seenAt, now)
      if (now - state.savedAt >= SAVE_EVERY_MS) {
        state.savedAt = now
        const write = { sql: 'UPDATE session SET seen_at = ? WHERE digest = ?', rows: [[now, digest]] }
        // Lost, it only makes the session end earlier after a restart; the store reports its own trouble.
        store.commit([write]).catch(() => {})
      }
      return state.user
    },
    end(id) {
      const digest = digestOf(id)
      return ending(sessions.has(digest) ? [digest] : [])
    },
    endAll: (user) => ending([...sessions].filter(([, state]) => state.user === user).map(([digest]) => digest)),
    count: () => sessions.size,
  }
}

const digestOf = (id: string): string => createHash('sha256').update(id).digest('base64url')
