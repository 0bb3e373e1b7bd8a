import type { ResolvedDevice } from '../config/resolved-hall.ts'
import type { Value } from '../domain/frame.ts'
import { quantityOf } from '../domain/quantity.ts'
import type { ProfileCommand } from '../profiles/command-schema.ts'
import type { CommandFailureCode, CommandState } from './command.ts'

/** One reading that has to show something. */
interface Check {
  readonly quantity: string
  readonly withinMs: number
  /** Of a quantity that was never heard: from when on silence means that the device cannot measure it. */
  readonly silentAfterMs?: number
  /** For a message. */
  readonly wanted: string
  shows(value: Value): boolean
}

/** What shows that a command took effect: a reading or the device's own answer, and where the profile says so a second reading. */
export interface Proof {
  readonly confirm: Check | { readonly answerWithinMs: number }
  readonly effect?: Check
}

/** How a command ended. */
export interface Outcome {
  readonly state: Extract<CommandState, 'confirmed' | 'failed' | 'timed-out'>
  readonly code?: CommandFailureCode
  readonly message?: string
}

/** What the device itself said. */
export interface Answer {
  readonly ok: boolean
  readonly text?: string | undefined
}

/** no: it said that it has no such value. unknown: it has said nothing yet. */
export type Measures = 'yes' | 'no' | 'unknown'

/** A device that is asked answers within this. */
const SILENT_AFTER_MS = 1500

/** @param measures whether the device has shown a quantity: a plug without a meter cannot show that its load is off */
export function proofOf(
  { leastLoadW }: Pick<ResolvedDevice, 'leastLoadW'>,
  { quantity = '', value: fixed, confirm, effect }: ProfileCommand,
  value: Value | undefined,
  measures: (quantity: string) => Measures,
): Proof {
  const second = effect && effectCheck(effect, leastLoadW, measures)
  return {
    confirm: confirm.answer
      ? { answerWithinMs: confirm.withinS * 1000 }
      : confirmCheck(confirm, quantity, confirm.value ?? value ?? fixed),
    ...(second && { effect: second }),
  }
}

function confirmCheck(confirm: ProfileCommand['confirm'], ofCommand: string, value: Value | undefined): Check {
  const { quantity = ofCommand, below, atMost, tolerance = 0, withinS } = confirm
  const base = { quantity, withinMs: withinS * 1000 }
  if (below !== undefined)
    return { ...base, wanted: `< ${below}`, shows: (shown) => typeof shown === 'number' && shown < below }
  if (atMost && typeof value === 'number')
    return {
      ...base,
      wanted: `≤ ${value}`,
      shows: (shown) => typeof shown === 'number' && shown <= value + tolerance + 1e-9,
    }
  return {
    ...base,
    wanted: String(value),
    shows: (shown) =>
      shown === value ||
      // A hair beyond the tolerance: 16.1 − 16 is not 0.1 in binary.
      (typeof shown === 'number' && typeof value === 'number' && Math.abs(shown - value) <= tolerance + 1e-9),
  }
}

function effectCheck(
  { quantity, below, load, withinS }: NonNullable<ProfileCommand['effect']>,
  leastLoadW: number | undefined,
  measures: (quantity: string) => Measures,
): Check | undefined {
  const base = { quantity, withinMs: withinS * 1000 }
  if (load)
    return leastLoadW === undefined
      ? undefined
      : { ...base, wanted: `≥ ${leastLoadW}`, shows: (shown) => typeof shown === 'number' && shown >= leastLoadW }
  const known = measures(quantity)
  if (below === undefined || known === 'no') return undefined
  return {
    ...base,
    ...(known === 'unknown' && { silentAfterMs: SILENT_AFTER_MS }),
    wanted: `< ${below}`,
    shows: (shown) => typeof shown === 'number' && shown < below,
  }
}

/** Monotonic ms after the write until which it may take. */
export const longestMs = ({ confirm, effect }: Proof): number =>
  'answerWithinMs' in confirm ? confirm.answerWithinMs : Math.max(confirm.withinMs, effect?.withinMs ?? 0)

/** Quantities whose next reading can settle it. */
export const quantitiesOf = ({ confirm, effect }: Proof): string[] => [
  ...('answerWithinMs' in confirm ? [] : [confirm.quantity]),
  ...(effect ? [effect.quantity] : []),
]

/**
 * What is known `elapsedMs` after the write; undefined while it is open.
 * @param seen the newest of each quantity that was read after the write
 */
export function verdict(
  { confirm, effect }: Proof,
  seen: ReadonlyMap<string, Value>,
  answer: Answer | undefined,
  elapsedMs: number,
): Outcome | undefined {
  if ('answerWithinMs' in confirm) {
    if (answer)
      return answer.ok
        ? CONFIRMED
        : failed('HW_COMMAND_NOT_CONFIRMED', answer.text ?? '设备报告失败 · The device says it failed.')
    return elapsedMs < confirm.answerWithinMs ? undefined : NO_ANSWER
  }
  const first = judge(confirm, seen, elapsedMs, 'HW_COMMAND_NOT_CONFIRMED')
  if (first !== 'shown') return first
  if (!effect) return CONFIRMED
  const second = judge(effect, seen, elapsedMs, 'HW_COMMAND_NO_EFFECT')
  return second === 'shown' ? CONFIRMED : second
}

function judge(
  { quantity, withinMs, silentAfterMs, wanted, shows }: Check,
  seen: ReadonlyMap<string, Value>,
  elapsedMs: number,
  code: 'HW_COMMAND_NOT_CONFIRMED' | 'HW_COMMAND_NO_EFFECT',
): Outcome | 'shown' | undefined {
  const value = seen.get(quantity)
  if (value !== undefined && shows(value)) return 'shown'
  if (value === undefined && silentAfterMs !== undefined && elapsedMs >= silentAfterMs) return 'shown'
  if (elapsedMs < withinMs) return undefined
  const { zh, en, unit } = quantityOf(quantity) ?? { zh: quantity, en: quantity, unit: '' }
  const seconds = withinMs / 1000
  if (value === undefined)
    return {
      state: 'timed-out',
      code: 'HW_COMMAND_NO_READING',
      message: `${seconds} 秒内没有${zh}读数 · No reading of ${en} within ${seconds} s.`,
    }
  const shown = `${value} ${unit}`.trimEnd()
  return failed(code, `${zh}应为 ${wanted}，实为 ${shown} · ${en} should be ${wanted} and is ${shown}.`)
}

const CONFIRMED: Outcome = { state: 'confirmed' }
const NO_ANSWER: Outcome = {
  state: 'timed-out',
  code: 'HW_COMMAND_NO_READING',
  message: '设备没有回应 · The device did not answer.',
}
const failed = (code: CommandFailureCode, message: string): Outcome => ({ state: 'failed', code, message })
