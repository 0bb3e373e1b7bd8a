import { z } from 'zod'

/** A device that says nothing for so long has no self-test. */
export const ANSWER_WITHIN_MS = 60_000
const MAX_ANSWER_BYTES = 4096
const MAX_TEXT = 200

const answerSchema = z.object({ id: z.string(), ok: z.boolean(), text: z.string().optional() })

/** `since`: when the proof began that the test belongs to, Unix ms; a proof has at most one test. */
export interface SelfTest {
  readonly order: string
  readonly device: string
  readonly since: number
}

/**
 * Which devices were asked to test themselves, and what they said. Pure; `now` is monotonic. Nothing is stored: a proof begins
 * anew after a restart, and so does its test.
 */
export interface SelfTests {
  start(test: SelfTest, now: number): void
  /** Whether this proof has asked already. */
  asked(device: string, since: number): boolean
  /** `{"id": order, "ok": true, "text": …}`; anything else, a late answer or one to another order changes nothing. */
  answer(device: string, payload: Buffer, now: number): void
  /** Undefined: not asked, or it has none to run. */
  state(device: string, since: number): 'running' | 'passed' | 'failed' | undefined
  /** What the device said about the result of its newest test. */
  text(device: string): string | undefined
  /** Tests whose time ran out since the last call; each is told once. */
  unanswered(now: number): SelfTest[]
}

interface Run extends SelfTest {
  readonly startedAt: number
  state: 'running' | 'passed' | 'failed' | undefined
  text?: string | undefined
}

export function createSelfTests(): SelfTests {
  /** The newest of each device: a device has one open order. */
  const runs = new Map<string, Run>()
  const runOf = (device: string, since: number) => {
    const run = runs.get(device)
    return run?.since === since ? run : undefined
  }
  const isLate = (run: Run, now: number) => now - run.startedAt >= ANSWER_WITHIN_MS

  return {
    start(test, now) {
      runs.set(test.device, { ...test, startedAt: now, state: 'running' })
    },
    asked: (device, since) => runOf(device, since) !== undefined,
    answer(device, payload, now) {
      const run = runs.get(device)
      if (run?.state !== 'running' || isLate(run, now)) return
      const answer = readAnswer(payload)
      if (answer?.id !== run.order) return
      run.state = answer.ok ? 'passed' : 'failed'
      run.text = answer.text?.trim().slice(0, MAX_TEXT) || undefined
    },
    state: (device, since) => runOf(device, since)?.state,
    text: (device) => runs.get(device)?.text,
    unanswered(now) {
      const late = [...runs.values()].filter((run) => run.state === 'running' && isLate(run, now))
      for (const run of late) run.state = undefined
      return late.map(({ order, device, since }) => ({ order, device, since }))
    },
  }
}

function readAnswer(payload: Buffer) {
  if (payload.length > MAX_ANSWER_BYTES) return undefined
  try {
    return answerSchema.safeParse(JSON.parse(payload.toString())).data
  } catch {
    return undefined // no JSON
  }
}
