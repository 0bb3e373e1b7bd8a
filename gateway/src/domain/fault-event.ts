import type { FaultCode } from './fault-codes.ts'
import type { Value } from './frame.ts'
import type { Priority } from './priority.ts'

/** Which condition of which thing. Two parts of one device may show the same code at once. */
export interface FaultKey {
  readonly device: string
  readonly code: FaultCode
  /** The quantity it is seen in (`paperPath.receipt`); '' for the device as a whole. */
  readonly part: string
}

export const faultId = ({ device, code, part }: FaultKey): string => `${device}/${code}/${part}`

/** What was seen when the condition changed: for the person who asks why. */
export interface Evidence {
  readonly quantity: string
  readonly value: Value | null
  /** Unix ms at which it was read. */
  readonly at: number
}

/**
 * A condition found in readings came, went, or can no longer be judged. `unknown` never means cleared: the evidence is missing
 * (line lost, value stale). After `unknown` comes `raised` or `cleared`, when there is evidence again.
 */
export interface FaultEvent {
  readonly type: 'raised' | 'cleared' | 'unknown'
  readonly fault: FaultKey
  /** Unix ms at which it became true at the device, as well as we know. */
  readonly at: number
  readonly evidence: readonly Evidence[]
  /** `raised` only: of the rule, where it is not the taxonomy's. A second `raised` with another priority means it got more or less urgent. */
  readonly priority?: Priority
  /** `raised` only: when it will be empty or full at the usual pace, Unix ms. */
  readonly expectedAt?: number
}
