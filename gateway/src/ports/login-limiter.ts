/** How often a login may fail within `windowMs`: for one user from one address, and for one address altogether. */
export interface LoginLimits {
  readonly perUser: number
  readonly perAddress: number
  readonly windowMs: number
}

/** Addresses and users remembered; at the end the one whose failures began first is forgotten. */
const MAX_REMEMBERED = 10_000

/** Slows down guessing: after too many failures further logins are refused unseen until the window is over. */
export function createLoginLimiter({ perUser, perAddress, windowMs }: LoginLimits) {
  const failures = new Map<string, { count: number; since: number }>()

  const countOf = (key: string, now: number) => {
    const entry = failures.get(key)
    return entry && now - entry.since < windowMs ? entry.count : 0
  }
  const add = (key: string, now: number) => {
    const count = countOf(key, now)
    if (count > 0) {
      failures.set(key, { count: count + 1, since: failures.get(key)?.since ?? now })
      return
    }
    failures.delete(key)
    if (failures.size >= MAX_REMEMBERED) failures.delete(failures.keys().next().value ?? '')
    failures.set(key, { count: 1, since: now })
  }

  return {
    /** `now` is monotonic. */
    blocked: (address: string, user: string, now: number) =>
      countOf(address, now) >= perAddress || countOf(`${address} ${user}`, now) >= perUser,
    failed(address: string, user: string, now: number): void {
      add(address, now)
      add(`${address} ${user}`, now)
    },
    succeeded(address: string, user: string): void {
      failures.delete(`${address} ${user}`)
    },
  }
}
