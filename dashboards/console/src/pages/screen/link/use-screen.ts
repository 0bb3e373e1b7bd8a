import { onScopeDispose, ref, shallowRef } from 'vue'
import { browserParts, openStream } from '../../../live/event-source.ts'
import type { ScreenView } from '../screen-view.ts'
import { createScreenLink, type ScreenLinkState, type StreamAnswer } from './screen-link.ts'

/** The figures of a screen are painted anew at most this often; what else changes is shown at once. */
const REPAINT_MS = 450

/** What this screen is to show, and how it stands with the gateway, for as long as the page is open. */
export function useScreen(name: string) {
  const link = ref<ScreenLinkState>({ is: 'connecting' })
  const view = shallowRef<ScreenView>()
  const address = `/api/v1/screens/${encodeURIComponent(name)}`
  let painted = 0
  let late: ReturnType<typeof setTimeout> | undefined

  const paint = (next: ScreenView) => {
    clearTimeout(late)
    late = undefined
    painted = performance.now()
    view.value = next
  }
  const own = createScreenLink({
    ...browserParts,
    open: () => openStream(`${address}/stream`),
    probe: () => probe(address),
    askCode: () => askCode(`${address}/pairing`),
    wallMs: Date.now,
    state: (next) => {
      link.value = next
    },
    view(next) {
      const wait = painted + REPAINT_MS - performance.now()
      const before = view.value
      const isSame =
        before?.run?.id === next.run?.id &&
        before?.run?.state === next.run?.state &&
        before?.run?.panel?.id === next.run?.panel?.id
      if (wait <= 0 || !isSame || before?.dark !== next.dark) paint(next)
      else {
        clearTimeout(late)
        late = setTimeout(() => paint(next), wait)
      }
    },
  })
  const wake = () => {
    if (!document.hidden) own.renew()
  }
  addEventListener('online', wake)
  document.addEventListener('visibilitychange', wake)
  onScopeDispose(() => {
    own.close()
    clearTimeout(late)
    removeEventListener('online', wake)
    document.removeEventListener('visibilitychange', wake)
  })
  return { link, view }
}

/** A dead link answers nothing at all: it is waited for no longer than this. */
const PATIENCE_MS = 8_000

/** Whether the stream would open. Not asked of the stream itself: that would count as one more screen. */
async function probe(address: string): Promise<StreamAnswer> {
  try {
    const answer = await fetch(address, { cache: 'no-store', signal: AbortSignal.timeout(PATIENCE_MS) })
    if (answer.status === 404) return 'unknown-name'
    if (!answer.ok) return 'unreachable'
    const { paired } = (await answer.json()) as { paired?: unknown }
    return paired === true ? 'open' : 'not-paired'
  } catch {
    return 'unreachable'
  }
}

async function askCode(address: string): Promise<{ code: string; until: number } | undefined> {
  try {
    const answer = await fetch(address, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
      signal: AbortSignal.timeout(PATIENCE_MS),
    })
    if (!answer.ok) return undefined
    const { code, until } = (await answer.json()) as { code: unknown; until: unknown }
    return typeof code === 'string' && /^\d{6}$/.test(code) && typeof until === 'number' ? { code, until } : undefined
  } catch {
    return undefined
  }
}
