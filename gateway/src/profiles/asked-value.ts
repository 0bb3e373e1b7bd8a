import type { BadReason, Value } from '../domain/frame.ts'
import { quantityOf } from '../domain/quantity.ts'
import type { AskedValue, Pick as PickWord } from './asked-schema.ts'
import { toDigits } from './decimal.ts'
import { type BadValue, compileValue } from './mqtt-value.ts'

/** What the answers of one round come to; every quantity of the profile is in one of the two, except absent optional ones. */
export interface AskedValues {
  readonly values: Readonly<Record<string, Value>>
  readonly bad: Readonly<Record<string, BadReason>>
}

export const NOT_AVAILABLE: BadValue = { bad: 'not-available' }
export const TIMEOUT: BadValue = { bad: 'timeout' }

/**
 * One raw number, text or boolean → the value in canonical units, or why there is none. Numbers written as text count as numbers.
 * @param unit where the value is computed and not taken as it stands (a share: %)
 */
export function compileAsked(line: AskedValue, unit = line.unit): (raw: unknown) => Value | BadValue {
  const { quantity, scale, states, min, max, otherwise, optional } = line
  const missing = new Set<unknown>(line.missing)
  const listed = new Set(Object.keys(states ?? {}))
  const read = compileValue(
    {
      ...{ quantity, unit, asText: true, optional },
      ...(scale !== undefined && { scale }),
      ...(min !== undefined && { min }),
      ...(max !== undefined && { max }),
      ...(states && { states: { ...states } }),
    },
    true,
  )
  return (raw) => {
    if (raw === undefined || raw === null || missing.has(raw)) return NOT_AVAILABLE
    if (otherwise !== undefined && states && !listed.has(String(raw))) return otherwise
    return read(raw)
  }
}

/** Several good values of a quantity → one; undefined of none. */
export function pickOf(quantity: string, pick: PickWord): (values: readonly Value[]) => Value | undefined {
  const words = quantityOf(quantity)?.states ?? []
  const numbers = (values: readonly Value[]) => values.filter((value) => typeof value === 'number')
  const sum = (values: readonly Value[]) => numbers(values).reduce((total, value) => total + value, 0)
  switch (pick) {
    case 'first':
      return (values) => values[0]
    case 'worst':
      return (values) =>
        values.reduce<Value | undefined>(
          (worst, value) => (worst === undefined || badness(words, value) > badness(words, worst) ? value : worst),
          undefined,
        )
    case 'lowest':
      return (values) => (values.length > 0 ? Math.min(...numbers(values)) : undefined)
    case 'highest':
      return (values) => (values.length > 0 ? Math.max(...numbers(values)) : undefined)
    case 'sum':
      return (values) => (values.length > 0 ? sum(values) : undefined)
    case 'mean':
      return (values) => (values.length > 0 ? toDigits(sum(values) / values.length, 6) : undefined)
  }
}

/** Words of a part stand in the vocabulary from healthy to worse; of true and false, true is the one that is looked for. */
const badness = (words: readonly string[], value: Value): number =>
  typeof value === 'string' ? words.indexOf(value) : Number(value)

export const isBadValue = (value: Value | BadValue): value is BadValue => typeof value === 'object'

/** What is gathered of a round, one line of the profile after the other. */
export interface Gathered {
  readonly values: Record<string, Value>
  readonly bad: Record<string, BadReason>
}

/** Puts down what a line of the profile gives. */
export function gather(
  into: Gathered,
  { quantity, optional }: Pick<AskedValue, 'quantity' | 'optional'>,
  value: Value | BadValue,
): void {
  if (!isBadValue(value)) into.values[quantity] = value
  else if (!optional || value.bad !== 'not-available') into.bad[quantity] = value.bad
}
