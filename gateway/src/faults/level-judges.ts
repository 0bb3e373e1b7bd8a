import type { FaultRule } from '../profiles/fault-rule-schema.ts'
import { goodNumber, type Judge, type Seen, type Verdict } from './judge.ts'

type LevelRule = Extract<FaultRule, { type: 'above' | 'below' }>

/** A number beyond a limit; it must come back by the deadband before it counts as gone. */
export function levelJudge(rule: LevelRule, quantity: string): Judge {
  // One direction only: below a limit is above its negative.
  const sign = rule.type === 'above' ? 1 : -1
  const limit = sign * rule.limit
  const until = rule.until === undefined ? Number.POSITIVE_INFINITY : sign * rule.until
  const steps = rule.steps
    .map((step) => ({ limit: sign * step.limit, priority: step.priority }))
    .sort((a, b) => b.limit - a.limit)
  let holding = false
  let step = -1
  const judge: Judge = {
    judge(seen: Seen): Verdict {
      const value = goodNumber(seen.readings, quantity)
      if (value === undefined) return 'unknown'
      const v = sign * (rule.absolute ? Math.abs(value) : value)
      const back = holding || seen.held ? rule.deadband : 0
      holding = v < until && v > limit - back
      if (holding) {
        step = steps.findIndex((one, i) => v > one.limit - (step >= 0 && step <= i ? rule.deadband : 0))
        judge.priority = steps[step]?.priority ?? rule.priority
      } else step = -1
      return holding ? 'present' : 'absent'
    },
  }
  return judge
}

/** An enumerated state, a text or a boolean. */
export function stateJudge(rule: Extract<FaultRule, { type: 'state' }>, quantity: string): Judge {
  const { values } = rule
  return {
    judge({ readings }) {
      const reading = readings.get(quantity)
      if (reading === undefined || reading.quality !== 'good' || reading.value === undefined) return 'unknown'
      return values.includes(reading.value) ? 'present' : 'absent'
    },
  }
}

export function bitJudge(rule: Extract<FaultRule, { type: 'bit' }>, quantity: string): Judge {
  const divisor = 2 ** rule.bit
  return {
    judge({ readings }) {
      const value = goodNumber(readings, quantity)
      if (value === undefined || value < 0 || !Number.isSafeInteger(value)) return 'unknown'
      return (Math.floor(value / divisor) % 2 === 1) === rule.set ? 'present' : 'absent'
    },
  }
}
