import { createEventLink, type EventLink, type LinkWorld, retryDelayMs } from '../../../live/event-link.ts'
import type { ScreenView } from '../screen-view.ts'

/** How the screen stands with the gateway. */
export type ScreenLinkState =
  | { readonly is: 'connecting' }
  /** Six digits to be entered at the tablet. */
  | { readonly is: 'pairing'; readonly code: string; readonly until: number }
  /** The hall has no screen of this name. */
  | { readonly is: 'unknown-name' }
  | { readonly is: 'live' }
  | { readonly is: 'lost'; readonly since: number }

/** Whether the gateway would open the stream, asked as a plain request. */
export type StreamAnswer = 'open' | 'not-paired' | 'unknown-name' | 'unreachable'

export interface ScreenLinkParts extends LinkWorld {
  /** An EventSource does not say why it failed; this does. */
  probe(): Promise<StreamAnswer>
  /** A new code; undefined when the gateway gave none. */
  askCode(): Promise<{ readonly code: string; readonly until: number } | undefined>
  /** Clock of the wall, Unix ms: a code ends by it. */
  wallMs(): number
  state(state: ScreenLinkState): void
  view(view: ScreenView): void
}

/** While the code is shown: how often the screen looks whether somebody has entered it. */
const LOOK_MS = 2_000

/**
 * Keeps a screen connected for months without anybody near it: pairs when it has to, and comes back alone. A stream that ends is
 * told apart from a screen that is no longer paired by asking once more as a plain request.
 */
export function createScreenLink(parts: ScreenLinkParts): EventLink {
  const { probe, askCode, wallMs, state, view, after, now, random } = parts
  let link: EventLink | undefined
  let closed = false
  let lostSince: number | undefined
  let attempt = 0
  let cancel = () => {}

  const stream = () => {
    cancel()
    link?.close()
    link = createEventLink({
      ...parts,
      beats: ['screen', 'heartbeat'],
      take(name, text) {
        if (name !== 'screen') return undefined
        lostSince = undefined
        attempt = 0
        state({ is: 'live' })
        view(JSON.parse(text) as ScreenView)
        return 'ready'
      },
      lost: lose,
    })
  }
  const lose = () => {
    link?.close()
    link = undefined
    lostSince ??= now()
    state({ is: 'lost', since: lostSince })
    look(false)
  }
  /** @param trusting  a stream that the gateway would open is opened at once; not when one has just broken */
  const look = (trusting: boolean) => {
    cancel()
    void probe().then((answer) => {
      if (closed) return
      if (answer === 'open') return trusting ? stream() : again(stream)
      if (answer === 'not-paired') return void pair()
      if (answer === 'unknown-name') state({ is: 'unknown-name' })
      again(() => look(true))
    })
  }
  /** After a while that grows: also when a stream opens and breaks at once, again and again. */
  const again = (next: () => void) => {
    const delay = retryDelayMs(attempt, random())
    attempt += 1
    cancel = after(delay, next)
  }
  const pair = async () => {
    const given = await askCode()
    if (closed) return
    if (!given) return again(() => look(true))
    attempt = 0
    lostSince = undefined
    state({ is: 'pairing', ...given })
    waitFor(given.until)
  }
  const waitFor = (until: number) => {
    cancel = after(LOOK_MS, () => {
      if (wallMs() >= until) return void pair()
      void probe().then((answer) => {
        if (closed) return
        if (answer === 'open') stream()
        else if (answer === 'unknown-name') look(true)
        else waitFor(until)
      })
    })
  }

  state({ is: 'connecting' })
  look(true)
  return {
    renew() {
      if (link || closed) return
      attempt = 0
      look(true)
    },
    close() {
      closed = true
      cancel()
      link?.close()
    },
  }
}
