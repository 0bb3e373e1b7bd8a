import type { FaultRule } from '../profiles/fault-rule-schema.ts'
import { createHabit } from './hour-of-week.ts'
import { goodNumber, goodSum, type Judge, type Verdict } from './judge.ts'

const BUCKETS = 12
/** An hour with fewer attempts says nothing about what is usual. */
const ATTEMPTS_TO_LEARN = 5
/** Back below this part of the limit it counts as good again. */
const GOOD_AGAIN = 0.8
const HOUR_MS = 3_600_000

/** Growth of a counter since the last look; a fall is a restart at 0. */
const growth = (value: number, last: number | undefined): number =>
  last === undefined ? 0 : value >= last ? value - last : value

/**
 * A share of failures against what is usual at this hour of the week. Nothing is learnt while it is raised. Once raised, only
 * the latest attempts count (half of `minCount`), so a repaired reader does not have to wait for its old failures to age.
 */
export function shareJudge(rule: Extract<FaultRule, { type: 'share' }>, quantity: string, learnt: unknown): Judge {
  const habit = createHabit(learnt)
  const bucketMs = (rule.windowS * 1000) / BUCKETS
  const buckets: { from: number; bad: number; all: number }[] = []
  let lastBad: number | undefined
  let lastAll: number | undefined
  let hour = -1
  let hourBad = 0
  let hourAll = 0
  let wasHeld = false
  const latest = Math.max(3, rule.minCount / 2)
  const total = (of: 'bad' | 'all') => buckets.reduce((sum, bucket) => sum + bucket[of], 0)
  return {
    learnt: () => habit.learnt(),
    judge(seen): Verdict {
      const bad = goodNumber(seen.readings, quantity)
      const all = goodSum(seen.readings, rule.of)
      if (bad === undefined || all === undefined) return 'unknown'
      const moreBad = growth(bad, lastBad)
      const moreAll = growth(all, lastAll)
      lastBad = bad
      lastAll = all
      if (seen.held && !wasHeld) buckets.length = 0
      wasHeld = seen.held
      if (seen.hour !== hour) {
        if (hour >= 0 && hourAll >= ATTEMPTS_TO_LEARN && !seen.held) habit.learn(hour, Math.min(1, hourBad / hourAll))
        hour = seen.hour
        hourBad = 0
        hourAll = 0
      }
      hourBad += moreBad
      hourAll += moreAll
      const newest = buckets.at(-1)
      const apart = seen.held && moreAll > 0
      if (newest === undefined || apart || seen.t - newest.from >= bucketMs)
        buckets.push({ from: seen.t, bad: 0, all: 0 })
      const bucket = buckets.at(-1)!
      bucket.bad += moreBad
      bucket.all += moreAll
      while (seen.t - buckets[0]!.from > rule.windowS * 1000) buckets.shift()
      if (seen.held) while (total('all') - buckets[0]!.all >= latest) buckets.shift()

      const usual = habit.usual(hour, 3, 24)
      const limit =
        usual === undefined ? rule.always : Math.min(rule.always, Math.max(rule.atLeast, rule.factor * usual))
      const attempts = total('all')
      const share = attempts === 0 ? 0 : total('bad') / attempts
      if (seen.held) return attempts >= latest && share < limit * GOOD_AGAIN ? 'absent' : 'hold'
      return attempts >= rule.minCount && share >= limit ? 'present' : 'absent'
    },
  }
}

/** Hours looked ahead: what lasts longer than a week needs no date. */
const LOOK_AHEAD = 7 * 24
const RECKON_EVERY_MS = 60_000
/** An hour of which less was seen is not learnt. */
const ENOUGH_OF_AN_HOUR_MS = 1_800_000

/** When paper, numbers or room in a box are over, at the pace usual for the hours ahead. */
export function forecastJudge(
  rule: Extract<FaultRule, { type: 'forecast' }>,
  quantity: string,
  learnt: unknown,
): Judge {
  const habit = createHabit(learnt)
  let last: number | undefined
  let lastT = 0
  let hour = -1
  let hourUse = 0
  let hourSeenMs = 0
  /** Since the start: the pace of a terminal nobody knows yet. */
  let use = 0
  let seenMs = 0
  let reckonedT = Number.NEGATIVE_INFINITY
  let said: Verdict = 'hold'

  function watch(left: number, t: number, hourNow: number): void {
    const elapsed = last === undefined ? 0 : t - lastT
    const step = last === undefined ? 0 : last - left
    lastT = t
    if (Math.abs(step) > rule.largestUse) reckonedT = Number.NEGATIVE_INFINITY
    last = left
    if (hourNow !== hour) {
      if (hour >= 0 && hourSeenMs >= ENOUGH_OF_AN_HOUR_MS) habit.learn(hour, (hourUse * HOUR_MS) / hourSeenMs)
      hour = hourNow
      hourUse = 0
      hourSeenMs = 0
    }
    const used = step > 0 && step <= rule.largestUse ? step : 0
    hourUse += used
    hourSeenMs += elapsed
    use += used
    seenMs += elapsed
  }

  /** Unix ms at which nothing is left; Infinity when that is beyond the look-ahead, undefined when no pace is known. */
  function emptyAt(left: number, now: number, hourNow: number): number | undefined {
    const here = seenMs >= ENOUGH_OF_AN_HOUR_MS ? (use * HOUR_MS) / seenMs : undefined
    let rest = left
    let at = now
    for (let i = 0; i < LOOK_AHEAD; i++) {
      const perHour = habit.usual((hourNow + i) % 168, 2, 6) ?? here
      if (perHour === undefined) return undefined
      const until = Math.floor(at / HOUR_MS) * HOUR_MS + HOUR_MS
      const used = (perHour * (until - at)) / HOUR_MS
      if (used >= rest) return perHour > 0 ? at + (rest / perHour) * HOUR_MS : at
      rest -= used
      at = until
    }
    return Number.POSITIVE_INFINITY
  }

  const judge: Judge = {
    learnt: () => habit.learnt(),
    judge(seen): Verdict {
      const value = goodNumber(seen.readings, quantity)
      if (value === undefined) {
        last = undefined
        return 'unknown'
      }
      const left = Math.abs(rule.toward - value)
      watch(left, seen.t, seen.hour)
      if (seen.t - reckonedT < RECKON_EVERY_MS) return said
      reckonedT = seen.t
      // Nothing left is another fault; without a pace nothing is foretold.
      const at = left === 0 ? undefined : emptyAt(left, seen.now, seen.hour)
      judge.expectedAt = at !== undefined && Number.isFinite(at) ? Math.round(at) : undefined
      const inTime = rule.withinS * 1000 * (seen.held ? 1.25 : 1)
      said = at !== undefined && at - seen.now <= inTime ? 'present' : 'absent'
      return said
    },
  }
  return judge
}
