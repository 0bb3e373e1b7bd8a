import type { overhear } from '../dlt645/overhear.ts'
import type { Exchange } from './exchange.ts'

/** How the bytes of a DL/T 645 meter are read; handed in, so that this room knows only its own frames. */
export type Overhear = typeof overhear

/** One data item as a meter gave it. */
export interface ItemHeard {
  /** Unix ms at which its last byte came. */
  readonly at: number
  /** The address that was asked; pairs of AA are wildcards. */
  readonly asked: string
  /** Who answered. */
  readonly meter: string
  /** As printed: `02010100`. */
  readonly identifier: string
  /** In wire order, all follow-on frames together. */
  readonly data: Buffer
}

/** The whole items of a line, in the order in which they came. One whose follow-on frames are not all there, in turn, is left out. */
export function* itemsIn(exchanges: readonly Omit<Exchange, 'seq'>[], hear: Overhear): Generator<ItemHeard> {
  let open: (Omit<ItemHeard, 'at' | 'data'> & { readonly parts: readonly Buffer[] }) | undefined
  for (const { sent, received, at, ms = 0 } of exchanges) {
    const before = open
    open = undefined
    const { meter: asked = '', identifier, sequence = 0, answer } = hear(sent, received) ?? {}
    if (!answer?.ok || identifier === undefined) continue
    const { meter, data, moreFollows } = answer
    const isNext = before?.meter === meter && before.identifier === identifier && before.parts.length === sequence
    if (sequence > 0 && !isNext) continue
    const parts = isNext ? [...before.parts, data] : [data]
    const item = { asked: isNext ? before.asked : asked, meter, identifier }
    if (moreFollows) open = { ...item, parts }
    else yield { ...item, at: at + ms, data: Buffer.concat(parts) }
  }
}
