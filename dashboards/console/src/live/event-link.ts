/** The gateway sends one every 5 s; two missed and the link counts as lost. */
const SILENCE_MS = 11_000
const FIRST_RETRY_MS = 1_000
const LONGEST_RETRY_MS = 30_000

/** One open event stream; an EventSource fits. */
export interface Source {
  listen(event: string, take: (text: string) => void): void
  onError(failed: () => void): void
  close(): void
}

/** What a link stands on. */
export interface LinkWorld {
  open(): Source
  /** Milliseconds of any clock that only grows. */
  now(): number
  after(ms: number, run: () => void): () => void
  /** 0 ≤ x < 1 */
  random(): number
}

export interface EventLinkParts extends LinkWorld {
  /** Events that also show that the link is alive. */
  readonly beats: readonly string[]
  /** Events besides. */
  readonly others?: readonly string[]
  /**
   * One event. `ready` means that everything is known again, so that the next pause is a short one; `over` that the gateway has
   * nothing more to say on this stream.
   */
  take(event: string, text: string): 'ready' | 'over' | undefined
  lost(retryAt: number): void
}

/** Full back-off: 1, 2, 4 … 30 s, each with up to half of it taken away, so that a hall's screens do not all come at once. */
export const retryDelayMs = (attempt: number, random: number): number =>
  Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** attempt) * (1 - random / 2)

export interface EventLink {
  /** Connects at once: the network is back, the page woke up, or somebody signed in. */
  renew(): void
  close(): void
}

/** Keeps one stream open: notices silence, comes back with growing pauses, and tells in which state it is. */
export function createEventLink({
  open,
  now,
  after,
  random,
  beats,
  others = [],
  take,
  lost,
}: EventLinkParts): EventLink {
  let source: Source | undefined
  let attempt = 0
  let cancelRetry = () => {}
  let cancelWatch = () => {}

  const lose = () => {
    source?.close()
    source = undefined
    cancelWatch()
    cancelRetry()
    const delay = retryDelayMs(attempt, random())
    attempt += 1
    cancelRetry = after(delay, connect)
    // Told last: whoever hears it may close this link.
    lost(now() + delay)
  }
  const watch = () => {
    cancelWatch()
    cancelWatch = after(SILENCE_MS, lose)
  }
  const hear = (event: string, text: string) => {
    const said = take(event, text)
    if (said === 'ready') attempt = 0
    if (said === 'over') lose()
  }
  const connect = () => {
    cancelRetry()
    source?.close()
    const mine = open()
    source = mine
    watch()
    const listen = (name: string, isBeat: boolean) =>
      mine.listen(name, (text) => {
        if (source !== mine) return
        if (isBeat) watch()
        hear(name, text)
      })
    for (const name of beats) listen(name, true)
    for (const name of others) listen(name, false)
    mine.onError(() => {
      if (source === mine) lose()
    })
  }
  connect()
  return {
    renew() {
      attempt = 0
      connect()
    },
    close() {
      cancelRetry()
      cancelWatch()
      source?.close()
      source = undefined
    },
  }
}
