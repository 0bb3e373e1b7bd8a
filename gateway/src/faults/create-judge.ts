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

/** Quantities that make it worth asking a rule again; none: the device as a whole. */
export const asksAbout = ({ rule, quantities }: PlacedRule): readonly string[] =>
  rule.type === 'share'
    ? [...quantities, ...rule.of]
    : rule.type === 'stalled'
      ? [...quantities, rule.while]
      : quantities

const ONLY_BY_READINGS = new Set<PlacedRule['rule']['type']>(['above', 'below', 'state', 'bit', 'stalled'])

/** Whether time alone may change what it says. */
export const asksOnTick = ({ rule }: PlacedRule): boolean => !ONLY_BY_READINGS.has(rule.type)

/** The judge of a rule that only looks at the reading before it; undefined: it needs one for each device. */
export const sharedJudge = ({ rule, quantities: [quantity = ''] }: PlacedRule): Judge | undefined =>
  rule.type === 'state' ? stateJudge(rule, quantity) : rule.type === 'bit' ? bitJudge(rule, quantity) : undefined

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
