import type { PanelView } from '../screen-view.ts'
import { clamped, itemOf } from './picture.ts'

/** More than this do not fit, and no heat pump gives them. */
const MOST_BLOCKS = 8

/** How much comes out for one block in: whole blocks and the piece of the last one; undefined while either is not known. */
export function blocksOut(panel: PanelView): readonly number[] | undefined {
  const from = itemOf(panel, 'in')?.value
  const out = itemOf(panel, 'out')?.value
  if (from === null || from === undefined || out === null || out === undefined || from <= 0) return undefined
  const ratio = clamped(out / from, 0, MOST_BLOCKS)
  const whole = Math.floor(ratio + 1e-9)
  const piece = ratio - whole
  return [...new Array<number>(whole).fill(1), ...(piece > 0.01 ? [piece] : [])]
}
