import type { PeriodName, Tariff } from './fact-schema.ts'
import { edgesBetween, periodAt } from './periods.ts'

/** Energy that was used while one price of the day held. */
export interface PeriodEnergy {
  /** Undefined for a tariff without periods. */
  readonly period: PeriodName | undefined
  readonly kWh: number
}

/** What some energy costs, tier by tier. */
export interface Cost {
  readonly yuan: number
  readonly parts: readonly {
    readonly period: PeriodName | undefined
    /** 0 is the first. */
    readonly tier: number
    readonly kWh: number
    readonly yuanPerKWh: number
  }[]
}

/**
 * Cost of energy that comes on top of what the household used already in this month or year. Split at the ends of tiers: only
 * what lies in a tier has the price of the tier.
 * @param usedKWh  cumulative energy before, of the tariff’s month or year
 * @throws RangeError for negative energy, or a period without a price
 */
export function costOf(tariff: Tariff, energy: readonly PeriodEnergy[], usedKWh: number): Cost {
  let used = usedKWh
  const parts = energy.flatMap(({ period, kWh }) => {
    if (!(kWh >= 0)) throw new RangeError(`energy is ${kWh} kWh`)
    const split = splitAtTiers(tariff, used, kWh).map((part) => ({
      period,
      ...part,
      yuanPerKWh: priceOf(tariff, period, part.tier),
    }))
    used += kWh
    return split
  })
  return { yuan: parts.reduce((sum, { kWh, yuanPerKWh }) => sum + kWh * yuanPerKWh, 0), parts }
}

/** 元/kWh of one tier in one period. */
export function priceOf({ id, prices }: Tariff, period: PeriodName | undefined, tier: number): number {
  const price = (prices[period ?? 'all'] ?? prices.all)?.[tier]
  if (price === undefined) throw new RangeError(`${id} has no price for ${period ?? 'all'}, tier ${tier + 1}`)
  return price
}

/** Price of the next kWh: not the average of those before. */
export function marginalPrice(tariff: Tariff, at: number, usedKWh: number): number {
  return priceOf(tariff, periodAt(tariff, at), tierAt(tariff, usedKWh))
}

const tierAt = ({ tiers }: Tariff, usedKWh: number): number => {
  const tier = tiers?.upToKWh.findIndex((end) => usedKWh < end) ?? 0
  return tier === -1 ? tiers!.upToKWh.length : tier
}

function splitAtTiers(tariff: Tariff, usedKWh: number, kWh: number): { tier: number; kWh: number }[] {
  const parts: { tier: number; kWh: number }[] = []
  let at = usedKWh
  let left = kWh
  while (left > 0) {
    const tier = tierAt(tariff, at)
    const room = (tariff.tiers?.upToKWh[tier] ?? Number.POSITIVE_INFINITY) - at
    const part = Math.min(room, left)
    parts.push({ tier, kWh: part })
    at = part === room ? tariff.tiers!.upToKWh[tier]! : at + part
    left -= part
  }
  return parts
}

/** A sample of active power. */
export interface PowerSample {
  /** Unix ms. */
  readonly at: number
  readonly watts: number
}

/** Energy of a run, each period of the day for itself: integrated by trapezoids, and split where a price may change. */
export function energyByPeriod(tariff: Tariff, samples: readonly PowerSample[]): PeriodEnergy[] {
  const sums = new Map<PeriodName | undefined, number>()
  for (const [i, next] of samples.entries()) {
    const last = samples[i - 1]
    if (!last || next.at <= last.at) continue
    const points = [last.at, ...edgesBetween(tariff, last.at, next.at), next.at]
    const wattsAt = (at: number) => last.watts + ((next.watts - last.watts) * (at - last.at)) / (next.at - last.at)
    for (let k = 1; k < points.length; k++) {
      const [from, to] = [points[k - 1]!, points[k]!]
      const kWh = (((wattsAt(from) + wattsAt(to)) / 2) * (to - from)) / 3.6e9
      const period = periodAt(tariff, from)
      sums.set(period, (sums.get(period) ?? 0) + kWh)
    }
  }
  return [...sums].map(([period, kWh]) => ({ period, kWh }))
}
