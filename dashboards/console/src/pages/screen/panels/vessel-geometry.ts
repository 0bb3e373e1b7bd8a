import { roundedTogether } from '../figure-text.ts'
import type { PanelItemView, PanelView } from '../screen-view.ts'
import { clamped, shareOf } from './picture.ts'

export interface Layer {
  readonly item: PanelItemView
  /** Of the height of the vessel, counted from its bottom, 0 to 1. */
  readonly from: number
  readonly to: number
  /** As shown: the layers add up to the whole. */
  readonly value: number
}

/** A glass: its parts lie on one another; what the level counts and no part explains lies on top of them unnamed. */
export function glassOf(panel: PanelView): {
  readonly level: number
  readonly layers: readonly Layer[]
  readonly over: boolean
} {
  const level = panel.items.find(({ id }) => id === 'level')
  const value = level?.value ?? null
  const max = level?.max ?? level?.target ?? Math.max(1, value ?? 1)
  const parts = panel.items.filter((item) => item.id !== 'level' && item.unit === level?.unit && (item.value ?? 0) > 0)
  const shown = roundedTogether(
    parts.map((part) => part.value!),
    level?.unit === 'W' || level?.unit === 'Wh' ? 0 : (level?.digits ?? 1),
  )
  let bottom = 0
  const layers = parts.map((item, i): Layer => {
    const from = bottom
    bottom = clamped(bottom + item.value! / max, 0, 1)
    return { item, from, to: bottom, value: shown[i]! }
  })
  return { level: shareOf(value, 0, max), layers, over: value !== null && value > max }
}

const COLD = [46, 122, 253] as const
const HOT = [244, 107, 76] as const
const COLD_C = 15
const HOT_C = 75

/** From the blue of cold water to the colour of heat; grey when nothing is known. */
export function heatColour(celsius: number | null): string {
  if (celsius === null) return '#33465a'
  const share = shareOf(celsius, COLD_C, HOT_C)
  const channels = COLD.map((cold, i) => Math.round(cold + (HOT[i]! - cold) * share))
  return `rgb(${channels.join(' ')})`
}
