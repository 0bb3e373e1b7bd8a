import { createHash, randomBytes, randomInt } from 'node:crypto'
import type { Attraction, DemoRuns } from '../demo-runs/demo-run.ts'
import type { ActResult } from '../domain/act-result.ts'
import type { Clock } from '../ports/clock.ts'
import { createPairing } from './pairing.ts'
import { forThePublic, runToShow, type ScreenView } from './screen-view.ts'

export type { ScreenView } from './screen-view.ts'

/** What is kept on disk: which secrets belong to which screen, as digests. */
export interface PairedScreen {
  readonly screen: string
  readonly digest: string
  readonly by: string
  readonly at: number
}

/** A hall has a handful; beyond it the one that was paired longest ago goes. */
const MAX_PAIRED = 50
/** A screen is told at most this often. */
const TELL_EVERY_MS = 500
/** The attract loop is told this often. */
const ATTRACT_EVERY_MS = 2_000

export interface BigScreensParts {
  readonly hall: () => { readonly id: string; readonly name: string }
  /** Screens of the hall file. */
  readonly screens: () => readonly { readonly id: string; readonly name: string }[]
  readonly isOpen: (at: number) => boolean
  readonly demos: Pick<DemoRuns, 'runs' | 'attract' | 'onChange'>
  readonly paired: { load(): Promise<readonly PairedScreen[]>; save(value: readonly PairedScreen[]): Promise<void> }
  readonly clock: Clock
}

export interface ScreenState {
  readonly id: string
  readonly name: string
  readonly connected: number
  readonly dark: boolean
  /** Scenario that it shows; absent in the attract loop. */
  readonly shows?: string
}

/** Screens for the public: paired by six digits, read only, and never with a word about what went wrong. */
export interface BigScreens {
  list(): readonly ScreenState[]
  isKnown(screen: string): boolean
  /** A new secret for the screen to keep, when it has none yet, and the code to show. */
  offer(screen: string, secret: string | undefined): { secret: string; code: string; until: number }
  pair(code: string, by: string): Promise<ActResult<{ screen: string }>>
  isPaired(screen: string, secret: string | undefined): boolean
  setDark(screen: string, dark: boolean): void
  view(screen: string): ScreenView
  /** Tells the screen now and whenever something changes, at most twice a second. Returns the way to stop. */
  follow(screen: string, tell: (view: ScreenView) => void): () => void
  stats(): { readonly screensConnected: number; readonly screensPaired: number }
  close(): void
}

export async function openBigScreens(parts: BigScreensParts): Promise<BigScreens> {
  const { hall, demos, clock } = parts
  const pairing = createPairing(randomInt)
  let paired = await parts.paired.load()
  const dark = new Set<string>()
  const followers = new Map<string, Set<(view: ScreenView) => void>>()
  const due = new Set<string>()
  const stop = new AbortController()
  let attraction: { at: number; value: Attraction } | undefined

  /** All screens show the same loop: computed once for all of them. */
  function attract(): Attraction {
    const now = clock.monotonicMs()
    if (!attraction || now - attraction.at >= ATTRACT_EVERY_MS) attraction = { at: now, value: demos.attract() }
    return attraction.value
  }

  function view(screen: string): ScreenView {
    const now = clock.wallMs()
    const run = runToShow(demos.runs(), screen, now)
    const { id, name } = hall()
    return {
      ...{ name: screen, hall: { id, name }, at: now, dark: dark.has(screen) },
      run: run ? forThePublic(run) : null,
      attract: { ...attract(), dim: !parts.isOpen(now) },
    }
  }

  function tell(screen: string): void {
    const listeners = followers.get(screen)
    if (!listeners || listeners.size === 0) return
    const now = view(screen)
    for (const listener of listeners) listener(now)
  }

  const stopListening = demos.onChange(({ screen }) => {
    if (followers.has(screen)) due.add(screen)
  })

  async function rounds(): Promise<void> {
    let sinceAttract = 0
    while (!stop.signal.aborted) {
      await clock.sleep(TELL_EVERY_MS, stop.signal).catch(() => {}) // ended by close
      sinceAttract += TELL_EVERY_MS
      if (sinceAttract >= ATTRACT_EVERY_MS) {
        sinceAttract = 0
        for (const screen of followers.keys()) due.add(screen)
      }
      for (const screen of due) tell(screen)
      due.clear()
    }
  }
  void rounds()

  return {
    list: () =>
      parts.screens().map(({ id, name }) => {
        const run = runToShow(demos.runs(), id, clock.wallMs())
        return {
          ...{ id, name, connected: followers.get(id)?.size ?? 0, dark: dark.has(id) },
          ...(run && { shows: run.scenario }),
        }
      }),
    isKnown: (screen) => parts.screens().some(({ id }) => id === screen),
    offer(screen, kept) {
      const secret = kept ?? randomBytes(32).toString('base64url')
      return { secret, ...pairing.offer(screen, digestOf(secret), clock.wallMs()) }
    },
    async pair(code, by) {
      const at = clock.wallMs()
      const found = pairing.take(code, at)
      if (!found)
        return {
          ok: false,
          code: 'HW_SCREEN_CODE_UNKNOWN',
          message: `没有屏幕显示 ${code}，请看屏幕上的六位数字 · No screen shows ${code}.`,
        }
      const others = paired.filter(({ digest }) => digest !== found.digest)
      const next = [...others, { ...found, by, at }].slice(-MAX_PAIRED)
      await parts.paired.save(next)
      paired = next
      return { ok: true, value: { screen: found.screen } }
    },
    isPaired: (screen, secret) =>
      secret !== undefined && paired.some((each) => each.screen === screen && each.digest === digestOf(secret)),
    setDark(screen, isDark) {
      if (isDark) dark.add(screen)
      else dark.delete(screen)
      tell(screen)
    },
    view,
    follow(screen, listener) {
      const listeners = followers.get(screen) ?? new Set()
      followers.set(screen, listeners.add(listener))
      listener(view(screen))
      return () => {
        listeners.delete(listener)
        if (listeners.size === 0) followers.delete(screen)
      }
    },
    stats: () => ({
      screensConnected: [...followers.values()].reduce((sum, { size }) => sum + size, 0),
      screensPaired: paired.length,
    }),
    close() {
      stop.abort()
      stopListening()
    },
  }
}

/** Compared as digests of a long random secret: what is on disk lets nobody in. */
const digestOf = (secret: string): string => createHash('sha256').update(secret).digest('hex')
