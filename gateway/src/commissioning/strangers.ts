/** A client of the broker that the hall does not know, or that says what it may not. */
export interface Stranger {
  readonly user: string | undefined
  readonly clientId: string
  readonly address: string
  readonly why: 'login-refused' | 'may-not-publish'
  readonly reason: string
  /** It wanted to publish there; of a refused login its Will topic. */
  readonly topic: string | undefined
}

export interface SeenStranger extends Omit<Stranger, 'topic'> {
  readonly firstAt: number
  readonly lastAt: number
  readonly count: number
  readonly topics: readonly string[]
}

const MAX_STRANGERS = 50
const MAX_TOPICS = 20
const LONGEST_TEXT = 200

/** Who knocked lately. The one not heard of for longest is forgotten first. */
export function createStrangers() {
  const seen = new Map<string, SeenStranger>()
  return {
    take(stranger: Stranger, now: number): void {
      const { user, address, why } = stranger
      // Client ids are often made up anew for each try.
      const key = `${why} ${user ?? address}`.slice(0, LONGEST_TEXT)
      const known = seen.get(key)
      const topic = stranger.topic === undefined ? [] : [short(stranger.topic)]
      const before = known?.topics ?? []
      const topics = topic.some((one) => before.includes(one)) ? before : [...before, ...topic].slice(-MAX_TOPICS)
      seen.delete(key)
      seen.set(key, {
        user: user === undefined ? undefined : short(user),
        clientId: short(stranger.clientId),
        address,
        why,
        reason: short(stranger.reason),
        firstAt: known?.firstAt ?? now,
        lastAt: now,
        count: (known?.count ?? 0) + 1,
        topics,
      })
      if (seen.size > MAX_STRANGERS) for (const oldest of seen.keys()) if (seen.delete(oldest)) break
    },
    /** Latest first. */
    list: (): SeenStranger[] => [...seen.values()].reverse(),
    stats: () => ({ strangers: seen.size }),
  }
}

export type Strangers = ReturnType<typeof createStrangers>

const short = (text: string): string => text.slice(0, LONGEST_TEXT)
