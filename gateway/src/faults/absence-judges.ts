import type { FaultRule } from '../profiles/fault-rule-schema.ts'
import type { Judge, Seen, Verdict } from './judge.ts'

type AbsenceRule = Extract<FaultRule, { type: 'absence' }>

/** A device that speaks every second is not missed after three: a busy line, a restart of its program. */
const SHORTEST_SILENCE_MS = 10_000
/** However unsteady a device is, after this many periods it is silent. */
const MOST_PERIODS = 10

/**
 * A device nobody hears. Said to be offline (its Will, a poll that failed): at once, the rule's on-delay takes the short
 * blips. Otherwise after `periods` of the fastest rhythm it has, or later when it has shown to be less steady than that.
 * Its absence is evidence by itself, so this never says `unknown`.
 * @param periodsMs of all its quantities
 */
export function deviceAbsenceJudge(rule: AbsenceRule, periodsMs: readonly number[]): Judge {
  const period = Math.min(...periodsMs.filter(Number.isFinite))
  const silentAfter = (seen: Seen): number => {
    if (!Number.isFinite(period)) return rule.afterS * 1000
    const declared = Math.max(SHORTEST_SILENCE_MS, rule.periods * period)
    const usual = seen.meanGapMs + 4 * seen.gapDeviationMs
    return Math.max(declared, Math.min(usual, MOST_PERIODS * period))
  }
  return {
    judge(seen): Verdict {
      const { presence } = seen
      if (presence === 'offline') return 'present'
      const isSilent = seen.t - seen.heardT >= silentAfter(seen)
      if (presence === 'online') return isSilent && Number.isFinite(period) ? 'present' : 'absent'
      // unknown: whoever would know is gone (a broken line), or it has only been silent, or was never heard yet
      const linkGone = seen.everHeard && seen.presenceReason !== undefined && seen.presenceReason !== 'timeout'
      return linkGone || isSilent ? 'present' : 'hold'
    },
  }
}

/** One quantity that stopped coming while its device goes on. */
export function quantityAbsenceJudge(rule: AbsenceRule, quantity: string, periodMs: number | undefined): Judge {
  const silentAfterMs =
    periodMs !== undefined && Number.isFinite(periodMs)
      ? Math.max(SHORTEST_SILENCE_MS, rule.periods * periodMs)
      : rule.afterS * 1000
  let heardT: number | undefined
  return {
    judge(seen): Verdict {
      const reading = seen.readings.get(quantity)
      if (heardT === undefined || (seen.fresh && reading?.quality === 'good')) heardT = seen.t
      if (seen.presence !== 'online') {
        // The device itself is missed: its quantities are judged again when it is back.
        heardT = seen.t
        return 'unknown'
      }
      if (seen.t - heardT >= silentAfterMs) return 'present'
      return reading?.quality === 'good' ? 'absent' : 'hold'
    },
  }
}
