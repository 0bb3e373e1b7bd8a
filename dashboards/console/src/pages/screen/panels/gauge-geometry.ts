import type { PanelItemView } from '../screen-view.ts'
import { shareOf } from './picture.ts'

export const DIAL = { x: 250, y: 205, radius: 180 } as const

/** From left (least) over the top to right (most), at a distance from the middle. */
export function onDial(share: number, radius: number): readonly [x: number, y: number] {
  const angle = Math.PI * (1 - share)
  return [DIAL.x + radius * Math.cos(angle), DIAL.y - radius * Math.sin(angle)]
}

const text = ([x, y]: readonly [number, number]) => `${x.toFixed(2)} ${y.toFixed(2)}`

/** A piece of the dial between two shares. */
export const dialArc = (from: number, to: number, radius: number): string =>
  `M${text(onDial(from, radius))}A${radius} ${radius} 0 0 1 ${text(onDial(to, radius))}`

export interface Needle {
  readonly at: number
  readonly inBand: boolean | undefined
  readonly band: readonly [from: number, to: number] | undefined
  readonly min: number
  readonly max: number
}

/** Where the needle and its band stand; without limits of its own the dial reaches as far beyond the band as the band is wide. */
export function needleOf({ value, min, max, bandMin, bandMax }: PanelItemView): Needle {
  const width = bandMin !== undefined && bandMax !== undefined ? bandMax - bandMin : undefined
  const low = min ?? (width === undefined ? Math.min(0, value ?? 0) : bandMin! - width)
  const high = max ?? (width === undefined ? Math.max(1, value ?? 1) : bandMax! + width)
  const hasBand = bandMin !== undefined || bandMax !== undefined
  const from = bandMin ?? low
  const to = bandMax ?? high
  return {
    at: shareOf(value, low, high),
    band: hasBand ? [shareOf(from, low, high), shareOf(to, low, high)] : undefined,
    inBand: hasBand && value !== null ? value >= from && value <= to : undefined,
    min: low,
    max: high,
  }
}
