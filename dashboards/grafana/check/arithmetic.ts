import type { Value } from '../../../gateway/src/domain/frame.ts'
import type { Fact, Tag } from './facts.ts'

/** A row a panel must show. `time` is given where the panel shows a course of time. */
export interface ExpectedRow {
  readonly tags: Readonly<Partial<Record<Tag, string>>>
  readonly time?: number
  readonly values: Readonly<Record<string, Value>>
}

type Statistic = (numbers: readonly number[]) => number

export const sum: Statistic = (numbers) => numbers.reduce((total, number) => total + number, 0)
export const mean: Statistic = (numbers) => sum(numbers) / numbers.length
export const most: Statistic = (numbers) => numbers.reduce((a, b) => Math.max(a, b))
export const least: Statistic = (numbers) => numbers.reduce((a, b) => Math.min(a, b))
export const newest: Statistic = (numbers) => numbers.at(-1)!

/** The middle one, or the mean of the two in the middle. */
export const median: Statistic = (numbers) => {
  const sorted = [...numbers].sort((a, b) => a - b)
  return mean([sorted[Math.floor((sorted.length - 1) / 2)]!, sorted[Math.ceil((sorted.length - 1) / 2)]!])
}

/** The one below which nine tenths lie; nearest rank. */
export const ninetieth: Statistic = (numbers) =>
  [...numbers].sort((a, b) => a - b)[Math.max(0, Math.floor(numbers.length * 0.9 + 0.5) - 1)]!

/** Facts apart by tags. */
export const apart = (facts: readonly Fact[], tags: readonly Tag[]) =>
  [...Map.groupBy(facts, (fact) => tags.map((tag) => fact[tag]).join('\n')).values()].map((own) => ({
    tags: Object.fromEntries(tags.map((tag) => [tag, own[0]![tag]])),
    own,
  }))

export const numbers = (facts: readonly Fact[], quantity: string): number[] =>
  facts.flatMap(({ values }) => (typeof values[quantity] === 'number' ? [values[quantity]] : []))

/** The newest value of a quantity, whatever its type. */
export const latest = (facts: readonly Fact[], quantity: string): Value | undefined =>
  facts.findLast(({ values }) => values[quantity] !== undefined)?.values[quantity]

/** One number for each group: a statistic of a quantity. Groups without a value have no row. */
export const figure = (
  facts: readonly Fact[],
  quantity: string,
  statistic: Statistic,
  column: string,
  by: readonly Tag[] = [],
): ExpectedRow[] =>
  apart(facts, by).flatMap(({ tags, own }) => {
    const found = numbers(own, quantity)
    return found.length === 0 ? [] : [{ tags, values: { [column]: statistic(found) } }]
  })

const CHINA_MS = 8 * 3_600_000

/** Where the bucket of an instant begins; a day begins at midnight in the hall. */
export const bucketOf = (at: number, ms: number): number => {
  const shift = ms === 86_400_000 ? CHINA_MS : 0
  return Math.floor((at + shift) / ms) * ms - shift
}

/** The course of a quantity: one number for each bucket that has one. */
export const course = (
  facts: readonly Fact[],
  quantity: string,
  statistic: Statistic,
  column: string,
  ms: number,
  by: readonly Tag[] = [],
): ExpectedRow[] =>
  apart(facts, by).flatMap(({ tags, own }) =>
    [...Map.groupBy(own, ({ at }) => bucketOf(at, ms))].flatMap(([time, within]) => {
      const found = numbers(within, quantity)
      return found.length === 0 ? [] : [{ tags, time, values: { [column]: statistic(found) } }]
    }),
  )

/**
 * How far a counter rose from bucket to bucket: by its newest value in each, without falls. Buckets that begin in the time range
 * count; the first rises from what was known up to one bucket before the range, so `facts` reach back before `from`.
 */
export const rises = (
  facts: readonly Fact[],
  quantity: string,
  ms: number,
  from: number,
  by: readonly Tag[] = ['device', 'zone'],
): { tags: ExpectedRow['tags']; time: number; rise: number }[] => {
  const recent = facts.filter(({ at }) => at >= from - ms)
  return apart(recent, by).flatMap(({ tags, own }) => {
    const ends = course(own, quantity, newest, 'end', ms).sort((a, b) => a.time! - b.time!)
    return ends.slice(1).flatMap(({ time, values }, index) => {
      const rise = Number(values.end) - Number(ends[index]!.values.end)
      return rise >= 0 && time! >= from ? [{ tags, time: time!, rise }] : []
    })
  })
}

/** How many different words a quantity had, by group: alarms or orders by their ids. */
export const different = (facts: readonly Fact[], quantity: string, by: readonly Tag[] = []): ExpectedRow[] =>
  apart(facts, by).map(({ tags, own }) => ({
    tags,
    values: { n: new Set(own.map(({ values }) => values[quantity])).size },
  }))
