import type { Value } from '../domain/frame.ts'
import type { Node, RoleNode } from './expression.ts'
import type { Fact } from './fact-book.ts'
import type { Money } from './money.ts'
import type { Track } from './track.ts'

/** A value, and the kinds of truth it stands on. Undefined: cannot be had. */
export interface Known {
  readonly value: Value | undefined
  /** LIVE, REPLAY or both; 0 for what is only computed. */
  readonly kinds: number
}

export const LIVE = 1
export const REPLAY = 2

/** One device in its role, as expressions see it. */
export interface SeenSlot {
  /** `inductionHob`, `load[2]` */
  readonly key: string
  readonly kinds: number
  readonly ratedW: number | undefined
}

/** What an expression looks at: one run at one moment. */
export interface Sight {
  /** Unix ms */
  readonly now: number
  /** False once the run is over: what was never marked then cannot be had any more. */
  readonly goesOn: boolean
  readonly startedAt: number | undefined
  readonly elapsedS: number
  readonly stepS: number
  readonly hour: number
  /** Undefined: the role is not bound, or has no such index. */
  slot(role: string, index: number | undefined): SeenSlot | undefined
  slots(role: string): readonly SeenSlot[]
  track(slot: string, point: string): Track | undefined
  /** The newest good reading. */
  reading(slot: string, point: string): Value | undefined
  isOn(slot: string): boolean | undefined
  /** Hours before now (negative), and values, of the gateway’s own history. */
  history(slot: string, point: string): readonly (readonly [number, number])[]
  /** Unix ms; of one device, where the mark was set for each. */
  markedAt(mark: string, index: number | undefined): number | undefined
  readonly inputs: Readonly<Record<string, number>>
  figure(id: string): Node | undefined
  readonly money: Money
  fact(id: string): Fact | undefined
  /** Values of figures that were computed already in this moment. */
  readonly memo: Map<string, Known & Trace>
}

/** What a value was found with. */
export interface Trace {
  readonly facts: Set<string>
  /** False: samples were missing. */
  complete: boolean
}

/** One evaluation under way. */
export interface Looking {
  readonly sight: Sight
  readonly trace: Trace
  /** Indices of `repeat` and `each`. */
  readonly variables: Readonly<Record<string, number>>
  /** The value of a part of the expression. */
  find(node: Node, looking: Looking): Known
}

export const nothing: Known = { value: undefined, kinds: 0 }
export const known = (value: Value | undefined, kinds = 0): Known => ({
  value: typeof value === 'number' && !Number.isFinite(value) ? undefined : value,
  kinds,
})

/** Live and replayed together: they are compared, never added. */
export const isMixed = (kinds: number): boolean => kinds === (LIVE | REPLAY)

/** The device an expression means; `kinds` also when it says nothing. */
export function slotOf({ role, index }: RoleNode, looking: Looking): SeenSlot | undefined {
  return looking.sight.slot(role, indexOf(index, looking))
}

export function indexOf(index: Node | undefined, looking: Looking): number | undefined {
  if (!index) return undefined
  const { value } = looking.find(index, looking)
  return typeof value === 'number' ? value : Number.NaN
}
