import type { FaultRule } from '../profiles/fault-rule-schema.ts'
import { goodNumber, goodSum, type Judge, meets, type Verdict } from './judge.ts'

type RuleOf<Type extends FaultRule['type']> = Extract<FaultRule, { type: Type }>

/** A window is kept in this many samples: coarse enough for 20,000 of them, fine enough for a person. */
const SAMPLES = 60

/** How much a number changed within the window. A fall of a counter is a restart at 0, so what it shows then is growth. */
export function changeJudge(rule: RuleOf<'change'>, quantity: string): Judge {
  const windowMs = rule.windowS * 1000
  const samples: { t: number; v: number }[] = []
  let last: number | undefined
  let grown = 0
  return {
    judge({ readings, t, fresh }): Verdict {
      const value = goodNumber(readings, quantity)
      if (value === undefined) return 'unknown'
      if (fresh || last === undefined) {
        grown += last === undefined ? 0 : rule.counter && value < last ? value : value - last
        last = value
      }
      const newest = samples.at(-1)
      if (newest === undefined || t - newest.t >= windowMs / SAMPLES) samples.push({ t, v: grown })
      // The newest sample from before the window is what the number was when the window began.
      while (samples.length > 1 && t - samples[1]!.t >= windowMs) samples.shift()
      const change = grown - (samples[0]?.v ?? grown)
      return change > (rule.above ?? Infinity) || change < (rule.below ?? -Infinity) ? 'present' : 'absent'
    },
  }
}

/** Goes to and fro: raised at `changes` within the window, gone when it is down to half. */
export function flappingJudge(rule: RuleOf<'flapping'>, quantity: string): Judge {
  const windowMs = rule.windowS * 1000
  const changedAt: number[] = []
  let last: unknown
  return {
    judge({ readings, t, held }): Verdict {
      const reading = readings.get(quantity)
      if (reading === undefined || reading.quality !== 'good') return 'unknown'
      if (last !== undefined && reading.value !== last) changedAt.push(t)
      last = reading.value
      while (changedAt.length > 0 && (t - changedAt[0]! > windowMs || changedAt.length > rule.changes))
        changedAt.shift()
      return changedAt.length >= (held ? rule.changes / 2 : rule.changes) ? 'present' : 'absent'
    },
  }
}

/** A value that should move stays exactly the same. */
export function frozenJudge(rule: RuleOf<'frozen'>, quantity: string): Judge {
  let last: unknown
  let since = 0
  return {
    judge({ readings, t }): Verdict {
      const reading = readings.get(quantity)
      if (reading === undefined || reading.quality !== 'good') {
        last = undefined
        return 'unknown'
      }
      if (reading.value !== last) {
        const first = last === undefined
        last = reading.value
        since = t
        return first ? 'hold' : 'absent'
      }
      if (!meets(readings, rule.onlyWhen)) {
        since = t
        return 'hold'
      }
      return t - since >= rule.forS * 1000 ? 'present' : 'hold'
    },
  }
}

/** A counter (or a sum of them) stands still while another one goes on. */
export function stalledJudge(rule: RuleOf<'stalled'>, quantities: readonly string[]): Judge {
  let lastOwn: number | undefined
  let lastOther = 0
  let grown = 0
  return {
    judge({ readings }): Verdict {
      const own = goodSum(readings, quantities)
      const other = goodNumber(readings, rule.while)
      if (own === undefined || other === undefined) return 'unknown'
      const first = lastOwn === undefined
      const moved = own !== lastOwn
      // A restart of the device begins again at 0: what it shows then is growth.
      const step = first ? 0 : other >= lastOther ? other - lastOther : other
      lastOwn = own
      lastOther = other
      if (first || moved) {
        grown = 0
        return first ? 'hold' : 'absent'
      }
      if (!meets(readings, rule.onlyWhen)) {
        grown = 0
        return 'hold'
      }
      grown += step
      return grown >= rule.grows ? 'present' : 'hold'
    },
  }
}
