import type { Value } from '../domain/frame.ts'
import { quantityOf } from '../domain/quantity.ts'

export interface Range {
  readonly min: number
  readonly max: number
  readonly unit: string
  readonly from: 'profile' | 'quantity'
}

/**
 * What a value can be in a service hall, by quantity, in its canonical unit. Wide: these ranges find wrong addresses and word
 * orders, not faults. `telling`: a register that holds something else hardly ever falls into it by chance.
 */
const RANGES: readonly (readonly [pattern: RegExp, min: number, max: number, telling: boolean])[] = [
  [/^voltageL[123]$/, 80, 300, true],
  [/^voltageL(12|23|31)$/, 140, 520, true],
  [/^frequency/, 45, 65, true],
  [/^powerFactor/, -1, 1, false],
  [/^(inputVoltage|outputVoltage)$/, 0, 500, false],
  [/^current/, -5000, 5000, false],
  [/^(active|reactive|apparent)Power/, -5_000_000, 5_000_000, false],
  [/^(active|reactive|apparent)Energy/, 0, 100_000_000, false],
  [/^temperature/, -40, 150, false],
]

/** The range of a point: its profile's, else its quantity's, else null. */
export function rangeOf(
  quantity: string,
  own: { readonly min?: number | undefined; readonly max?: number | undefined },
): Range | null {
  const definition = quantityOf(quantity)
  const unit = definition?.unit ?? ''
  const known = RANGES.find(([pattern]) => pattern.test(quantity))
  if (own.min !== undefined || own.max !== undefined) {
    const [, min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER] = known ?? []
    return { min: own.min ?? min, max: own.max ?? max, unit, from: 'profile' }
  }
  if (known) return { min: known[1], max: known[2], unit, from: 'quantity' }
  return unit === '%' ? { min: 0, max: 100, unit, from: 'quantity' } : null
}

export const isTelling = (quantity: string): boolean =>
  RANGES.some(([pattern, , , telling]) => telling && pattern.test(quantity))

/** Words in the wrong order make numbers this near to zero; nothing that is measured does. */
const SMALLEST = 1e-6

/** Whether a value can be right; unknown where nothing says what it should be. */
export function plausibilityOf(value: Value | undefined, range: Range | null): 'yes' | 'no' | 'unknown' {
  if (value === undefined) return 'unknown'
  if (typeof value === 'string') return isReadable(value) ? 'unknown' : 'no'
  if (typeof value !== 'number') return 'unknown'
  if (!Number.isFinite(value) || (value !== 0 && Math.abs(value) < SMALLEST)) return 'no'
  if (!range) return 'unknown'
  return value >= range.min && value <= range.max ? 'yes' : 'no'
}

const isReadable = (text: string): boolean => /^[\p{L}\p{N}\p{P}\p{S} ]+$/u.test(text) && !text.includes('�')
