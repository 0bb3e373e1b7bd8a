import { onScopeDispose } from 'vue'

/** What a presenter remote and the keyboard of a tablet can do during a run. */
export interface RemoteKeys {
  next(): void
  back(): void
  start(): void
  pause(): void
  dark(): void
  allOff(): void
}

/** Esc pauses; held for so long it switches everything off. */
const HOLD_MS = 1_000

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))

export function useRemoteKeys(keys: RemoteKeys): void {
  let holding: ReturnType<typeof setTimeout> | undefined
  const acts: Readonly<Record<string, () => void>> = {
    PageDown: keys.next,
    ArrowRight: keys.next,
    PageUp: keys.back,
    ArrowLeft: keys.back,
    F5: keys.start,
    '.': keys.dark,
    b: keys.dark,
    B: keys.dark,
  }
  const down = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) return
    if (event.key === 'Escape') {
      event.preventDefault()
      if (event.repeat || holding) return
      holding = setTimeout(() => {
        holding = undefined
        keys.allOff()
      }, HOLD_MS)
      return
    }
    const act = acts[event.key]
    if (!act || isTyping(event.target)) return
    event.preventDefault()
    // A key that stays down on a remote in a pocket is one step, not twenty.
    if (!event.repeat) act()
  }
  const up = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || !holding) return
    clearTimeout(holding)
    holding = undefined
    keys.pause()
  }
  document.addEventListener('keydown', down)
  document.addEventListener('keyup', up)
  onScopeDispose(() => {
    clearTimeout(holding)
    document.removeEventListener('keydown', down)
    document.removeEventListener('keyup', up)
  })
}
