import type { Unit } from '../unit.ts'

/** What can be measured. One canonical unit each; `L1`–`L3` are the phases to neutral. Import is from the grid to the hall. */
export interface QuantityDefinition {
  readonly type: 'number' | 'state' | 'text' | 'boolean'
  /** Canonical unit; '' for counts, states and ratios. */
  readonly unit: Unit
  readonly zh: string
  readonly en: string
  /** Set when the id continues after a dot (`temperature.cabinet`): what the part after the dot names. */
  readonly qualifier?: string
  /** `state` only: the closed list of words. */
  readonly states?: readonly string[]
}
