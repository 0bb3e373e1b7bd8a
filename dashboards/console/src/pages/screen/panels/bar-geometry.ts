import type { PanelItemView, PanelView } from '../screen-view.ts'
import { niceCeiling, shareOf } from './picture.ts'

export interface Bar {
  readonly item: PanelItemView
  /** Of the height of the scale, 0 to 1. */
  readonly height: number
  /** The part of it that lies above `bandMin`, hatched. */
  readonly hatched: number
  /** Where the line of its target lies; undefined without one. */
  readonly target: number | undefined
  /** Among all bars, 1 to the longest-lasting: bars of the same energy have the same area. */
  readonly width: number
  /** 1 is the highest; only in a podium. */
  readonly rank: number | undefined
}

/** Bars beside each other on one scale; a podium begins with the highest, what is not known comes last. */
export function barsOf(panel: PanelView): readonly Bar[] {
  const { items, sorted } = panel
  const known = (value: number | null | undefined): value is number => value !== null && value !== undefined
  const heights = items.flatMap(({ value, target }) => [value, target].filter(known))
  const given = items.map(({ max }) => max).filter(known)
  const top = given.length > 0 ? Math.max(...given) : niceCeiling(Math.max(0, ...heights) * 1.05)
  const longest = Math.max(0, ...items.map(({ hours }) => hours ?? 0))
  const order = sorted ? [...items].sort((a, b) => (b.value ?? -Infinity) - (a.value ?? -Infinity)) : items
  return order.map((item, i) => {
    const height = shareOf(item.value, 0, top)
    const band = item.bandMin === undefined ? 1 : shareOf(item.bandMin, 0, top)
    return {
      item,
      height,
      hatched: Math.max(0, height - band),
      target: item.target === undefined ? undefined : shareOf(item.target, 0, top),
      width: longest > 0 && item.hours !== undefined ? Math.max(0.08, item.hours / longest) : 1,
      rank: sorted && item.value !== null ? i + 1 : undefined,
    }
  })
}
