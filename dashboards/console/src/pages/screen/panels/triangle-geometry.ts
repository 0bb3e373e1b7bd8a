import type { PanelView } from '../screen-view.ts'
import { itemOf, niceCeiling } from './picture.ts'

const FROM = [190, 224] as const
const WIDE = 340
const TALL = 208
/** Share of reactive in apparent power at a power factor of 0.5: no motor of the halls is worse. */
const MOST_REACTIVE = 0.87

type Point = readonly [x: number, y: number]
export interface Triangle {
  readonly from: Point
  readonly corner: Point
  readonly top: Point
}

/**
 * Real power lies, reactive power stands on its end, both on one scale. It comes from `max` of the apparent power where the
 * scenario gives one, so that the triangle is seen to fold and is not drawn anew; undefined while a side is not known.
 */
export function triangleOf(panel: PanelView): Triangle | undefined {
  const p = itemOf(panel, 'p')?.value
  const q = itemOf(panel, 'q')?.value
  if (p === null || p === undefined || q === null || q === undefined) return undefined
  const s = itemOf(panel, 's')
  const max = s?.max ?? niceCeiling(Math.max(s?.value ?? 0, Math.hypot(p, q)))
  const scale = Math.min(WIDE / max, TALL / (MOST_REACTIVE * max))
  const corner: Point = [FROM[0] + Math.min(WIDE, Math.abs(p) * scale), FROM[1]]
  // Capacitive power would hang below the ground; the bank is chosen so that it never comes to that.
  return { from: FROM, corner, top: [corner[0], FROM[1] - Math.min(TALL, Math.max(0, q) * scale)] }
}
