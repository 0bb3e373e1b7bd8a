import { periodAt } from '../tariff/periods.ts'
import { costOf, energyByPeriod, marginalPrice, type PowerSample, priceOf } from '../tariff/tariff.ts'
import type { PeriodName, Tariff } from './fact-book.ts'

/** The price lists that hold in a run. */
export interface Prices {
  readonly tariff: Tariff | undefined
  readonly touTariff: Tariff | undefined
  readonly businessTariff: Tariff | undefined
  /** What the household used before, in the month or year of the tariff, kWh. */
  readonly usedKWh: number
}

const HOUR_MS = 3_600_000
const SHANGHAI_MS = 8 * HOUR_MS
const DAY_MS = 24 * HOUR_MS

/** Money of a run. What has no price is undefined, never 0. */
export interface Money {
  /** F2, yuan. */
  cost(samples: readonly PowerSample[]): number | undefined
  /** Of some kWh at the price of now, or of an hour of the day. */
  costOf(kWh: number, hour?: number): number | undefined
  priceAt(hour: number): number | undefined
  /** `peak`, `valley`, `all` … */
  price(period: string): number | undefined
  marginal(usedKWh: number): number | undefined
  bill(kWh: number): number | undefined
  tierEnd(n: number): number | undefined
  tierPrice(n: number): number | undefined
  tierMonths(): number | undefined
  businessPrice(periodOrHour: string | number): number | undefined
  /** 24 prices of today. */
  day(business: boolean): readonly number[] | undefined
  /** Ids of the price lists, for the record. */
  readonly id: string | undefined
  readonly touId: string | undefined
  readonly businessId: string | undefined
}

/** @param now  Unix ms */
export function createMoney(prices: Prices, now: number): Money {
  const { businessTariff: business, usedKWh } = prices
  const flat = prices.tariff ?? prices.touTariff
  const timed = prices.touTariff ?? prices.tariff
  const midnight = Math.floor((now + SHANGHAI_MS) / DAY_MS) * DAY_MS - SHANGHAI_MS
  const instant = (hour: number) => midnight + (((hour % 24) + 24) % 24) * HOUR_MS
  /** A price list that leaves an hour out has no price then. */
  const known = <T>(ask: () => T): T | undefined => {
    try {
      return ask()
    } catch (error) {
      if (error instanceof RangeError) return undefined
      throw error
    }
  }
  const at = (list: Tariff | undefined, hour: number) =>
    list && known(() => marginalPrice(list, instant(hour), usedKWh))
  const named = (list: Tariff | undefined, period: string) =>
    list && Object.hasOwn(list.prices, period)
      ? known(() => priceOf(list, period === 'all' ? undefined : (period as PeriodName), tierOf(list, usedKWh)))
      : undefined
  const period = (list: Tariff) => periodAt(list, now)
  const sum = (list: Tariff | undefined, kWh: number, when: PeriodName | undefined, used: number) =>
    list && kWh >= 0 ? known(() => costOf(list, [{ period: when, kWh }], used).yuan) : undefined
  const day = (list: Tariff | undefined) => {
    const hours = Array.from({ length: 24 }, (_, hour) => at(list, hour))
    return hours.every((price) => price !== undefined) ? hours : undefined
  }

  return {
    cost: (samples) => flat && known(() => costOf(flat, energyByPeriod(flat, samples), usedKWh).yuan),
    costOf: (kWh, hour) =>
      hour === undefined
        ? flat && sum(flat, kWh, period(flat), usedKWh)
        : timed && sum(timed, kWh, periodAt(timed, instant(hour)), usedKWh),
    priceAt: (hour) => at(timed, hour),
    price: (name) => (name === 'all' ? named(flat, name) : named(timed, name)),
    marginal: (used) => flat && known(() => marginalPrice(flat, now, used)),
    bill: (kWh) => flat && sum(flat, kWh, period(flat), 0),
    tierEnd: (n) => flat?.tiers?.upToKWh[n - 1],
    tierPrice: (n) => flat && known(() => priceOf(flat, period(flat), n - 1)),
    tierMonths: () => (flat?.tiers ? { month: 1, year: 12 }[flat.tiers.per] : undefined),
    businessPrice: (what) => (typeof what === 'number' ? at(business, what) : named(business, what)),
    day: (ofBusiness) => day(ofBusiness ? business : timed),
    id: flat?.id,
    touId: timed?.id,
    businessId: business?.id,
  }
}

function tierOf({ tiers }: Tariff, usedKWh: number): number {
  const tier = tiers?.upToKWh.findIndex((end) => usedKWh < end) ?? 0
  return tier === -1 ? tiers!.upToKWh.length : tier
}
