import type { LiveEvent } from './hall-mirror.ts'

/** The gateway sends one every 5 s; two missed and the link counts as lost. */
const SILENCE_MS = 11_000
const FIRST_RETRY_MS = 1_000
const LONGEST_RETRY_MS = 30_000

/** What comes from the gateway besides the readings. */
export interface StepEvent {
  readonly type: 'alarm' | 'order' | 'command'
  readonly [field: string]: unknown
}

export type LinkState = 'connecting' | 'live' | 'lost'

export const isStep = (message: LinkMessage): message is StepEvent =>
  message.type === 'alarm' || message.type === 'order' || message.type === 'command'

/** What a page hears. */
export type LinkMessage =
  | LiveEvent
  | StepEvent
  | { readonly type: 'link'; readonly state: LinkState; readonly retryAt: number | null }

/** One open event stream; an EventSource fits. */
export interface Source {
  listen(event: string, take: (text: string) => void): void
  onError(failed: () => void): void
  close(): void
}

export interface LinkParts {
  open(): Source
  tell(message: LinkMessage): void
  /** Milliseconds of any clock that only grows. */
  now(): number
  after(ms: number, run: () => void): () => void
  /** 0 ≤ x < 1 */
  random(): number
}

/** Full back-off: 1, 2, 4 … 30 s, each with up to half of it taken away, so that a hall's screens do not all come at once. */
export const retryDelayMs = (attempt: number, random: number): number =>
  Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** attempt) * (1 - random / 2)

const LIVE_EVENTS = ['snapshot', 'delta', 'heartbeat', 'resnapshot'] as const
const STEP_EVENTS = ['alarm', 'order', 'command'] as const

export interface LiveLink {
  /** Connects at once and takes a new snapshot: the network is back, the page woke up, or somebody signed in. */
  renew(): void
  close(): void
}

/** Keeps one stream open: notices silence, comes back with growing pauses, and tells in which state it is. */
export function createLiveLink({ open, tell, now, after, random }: LinkParts): LiveLink {
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
    tell({ type: 'link', state: 'lost', retryAt: now() + delay })
    cancelRetry = after(delay, connect)
  }
  const watch = () => {
    cancelWatch()
    cancelWatch = after(SILENCE_MS, lose)
  }
  const connect = () => {
    cancelRetry()
    source?.close()
    const mine = open()
    source = mine
    watch()
    const whileMine = (take: (text: string) => void) => (text: string) => {
      if (source === mine) take(text)
    }
    for (const name of LIVE_EVENTS)
      mine.listen(
        name,
        whileMine((text) => {
          watch()
          const event = JSON.parse(text) as LiveEvent
          if (event.type === 'snapshot') {
            attempt = 0
            tell({ type: 'link', state: 'live', retryAt: null })
          }
          tell(event)
          // The gateway has nothing more to say on this one.
          if (event.type === 'resnapshot') lose()
        }),
      )
    for (const name of STEP_EVENTS)
      mine.listen(
        name,
        whileMine((text) => tell(JSON.parse(text) as StepEvent)),
      )
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
