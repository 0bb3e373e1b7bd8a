/** A screen that shows its six digits and waits for somebody to enter them. */
interface Waiting {
  readonly screen: string
  readonly digest: string
  readonly until: number
}

const CODE_HOLDS_MS = 10 * 60_000
/** Codes at once; the oldest goes. With a million codes, guessing one of them takes a signed-in guide 50,000 tries. */
const MAX_WAITING = 20

/** Codes that are out. Time is an argument. */
export function createPairing(random: (below: number) => number) {
  const waiting = new Map<string, Waiting>()

  const forget = (now: number) => {
    for (const [code, { until }] of waiting) if (until <= now) waiting.delete(code)
  }

  return {
    /** @param digest  of the secret that only this screen holds. The same screen gets a new code each time. */
    offer(screen: string, digest: string, now: number): { code: string; until: number } {
      forget(now)
      for (const [code, other] of waiting) if (other.digest === digest) waiting.delete(code)
      const oldest = waiting.keys().next().value
      if (waiting.size >= MAX_WAITING && oldest !== undefined) waiting.delete(oldest)
      let code: string
      do code = String(random(1_000_000)).padStart(6, '0')
      while (waiting.has(code))
      const until = now + CODE_HOLDS_MS
      waiting.set(code, { screen, digest, until })
      return { code, until }
    },
    /** Which screen showed this code; each code works once. */
    take(code: string, now: number): { screen: string; digest: string } | undefined {
      forget(now)
      const found = waiting.get(code)
      waiting.delete(code)
      return found
    },
  }
}
