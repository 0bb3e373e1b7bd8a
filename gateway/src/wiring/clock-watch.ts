import type { AboutAnswer } from '../http/setup-views.ts'
import type { HealthCheck } from '../http/views.ts'
import type { Clock } from '../ports/clock.ts'

/** A clock that moves by more than this against the time that passed was set, not slow. */
const JUMP_MS = 60_000
const REMEMBER_JUMP_MS = 3_600_000
/** Nothing of this program is older: a machine without a battery for its clock starts in 1970. */
const FIRST_POSSIBLE_MS = Date.UTC(2026, 0, 1)

/**
 * Whether the wall clock can be right, as far as one machine alone can tell: it jumped against the time that passed, or shows a
 * time before something that has happened already. A constant error shows only beside another clock.
 */
export function createClockWatch(clock: Clock) {
  let latestWallMs = clock.wallMs()
  let offsetMs = latestWallMs - clock.monotonicMs()
  let jump: { readonly at: number; readonly byMs: number; readonly atMonotonicMs: number } | undefined

  const recentJump = () => (jump && clock.monotonicMs() - jump.atMonotonicMs < REMEMBER_JUMP_MS ? jump : undefined)

  function state(): AboutAnswer['clock']['state'] {
    const now = clock.wallMs()
    const setBack = recentJump() !== undefined && now < latestWallMs - JUMP_MS
    if (now < FIRST_POSSIBLE_MS || setBack) return 'wrong'
    return recentJump() ? 'jumped' : 'plausible'
  }

  return {
    /** About once a second. */
    tick(): void {
      const [wall, monotonic] = [clock.wallMs(), clock.monotonicMs()]
      const byMs = wall - monotonic - offsetMs
      if (Math.abs(byMs) > JUMP_MS) {
        jump = { at: wall, byMs: Math.round(byMs), atMonotonicMs: monotonic }
        offsetMs = wall - monotonic
      }
      // An hour after a clock was set back it is taken at its word.
      if (!recentJump()) latestWallMs = wall
      else latestWallMs = Math.max(latestWallMs, wall)
    },
    about(timeZone: string): AboutAnswer['clock'] {
      const now = state()
      const lastJump = jump ? { at: jump.at, byMs: jump.byMs } : null
      return { state: now, at: clock.wallMs(), timeZone, lastJump, text: TEXTS[now] }
    },
    health(): HealthCheck {
      if (state() !== 'wrong') return { name: 'clock', ok: true }
      return { name: 'clock', ok: false, code: 'HW_CLOCK_WRONG', message: TEXTS.wrong.en }
    },
  }
}

export type ClockWatch = ReturnType<typeof createClockWatch>

const TEXTS = {
  plausible: { zh: '时钟看起来正常', en: 'The clock can be right.' },
  jumped: { zh: '时钟一小时内被调整过', en: 'The clock was set within the last hour.' },
  wrong: {
    zh: '时钟早于已发生的事，请校时',
    en: 'The clock shows a time before something that has happened already.',
  },
} as const
