import { filterCovers, filterMeetsTopic } from './topic-filter.ts'

/** What one user may do. Topic filters; `#` does not cover topics that start with `$`. */
export interface ClientGrant {
  readonly user: string
  readonly publish: readonly string[]
  readonly subscribe: readonly string[]
}

/** Decisions remembered per table; at the end all are forgotten and made anew. */
const MAX_REMEMBERED = 20_000

/** Who may publish and read what. A table is made anew when the hall changes, so a remembered decision is never old. */
export function createGrantTable(grants: readonly ClientGrant[]) {
  const byUser = new Map<string, ClientGrant>()
  for (const grant of grants) {
    const known = byUser.get(grant.user)
    byUser.set(
      grant.user,
      known
        ? {
            user: grant.user,
            publish: [...known.publish, ...grant.publish],
            subscribe: [...known.subscribe, ...grant.subscribe],
          }
        : grant,
    )
  }
  const remembered = new Map<string, boolean>()

  function decide(key: string, filters: readonly string[] | undefined, topic: string): boolean {
    const known = remembered.get(key)
    if (known !== undefined) return known
    const allowed = filters?.some((filter) => filterMeetsTopic(filter, topic)) ?? false
    if (remembered.size >= MAX_REMEMBERED) remembered.clear()
    remembered.set(key, allowed)
    return allowed
  }

  return {
    has: (user: string) => byUser.has(user),
    mayPublish: (user: string, topic: string) => decide(`p ${user} ${topic}`, byUser.get(user)?.publish, topic),
    /** May a message on this topic be delivered to the user? */
    mayRead: (user: string, topic: string) => decide(`r ${user} ${topic}`, byUser.get(user)?.subscribe, topic),
    /** Is the whole filter within what is granted? A wider one is refused as a whole. */
    maySubscribe: (user: string, filter: string) =>
      byUser.get(user)?.subscribe.some((granted) => filterCovers(granted, filter)) ?? false,
  }
}

export type GrantTable = ReturnType<typeof createGrantTable>
