import type { Shape } from '../../api/client.ts'
import { quantityName } from '../../live/vocabulary.ts'

export interface ChartSeries {
  readonly name: string
  readonly unit: string
  /** Oldest first; null where nothing was measured, so that the line is broken there. */
  readonly points: readonly (readonly [at: number, value: number | null])[]
}

type History = Shape<'History'>
type Point = History['series'][number]['points'][number]

/** Two values farther apart than this many usual distances have a gap between them. */
const GAP_DISTANCES = 3

/** One quantity as a line: mean of each bucket, numbers only; on and off are 1 and 0. */
export function seriesOf(
  { bucketMs }: Pick<History, 'bucketMs'>,
  { quantity, unit, points }: History['series'][number],
  name?: string,
): ChartSeries {
  const numbers = points.flatMap((point): [number, number][] => {
    const value = numberOf(point[1])
    return value === undefined ? [] : [[point[0], value]]
  })
  return { name: name ?? quantityName(quantity), unit, points: withGaps(numbers, bucketMs) }
}

function numberOf(value: Point[1]): number | undefined {
  if (typeof value === 'number') return value
  if (typeof value === 'boolean') return value ? 1 : 0
  return typeof value === 'object' ? value.avg : undefined
}

/** Puts an empty point into every stretch in which nothing was measured. */
export function withGaps(points: readonly (readonly [number, number])[], bucketMs: number): [number, number | null][] {
  const distances = points.slice(1).map(([at], i) => at - points[i]![0])
  const usual = [...distances].sort((a, b) => a - b)[Math.floor(distances.length / 2)] ?? 0
  const longest = GAP_DISTANCES * Math.max(usual, bucketMs, 1)
  return points.flatMap(([at, value], i): [number, number | null][] => {
    const before = points[i - 1]
    return before && at - before[0] > longest
      ? [
          [before[0] + (at - before[0]) / 2, null],
          [at, value],
        ]
      : [[at, value]]
  })
}

/** All series on one time axis, as uPlot wants them: null is a gap, undefined is only another series' time. */
export function aligned(series: readonly ChartSeries[]): [number[], ...(number | null | undefined)[][]] {
  const times = [...new Set(series.flatMap(({ points }) => points.map(([at]) => at)))].sort((a, b) => a - b)
  const columns = series.map(({ points }) => {
    const at = new Map(points)
    return times.map((time) => at.get(time))
  })
  return [times.map((time) => time / 1000), ...columns]
}
