import type { ExpectedRow } from './arithmetic.ts'
import type { Row } from './influx-answers.ts'

type Cell = string | number | boolean | null | undefined

/** Sums of floats come out a little different in another order; nothing else may. */
const close = (a: number, b: number) => Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a), Math.abs(b))

const same = (a: Cell, b: Cell) => (typeof a === 'number' && typeof b === 'number' ? close(a, b) : a === b)

const keyOf = (tags: Readonly<Record<string, string | undefined>>, time: number | undefined) =>
  `${Object.keys(tags)
    .sort()
    .map((tag) => `${tag}=${tags[tag]}`)
    .join(',')}@${time ?? ''}`

/** The first difference between what InfluxDB answered and what must be shown, in words; undefined when they are the same. */
export function difference(answered: readonly Row[], expected: readonly ExpectedRow[]): string | undefined {
  const timed = expected.some(({ time }) => time !== undefined)
  const found = new Map(answered.map((row) => [keyOf(row.tags, timed ? row.time : undefined), row]))
  if (found.size !== answered.length) return `${answered.length - found.size} rows are there twice`
  for (const { tags, time, values } of expected) {
    const key = keyOf(tags, time)
    const row = found.get(key)
    if (!row) return `there is no row for ${key}; it must hold ${JSON.stringify(values)}`
    for (const [column, value] of Object.entries(values))
      if (!same(row.values[column], value)) return `${key}: ${column} is ${row.values[column]}, must be ${value}`
    const extra = Object.entries(row.values).find(([column, value]) => value !== null && !(column in values))
    if (extra) return `${key}: ${extra[0]} is ${extra[1]} and must not be there`
    found.delete(key)
  }
  const [left] = found.keys()
  return left === undefined ? undefined : `${found.size} rows too many, the first for ${left}`
}
