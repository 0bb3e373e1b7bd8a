import type { DemoSettings } from '../config/demos-schema.ts'
import type { Fact, PeriodName, Tariff } from '../tariff/fact-schema.ts'
import { periodAt } from '../tariff/periods.ts'
import { priceOf } from '../tariff/tariff.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** Prices follow the clock of Asia/Shanghai, which has no daylight saving time. */
const SHANGHAI_MS = 8 * HOUR_MS
const PREVIEW_DAYS = 7

/** One hour of a day: the period that holds and the price in the tier the example household is in. */
export interface PricedHour {
  readonly period: PeriodName | null
  readonly yuanPerKWh: number | null
}

/** Price lists and facts as operations see them, with what the hall chose. */
export function factsAnswer(
  facts: readonly Fact[],
  tariffs: readonly Tariff[],
  { region, tariff, touTariff, businessTariff, usedKWh }: DemoSettings,
  now: number,
) {
  const today = new Date(now + SHANGHAI_MS).toISOString().slice(0, 10)
  const chosen = {
    region,
    tariff: tariff ?? null,
    touTariff: touTariff ?? null,
    businessTariff: businessTariff ?? null,
  }
  const inUse = new Set([tariff, touTariff, businessTariff])
  const shown = tariffs.find(({ id }) => id === (touTariff ?? tariff))
  return {
    at: now,
    chosen: { ...chosen, usedKWh },
    regions: [...new Set(facts.filter(({ id }) => id.startsWith('ef.grid.')).map((fact) => fact.region))].sort(),
    tariffs: tariffs.map((each) => ({
      ...sourceOf(each, today),
      inUse: inUse.has(each.id),
      byTime: each.periods !== undefined,
      tiers: each.tiers ? { per: each.tiers.per, upToKWh: [...each.tiers.upToKWh] } : null,
      prices: Object.entries(each.prices).map(([period, yuanPerKWh]) => ({ period, yuanPerKWh: [...yuanPerKWh] })),
    })),
    facts: facts.map((each) => ({
      ...sourceOf(each, today),
      value: each.value,
      unit: each.unit,
      year: each.year,
      inUse: each.id.startsWith('ef.grid.') && each.region === region,
    })),
    preview: shown ? { tariff: shown.id, days: pricesOfDays(shown, usedKWh, now) } : null,
  }
}

/** @param today  `2026-11-22`, in the hall’s zone */
function sourceOf(of: Fact | Tariff, today: string) {
  const { id, name, region, issuer, document, publishedOn, grade, reviewBy, note } = of
  return {
    ...{ id, name, region, issuer, document, publishedOn, grade, reviewBy },
    /** Somebody has to look whether it still holds; visitors still see it with its year. */
    due: reviewBy < today,
    ...(note !== undefined && { note }),
  }
}

function pricesOfDays(tariff: Tariff, usedKWh: number, now: number) {
  const midnight = Math.floor((now + SHANGHAI_MS) / DAY_MS) * DAY_MS - SHANGHAI_MS
  const tier = tariff.tiers?.upToKWh.findIndex((end) => usedKWh < end) ?? 0
  const inTier = tier === -1 ? (tariff.tiers?.upToKWh.length ?? 0) : tier
  return Array.from({ length: PREVIEW_DAYS }, (_, day) => ({
    at: midnight + day * DAY_MS,
    hours: Array.from({ length: 24 }, (_, hour): PricedHour => {
      const period = periodAt(tariff, midnight + day * DAY_MS + hour * HOUR_MS)
      return { period: period ?? null, yuanPerKWh: priceIn(tariff, period, inTier) }
    }),
  }))
}

/** Null for an hour that the list leaves out. */
function priceIn(tariff: Tariff, period: PeriodName | undefined, tier: number): number | null {
  try {
    return priceOf(tariff, period, tier)
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}
