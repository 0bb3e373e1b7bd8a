import type { PanelItemView, PanelView } from '../screen-view.ts'
import { fitted, plain } from '../text-fit.ts'

/** Room of every drawn picture, in tenths of a rem: it is drawn for the smallest place it gets, so letters never shrink. */
export const PICTURE = { width: 840, height: 260 } as const
export const VIEW_BOX = `0 0 ${PICTURE.width} ${PICTURE.height}`

export const itemOf = (panel: PanelView, id: string): PanelItemView | undefined =>
  panel.items.find((item) => item.id === id)

/** The items a kind has no place of its own for: they stand beside the picture. */
export const othersOf = (panel: PanelView, ids: readonly string[]): readonly PanelItemView[] =>
  panel.items.filter(({ id }) => !ids.includes(id))

export const clamped = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value))

/** Where a value lies between two others, 0 to 1; 0 when that cannot be said. */
export function shareOf(value: number | null | undefined, min: number, max: number): number {
  if (value === null || value === undefined || !Number.isFinite(value) || max <= min) return 0
  return clamped((value - min) / (max - min), 0, 1)
}

/** The next number of a scale that people like: 1, 2, 2.5, 5 × 10ⁿ, never below `value`. */
export function niceCeiling(value: number): number {
  if (!(value > 0) || !Number.isFinite(value)) return 1
  const decade = 10 ** Math.floor(Math.log10(value))
  const step = [1, 2, 2.5, 5, 10].find((each) => each * decade >= value * 0.999_999)!
  return step * decade
}

/** A label inside a picture, cut where it does not fit: `width` in tenths of a rem at a letter size in the same. */
export const labelIn = (text: string, width: number, size = 20): string => fitted(plain(text), width / size)
