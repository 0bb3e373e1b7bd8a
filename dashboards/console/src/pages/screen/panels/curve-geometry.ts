import { clock, unitText } from '../figure-text.ts'
import type { PanelSeriesView } from '../screen-view.ts'
import { mainOf } from '../screen-words.ts'

/** Where lines are drawn inside the picture, tenths of a rem. */
export interface Plot {
  readonly width: number
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}
/** Beside figures the picture is narrower; its letters stay as large. */
export const plotOf = (width: number): Plot => ({ width, left: 70, right: width - 80, top: 2, bottom: 208 })

export interface Axis {
  readonly unit: string
  readonly min: number
  readonly max: number
  readonly ticks: readonly number[]
}

/** Round steps over a span, at most `most` of them. */
export function ticksOf(min: number, max: number, most = 5): number[] {
  const span = max - min
  if (!(span > 0)) return [min]
  const raw = span / most
  const decade = 10 ** Math.floor(Math.log10(raw))
  const step = [1, 2, 2.5, 5, 10].find((each) => each * decade >= raw * 0.999_999)! * decade
  const ticks: number[] = []
  for (let k = Math.ceil(min / step - 1e-9); k * step <= max + step * 1e-6; k++)
    ticks.push(Number((k * step).toPrecision(12)))
  return ticks
}

/** One axis a unit, at most two; it begins at 0 unless that would press the line against the top. */
export function axesOf(series: readonly PanelSeriesView[]): readonly Axis[] {
  const units = [...new Set(series.map(({ unit }) => unit))].slice(0, 2)
  return units.map((unit) => {
    const values = series.filter((each) => each.unit === unit).flatMap(({ points }) => points.map(([, value]) => value))
    const low = Math.min(...values, Infinity)
    const high = Math.max(...values, -Infinity)
    if (!Number.isFinite(low)) return { unit, min: 0, max: 1, ticks: [0, 1] }
    const from = low > 0 && low > high * 0.6 && unit !== 'W' ? low - (high - low || 1) * 0.2 : Math.min(0, low)
    const to = high === from ? from + 1 : high
    const inner = ticksOf(from, to)
    const step = inner.length > 1 ? inner[1]! - inner[0]! : to - from
    const min = Math.floor(from / step + 1e-9) * step
    const max = Math.ceil(to / step - 1e-9) * step
    return { unit, min, max, ticks: ticksOf(min, max) }
  })
}

/** Seconds that the picture spans: all series side by side from their beginning. */
export const spanOf = (series: readonly PanelSeriesView[]): number =>
  Math.max(10, ...series.map(({ points }) => points.at(-1)?.[0] ?? 0))

export const xAt = (s: number, span: number, { left, right }: Plot): number => left + ((right - left) * s) / span
export const yAt = (value: number, { min, max }: Axis, { top, bottom }: Plot): number =>
  bottom - ((bottom - top) * (value - min)) / (max - min)

/** A pause this many times longer than usual is a gap, and stays one. */
const GAP = 4

/** The line of one series; where samples are missing it is broken, not bridged. */
export function linePath(points: PanelSeriesView['points'], axis: Axis, span: number, plot: Plot): string {
  const pauses = points.slice(1).map(([s], i) => s - points[i]![0])
  const usual = [...pauses].sort((a, b) => a - b)[Math.floor(pauses.length / 2)] ?? 1
  return points
    .map(([s, value], i) => {
      const gap = i === 0 || s - points[i - 1]![0] > Math.max(3, usual * GAP)
      return `${gap ? 'M' : 'L'}${xAt(s, span, plot).toFixed(1)} ${yAt(value, axis, plot).toFixed(1)}`
    })
    .join('')
}

/** Marks below the picture: minutes and seconds, or hours for a day. */
export function timeTicks(span: number): readonly { readonly s: number; readonly text: string }[] {
  const step = [5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 14_400].find((each) => span / each <= 7) ?? 21_600
  const ticks: { s: number; text: string }[] = []
  for (let s = 0; s <= span; s += step) ticks.push({ s, text: step >= 1800 ? `${s / 3600} h` : clock(s) })
  return ticks
}

/** What stands at a tick: in thousands where the axis reaches them, its unit at the top only. */
export function tickText(value: number, { unit, max, ticks }: Axis): string {
  const large = max >= 1000 && /^(?:W|Wh|var|VA)$/.test(unit)
  const text = (large ? value / 1000 : value).toLocaleString('en-US', { maximumFractionDigits: 2 })
  return value === ticks.at(-1) ? `${text} ${large ? `k${unit}` : mainOf(unitText(unit))}`.trim() : text
}
