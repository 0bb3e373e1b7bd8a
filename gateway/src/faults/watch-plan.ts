import type { FaultCode } from '../domain/fault-codes.ts'
import { asksAbout, asksOnTick, sharedJudge } from './create-judge.ts'
import type { Judge } from './judge.ts'
import { type PlacedRule, ruleKey } from './rules.ts'

/** One rule at its place, for every device that has it. Its number is its place in `sources`. */
interface PlannedSource {
  readonly placed: PlacedRule
  /** Names it on its device, over restarts too. */
  readonly key: string
  /** Number of the fault it speaks of. */
  readonly slot: number
  /** Readings that make it worth asking. */
  readonly quantities: readonly string[]
  /** The judge of a rule that remembers nothing: one for all devices. */
  readonly judge: Judge | undefined
}

/** One fault and the rules that speak of it. Its number is its place in `slots`. */
interface PlannedSlot {
  readonly code: FaultCode
  readonly part: string
  readonly sources: readonly number[]
}

/** What there is to watch on a device, and nothing of how it is: hundreds of equal terminals share one. Numbers are of sources. */
export interface WatchPlan {
  readonly sources: readonly PlannedSource[]
  readonly slots: readonly PlannedSlot[]
  readonly byQuantity: ReadonlyMap<string, readonly number[]>
  /** They look at the device as a whole. */
  readonly ofDevice: readonly number[]
  /** Asked with every tick too. */
  readonly ticking: readonly number[]
}

const plans = new WeakMap<readonly PlacedRule[], WatchPlan>()

/** The same object for the same list of rules. */
export function watchPlan(rules: readonly PlacedRule[]): WatchPlan {
  const known = plans.get(rules)
  if (known) return known
  const plan = makePlan(rules)
  plans.set(rules, plan)
  return plan
}

function makePlan(rules: readonly PlacedRule[]): WatchPlan {
  const slots = Map.groupBy(rules.keys(), (at) => `${rules[at]!.rule.code}/${rules[at]!.part}`)
  const slotIds = [...slots.keys()]
  const sources = rules.map(
    (placed): PlannedSource => ({
      placed,
      key: ruleKey(placed),
      slot: slotIds.indexOf(`${placed.rule.code}/${placed.part}`),
      quantities: asksAbout(placed),
      judge: sharedJudge(placed),
    }),
  )
  const byQuantity = new Map<string, number[]>()
  for (const [at, { quantities }] of sources.entries()) {
    for (const quantity of quantities) byQuantity.set(quantity, [...(byQuantity.get(quantity) ?? []), at])
  }
  const those = (match: (placed: PlacedRule) => boolean) => [...rules.keys()].filter((at) => match(rules[at]!))
  return {
    sources,
    slots: [...slots.values()].map((numbers) => {
      const { rule, part } = rules[numbers[0]!]!
      return { code: rule.code, part, sources: numbers }
    }),
    byQuantity,
    ofDevice: those(({ quantities }) => quantities.length === 0),
    ticking: those(asksOnTick),
  }
}
