import type { DEMONSTRATIONS } from '../../../gateway/src/domain/quantities/demonstrations.ts'

/** One demonstration that ended, as the gateway tells it. */
interface Demonstration {
  readonly device: string
  readonly stream: 'demo_run'
  /** Since the beginning of the days, ms. */
  readonly at: number
  readonly values: Readonly<Partial<Record<keyof typeof DEMONSTRATIONS, string | number>>>
}

const ROUND = ['where-from', 'boil-off', 'standby-hunt', 'hundred-km', 'shift-it', 'lamps'] as const
/** What is computed from prices has nothing of a device. */
const COMPUTED: readonly string[] = ['shift-it']
const FIRST_MS = 9.5 * 3_600_000
const APART_MS = 75 * 60_000
const DAY_MS = 86_400_000

/** A round of demonstrations on every day: most are played to their end, some are stopped, one has a replayed part. */
function dayOf(day: number): Demonstration[] {
  return ROUND.map((device, i) => {
    const number = day * ROUND.length + i
    const isStopped = number % 5 === 3
    const mark = COMPUTED.includes(device) ? 'simulated' : number % 7 === 4 ? 'replay' : 'live'
    return {
      device,
      stream: 'demo_run',
      at: day * DAY_MS + FIRST_MS + i * APART_MS,
      values: {
        runState: isStopped ? 'aborted' : 'done',
        runMark: mark,
        runDuration: 150 + 17 * number,
        ...(mark !== 'simulated' && device !== 'where-from' && { runEnergy: Math.round(50 + 31 * number) / 10_000 }),
        guessesTaken: number % 11,
        ...(isStopped && { stopReason: 'HW_DEMO_READING_LOST' }),
        // Some guides count their audience afterwards.
        ...(number % 3 === 0 && { runAudience: 5 + (number % 9) }),
      },
    }
  })
}

/** Those that end in the step after `since`, ms from the beginning of the days. */
export const demonstrationsUntil = (since: number, stepMs: number): Demonstration[] =>
  dayOf(Math.floor(since / DAY_MS)).filter(({ at }) => at >= since && at < since + stepMs)
