import type { Node } from './expression.ts'
import {
  balance,
  co2Kg,
  coefficientOfPerformance,
  currentA,
  efficiency,
  heatKWh,
  loadStepW,
  lossLeft,
  meterError,
  runEnergy,
  saving,
  yearKWh,
} from './formulas.ts'
import type { Money } from './money.ts'
import { indexOf, isMixed, type Known, known, type Looking, nothing, type SeenSlot, slotOf } from './sight.ts'
import { meanBetween, powerBetween, registerBetween, sampleAt } from './track.ts'

/** A load has settled so long after it was switched. */
const SETTLED_MS = 3000

/** What the functions of the language give. Arguments were checked when the scenario was read. */
export function call({ name, of }: Extract<Node, { is: 'call' }>, looking: Looking): Known {
  const own = VALUES[name]
  if (own) return own(of, looking)
  const money = MONEY[name]
  if (money) return ofMoney(money, of, looking)
  const formula = FORMULAS[name]
  if (!formula) return nothing
  const { numbers, kinds } = numbersOf(of, looking)
  return numbers ? known(formula(numbers), kinds) : known(undefined, kinds)
}

type Give = (of: readonly Node[], looking: Looking) => Known

/** Computed from numbers alone. */
const FORMULAS: Record<string, (n: readonly number[]) => number | undefined> = {
  abs: ([a]) => Math.abs(a!),
  floor: ([a]) => Math.floor(a!),
  round: ([a, digits = 0]) => Math.round(a! * 10 ** digits) / 10 ** digits,
  min: (all) => Math.min(...all),
  max: (all) => Math.max(...all),
  heat: ([kg, kelvin]) => heatKWh(kg!, kelvin!),
  efficiency: ([kg, kelvin, kWh]) => efficiency(kg!, kelvin!, kWh!),
  cop: ([flow, kelvin, kW]) => coefficientOfPerformance(flow!, kelvin!, kW!),
  saving: ([better, other]) => saving(better!, other!),
  yearKWh: ([watts]) => yearKWh(watts!),
  meterError: ([intervals, constant, wh]) => meterError(intervals!, constant!, wh!),
  lossLeft: ([before, after]) => lossLeft(before!, after!),
  amps: ([watts, volts, factor]) => currentA(watts!, volts!, factor!),
  rest: ([grid, pv, battery, loads]) => balance(grid!, pv!, battery!, loads!)?.restW,
  restShare: ([grid, pv, battery, loads]) => balance(grid!, pv!, battery!, loads!)?.restShare,
  pvShare: ([grid, pv, battery, loads]) => balance(grid!, pv!, battery!, loads!)?.pvShare,
}

/** By which price list, and what. */
const MONEY: Record<
  string,
  readonly [list: 'id' | 'touId' | 'businessId', (money: Money, n: readonly number[]) => number | undefined]
> = {
  costOf: ['id', (money, [kWh, hour]) => money.costOf(kWh!, hour)],
  priceAt: ['touId', (money, [hour]) => money.priceAt(hour!)],
  businessPriceAt: ['businessId', (money, [hour]) => money.businessPrice(hour!)],
  cheapest: ['touId', (money) => least(money.day(false))],
  dearest: ['touId', (money) => most(money.day(false))],
  marginalPrice: ['id', (money, [used]) => money.marginal(used!)],
  bill: ['id', (money, [kWh]) => money.bill(kWh!)],
  tierEnd: ['id', (money, [n]) => money.tierEnd(n!)],
  tierPrice: ['id', (money, [n]) => money.tierPrice(n!)],
  tierMonths: ['id', (money) => money.tierMonths()],
}

const least = (prices: readonly number[] | undefined) => prices && Math.min(...prices)
const most = (prices: readonly number[] | undefined) => prices && Math.max(...prices)

function ofMoney([list, ask]: (typeof MONEY)[string], of: readonly Node[], looking: Looking): Known {
  const { numbers, kinds } = numbersOf(of, looking)
  if (!numbers) return known(undefined, kinds)
  used(looking, list)
  return known(ask(looking.sight.money, numbers), kinds)
}

function used({ sight, trace }: Looking, list: 'id' | 'touId' | 'businessId'): void {
  const id = sight.money[list]
  if (id !== undefined) trace.facts.add(id)
}

const VALUES: Record<string, Give> = {
  orElse([first, second], looking) {
    const found = looking.find(first!, looking)
    return found.value === undefined ? looking.find(second!, looking) : found
  },
  at([mark, point], looking) {
    const { slot, track, kinds } = trackOf(point!, looking)
    const at = markOf(mark!, looking, indexIn(point!, looking))
    return known(slot && track && at !== undefined ? sampleAt(track, at)?.value : undefined, kinds)
  },
  since([mark], looking) {
    const at = markOf(mark!, looking)
    return known(at === undefined ? undefined : Math.max(0, looking.sight.now - at) / 1000)
  },
  between([from, to], looking) {
    const [a, b] = [markOf(from!, looking), markOf(to!, looking)]
    return known(a === undefined || b === undefined ? undefined : (b - a) / 1000)
  },
  energy(of, looking) {
    const span = spanOf(of, looking)
    if (!span) return known(undefined, kindsOf(of[0]!, looking))
    const power = looking.sight.track(span.slot.key, 'activePower')
    const counted = looking.sight.track(span.slot.key, 'activeEnergyImport')
    const samples = power ? powerBetween(power, span.from, span.to) : []
    if (samples.length < 2) return known(undefined, span.slot.kinds)
    const { wh, complete } = runEnergy(samples, counted && registerBetween(counted, span.from, span.to))
    looking.trace.complete &&= complete
    return known(wh, span.slot.kinds)
  },
  cost(of, looking) {
    const span = spanOf(of, looking)
    if (!span) return known(undefined, kindsOf(of[0]!, looking))
    const power = looking.sight.track(span.slot.key, 'activePower')
    const samples = power ? powerBetween(power, span.from, span.to) : []
    if (samples.length < 2) return known(undefined, span.slot.kinds)
    looking.trace.complete &&= runEnergy(samples).complete
    used(looking, 'id')
    return known(looking.sight.money.cost(samples), span.slot.kinds)
  },
  average([point, first, second], looking) {
    const { track, kinds } = trackOf(point!, looking)
    const { sight } = looking
    if (second) {
      const index = indexIn(point!, looking)
      const [from, to] = [
        markOf(first!, looking, index),
        markOf(second, looking, index) ?? (sight.goesOn ? sight.now : undefined),
      ]
      if (!track || from === undefined || to === undefined) return known(undefined, kinds)
      return known(meanBetween(track, from, to), kinds)
    }
    const { value: seconds } = looking.find(first!, looking)
    if (!track || typeof seconds !== 'number') return known(undefined, kinds)
    return known(meanBetween(track, sight.now - seconds * 1000, sight.now), kinds)
  },
  minimum: ([point], looking) => extreme(point!, looking, Math.min),
  maximum: ([point], looking) => extreme(point!, looking, Math.max),
  step([role, mark], looking) {
    const node = role as Extract<Node, { is: 'role' }>
    const slot = slotOf(node, looking)
    if (!slot) return nothing
    const at = markOf(mark!, looking, indexOf(node.index, looking))
    const track = looking.sight.track(slot.key, 'activePower')
    if (!track || at === undefined) return known(undefined, slot.kinds)
    // A relay that was late, or never went on, does not make a load of 0 W.
    const relay = looking.sight.track(slot.key, 'switchedOn')
    if (relay && sampleAt(relay, at + SETTLED_MS)?.value !== true) return known(undefined, slot.kinds)
    const samples = powerBetween(track, at - 6000, at + SETTLED_MS + 3000).filter(
      (sample) => sample.at <= looking.sight.now,
    )
    return known(loadStepW(samples, at, at + SETTLED_MS), slot.kinds)
  },
  today([point], looking) {
    const { slot, kinds } = trackOf(point!, looking)
    if (!slot || point?.is !== 'point') return known(undefined, kinds)
    const { sight } = looking
    const now = sight.reading(slot.key, point.point)
    const atMidnight = registerAt(sight.history(slot.key, point.point), -hourAt(sight.now))
    return known(typeof now === 'number' && atMidnight !== undefined ? now - atMidnight : undefined, kinds)
  },
  sum([list, each], looking) {
    const all = eachOf(list!, each!, looking)
    const kinds = all.reduce((so, one) => so | one.kinds, 0)
    if (all.length === 0 || isMixed(kinds) || all.some(({ value }) => typeof value !== 'number'))
      return known(undefined, kinds)
    return known(
      all.reduce((so, { value }) => so + (value as number), 0),
      kinds,
    )
  },
  count: ([list], { sight }) => known(sight.slots((list as Extract<Node, { is: 'role' }>).role).length),
  biggest: (of, looking) => extremeIndex(of, looking, (a, b) => a > b),
  smallest: (of, looking) => extremeIndex(of, looking, (a, b) => a < b),
  priceNow(_, looking) {
    used(looking, 'touId')
    const { sight } = looking
    return known(sight.money.priceAt(hourAt(sight.now)))
  },
  price([period], looking) {
    used(looking, 'touId')
    return known(looking.sight.money.price(String(looking.find(period!, looking).value)))
  },
  businessPrice([what], looking) {
    used(looking, 'businessId')
    const { value } = looking.find(what!, looking)
    return known(
      typeof value === 'number' || typeof value === 'string' ? looking.sight.money.businessPrice(value) : undefined,
    )
  },
  fact([id], looking) {
    const fact = looking.sight.fact(String(looking.find(id!, looking).value))
    if (fact) looking.trace.facts.add(fact.id)
    return known(fact?.value)
  },
  co2([kWh], looking) {
    const { value, kinds } = looking.find(kWh!, looking)
    const factor = looking.sight.fact('ef.grid')
    if (!factor || typeof value !== 'number') return known(undefined, kinds)
    looking.trace.facts.add(factor.id)
    return known(co2Kg(value, factor.value), kinds)
  },
}

/** Hour of the day with its fraction, as all clocks of a hall show it. */
export const hourAt = (at: number): number => ((at + 8 * 3_600_000) % 86_400_000) / 3_600_000

/** Readings further apart say nothing of what was between them. */
const NEAR_H = 0.25

/** What a register showed at an hour before now, between its neighbours; undefined when nobody read it then. */
function registerAt(history: readonly (readonly [number, number])[], hour: number): number | undefined {
  const before = history.findLast(([at]) => at <= hour)
  const after = history.find(([at]) => at >= hour)
  if (!before || !after || hour - before[0] > NEAR_H || after[0] - hour > NEAR_H) return undefined
  const share = after[0] === before[0] ? 0 : (hour - before[0]) / (after[0] - before[0])
  return before[1] + (after[1] - before[1]) * share
}

function numbersOf(of: readonly Node[], looking: Looking) {
  const values = of.map((one) => looking.find(one, looking))
  const kinds = values.reduce((so, one) => so | one.kinds, 0)
  const numbers = values.flatMap(({ value }) => (typeof value === 'number' ? [value] : []))
  return { numbers: numbers.length === values.length ? numbers : undefined, kinds }
}

function kindsOf(node: Node, looking: Looking): number {
  return (node.is === 'role' && slotOf(node, looking)?.kinds) || 0
}

function markOf(node: Node, looking: Looking, index?: number): number | undefined {
  if (node.is !== 'mark') return undefined
  const own = indexOf(node.index, looking) ?? index ?? Object.values(looking.variables)[0]
  return looking.sight.markedAt(node.mark, own)
}

/** Index of the role that a reading belongs to. */
const indexIn = (node: Node, looking: Looking): number | undefined =>
  node.is === 'point' ? indexOf(node.role.index, looking) : undefined

function trackOf(node: Node, looking: Looking) {
  const slot = node.is === 'point' ? slotOf(node.role, looking) : undefined
  const track = slot && node.is === 'point' ? looking.sight.track(slot.key, node.point) : undefined
  return { slot, track, kinds: slot?.kinds ?? 0 }
}

/** From a mark to another; without the second to now, without both the whole run. */
function spanOf([role, first, second]: readonly Node[], looking: Looking) {
  const { sight } = looking
  if (role?.is !== 'role') return undefined
  const slot: SeenSlot | undefined = slotOf(role, looking)
  const index = indexOf(role.index, looking)
  const from = first ? markOf(first, looking, index) : sight.startedAt
  const end = second ? markOf(second, looking, index) : sight.now
  // Until the second mark is set, the counter runs.
  const to = end ?? (sight.goesOn ? sight.now : undefined)
  return slot && from !== undefined && to !== undefined && to > from ? { slot, from, to } : undefined
}

function extreme(point: Node, looking: Looking, pick: (...all: number[]) => number): Known {
  const { track, kinds } = trackOf(point, looking)
  let found: number | undefined
  for (const { value } of track?.samples ?? [])
    if (typeof value === 'number') found = found === undefined ? value : pick(found, value)
  return known(found, kinds)
}

/** One value for each device of a list. */
function eachOf(list: Node, each: Node, looking: Looking): Known[] {
  if (list.is !== 'role') return []
  return looking.sight
    .slots(list.role)
    .map((slot, i) =>
      each.is === 'quantity'
        ? known(looking.sight.reading(slot.key, each.quantity), slot.kinds)
        : looking.find(each, { ...looking, variables: { ...looking.variables, i } }),
    )
}

function extremeIndex(
  [list, each]: readonly Node[],
  looking: Looking,
  better: (a: number, b: number) => boolean,
): Known {
  const all = eachOf(list!, each!, looking)
  const kinds = all.reduce((so, one) => so | one.kinds, 0)
  let best: number | undefined
  for (const [i, { value }] of all.entries()) {
    if (typeof value !== 'number') continue
    const so = best === undefined ? undefined : all[best]?.value
    if (typeof so !== 'number' || better(value, so)) best = i
  }
  return known(best, kinds)
}
