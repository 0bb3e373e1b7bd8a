import { createEventLink, type EventLink, type LinkWorld, retryDelayMs } from './event-link.ts'
import type { LiveEvent } from './hall-mirror.ts'

/** Told one by one; of what happened while the link was away nothing is told. */
export const STEP_EVENTS = ['alarm', 'order', 'command', 'demo'] as const

/** What comes from the gateway besides the readings. */
export interface StepEvent {
  readonly type: (typeof STEP_EVENTS)[number]
  readonly [field: string]: unknown
}

export type LinkState = 'connecting' | 'live' | 'lost'

export const isStep = (message: LinkMessage): message is StepEvent =>
  (STEP_EVENTS as readonly string[]).includes(message.type)

/** What a page hears. */
export type LinkMessage =
  | LiveEvent
  | StepEvent
  | { readonly type: 'link'; readonly state: LinkState; readonly retryAt: number | null }

export { retryDelayMs }

export interface LinkParts extends LinkWorld {
  tell(message: LinkMessage): void
}

const LIVE_EVENTS = ['snapshot', 'delta', 'heartbeat', 'resnapshot'] as const
const isLive = (name: string): boolean => (LIVE_EVENTS as readonly string[]).includes(name)

/** The stream of the hall: a snapshot, then what changed. */
export function createLiveLink({ tell, ...world }: LinkParts): EventLink {
  return createEventLink({
    ...world,
    beats: LIVE_EVENTS,
    others: STEP_EVENTS,
    lost: (retryAt) => tell({ type: 'link', state: 'lost', retryAt }),
    take(name, text) {
      if (!isLive(name)) {
        tell(JSON.parse(text) as StepEvent)
        return undefined
      }
      const event = JSON.parse(text) as LiveEvent
      if (event.type === 'snapshot') tell({ type: 'link', state: 'live', retryAt: null })
      tell(event)
      return event.type === 'snapshot' ? 'ready' : event.type === 'resnapshot' ? 'over' : undefined
    },
  })
}
