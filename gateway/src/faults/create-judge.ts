import { deviceAbsenceJudge, quantityAbsenceJudge } from './absence-judges.ts'
import { driftJudge, type Peers } from './drift-judge.ts'
import { forecastJudge, shareJudge } from './habit-judges.ts'
import type { Judge } from './judge.ts'
import { bitJudge, levelJudge, stateJudge } from './level-judges.ts'
import { changeJudge, flappingJudge, frozenJudge, stalledJudge } from './movement-judges.ts'
import type { FaultDevice, PlacedRule } from './rules.ts'

/** What judges need beyond their rule. */
export interface Bench {
  readonly peers: (profileId: string, quantity: string) => Peers
}

/** @param learnt what the judge of this rule had learnt before a restart */
export function createJudge(
  device: FaultDevice,
  { rule, quantities }: PlacedRule,
  bench: Bench,
  learnt: unknown,
): Judge {
  const quantity = quantities[0] ?? ''
  switch (rule.type) {
    case 'above':
    case 'below':
      return levelJudge(rule, quantity)
    case 'state':
      return stateJudge(rule, quantity)
    case 'bit':
      return bitJudge(rule, quantity)
    case 'absence':
      return quantity === ''
        ? deviceAbsenceJudge(rule, Object.values(device.periodsMs))
        : quantityAbsenceJudge(rule, quantity, device.periodsMs[quantity])
    case 'change':
      return changeJudge(rule, quantity)
    case 'flapping':
      return flappingJudge(rule, quantity)
    case 'frozen':
      return frozenJudge(rule, quantity)
    case 'stalled':
      return stalledJudge(rule, quantities)
    case 'share':
      return shareJudge(rule, quantity, learnt)
    case 'forecast':
      return forecastJudge(rule, quantity, learnt)
    case 'drift':
      return driftJudge(rule, device.id, quantity, bench.peers(device.profileId, quantity))
  }
}
