import type { PanelItemView, PanelView } from '../screen-view.ts'
import { niceCeiling } from './picture.ts'

/** The picture is narrower beside figures; its letters stay as large. */
export interface Ground {
  readonly width: number
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}
export const groundOf = (width: number): Ground => ({ width, left: 10, right: width - 40, top: 62, bottom: 222 })

export interface Stair {
  readonly item: PanelItemView
  readonly x: number
  readonly width: number
  readonly y: number
  /** The last step has no end. */
  readonly open: boolean
  /** The marker stands on it. */
  readonly here: boolean
}

/**
 * Steps of a tariff as a picture: as wide as their kWh, as high as their price (in `target`). A price difference of a few fen
 * must still look like a step, so the heights begin a little below the cheapest.
 */
export function stairsOf(
  panel: PanelView,
  ground: Ground,
): {
  readonly stairs: readonly Stair[]
  readonly marker: readonly [x: number, y: number] | null
  readonly max: number
} {
  const steps = panel.items.filter(({ id }) => /^step\d+$/.test(id))
  const value = panel.items.find(({ id }) => id === 'marker')?.value ?? null
  const ends = steps.map((step) => step.value)
  const lastEnd = Math.max(0, ...ends.filter((end) => end !== null))
  const max = niceCeiling(Math.max(lastEnd * (ends.at(-1) === null ? 1.5 : 1), (value ?? 0) * 1.1, 1))
  const prices = steps.map(({ target }) => target ?? 0)
  const low = Math.min(...prices) * 0.6
  const high = Math.max(...prices)
  const x = (kWh: number) => ground.left + ((ground.right - ground.left) * kWh) / max
  const y = (price: number) =>
    ground.bottom - (high > low ? ((ground.bottom - ground.top) * (price - low)) / (high - low) : 40)
  let from = 0
  const stairs = steps.map((item, i): Stair => {
    const open = item.value === null
    const to = item.value ?? max
    const stair = {
      item,
      x: x(from),
      width: Math.max(0, x(Math.min(to, max)) - x(from)),
      y: y(prices[i]!),
      open,
      here: value !== null && value >= from && (value < to || open),
    }
    from = to
    return stair
  })
  const under = stairs.find(({ here }) => here) ?? stairs.at(-1)
  return { stairs, marker: value === null || !under ? null : [x(Math.min(value, max)), under.y], max }
}
