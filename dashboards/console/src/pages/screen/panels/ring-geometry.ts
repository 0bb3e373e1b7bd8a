import type { PanelView } from '../screen-view.ts'

export const RING = { x: 130, y: 130, outer: 108, inner: 78, blockOuter: 74, blockInner: 54 } as const

/** Hours run clockwise from the top; 24 is the top again. */
const angleOf = (hour: number): number => (hour / 24) * 2 * Math.PI
export function pointAt(hour: number, radius: number): readonly [x: number, y: number] {
  const angle = angleOf(hour)
  return [RING.x + radius * Math.sin(angle), RING.y - radius * Math.cos(angle)]
}

const at = (hour: number, radius: number): string =>
  pointAt(hour, radius)
    .map((each) => each.toFixed(2))
    .join(' ')

/** A piece of the ring from one hour to another; a whole day is drawn as two halves, for an arc to itself is nothing. */
export function arcPath(from: number, to: number, inner: number, outer: number): string {
  const hours = Math.min(24, to - from)
  if (hours >= 23.99) return arcPath(from, from + 12, inner, outer) + arcPath(from + 12, from + 23.98, inner, outer)
  const large = hours > 12 ? 1 : 0
  const end = from + hours
  return `M${at(from, outer)}A${outer} ${outer} 0 ${large} 1 ${at(end, outer)}L${at(end, inner)}A${inner} ${inner} 0 ${large} 0 ${at(from, inner)}Z`
}

export interface PriceBand {
  readonly from: number
  readonly to: number
  readonly price: number
  /** 0 is the cheapest, 1 the dearest. */
  readonly rank: number
}

/** Hours of the same price in a row, from the 24 values of the series `price`. */
export function priceBands(panel: PanelView): readonly PriceBand[] {
  const prices =
    panel.series
      .find(({ id }) => id === 'price')
      ?.points.slice(0, 24)
      .map(([, price]) => price) ?? []
  const distinct = [...new Set(prices)].sort((a, b) => a - b)
  const bands: PriceBand[] = []
  for (const [hour, price] of prices.entries()) {
    const last = bands.at(-1)
    if (last?.price === price) bands[bands.length - 1] = { ...last, to: hour + 1 }
    else
      bands.push({
        from: hour,
        to: hour + 1,
        price,
        rank: distinct.length > 1 ? distinct.indexOf(price) / (distinct.length - 1) : 0,
      })
  }
  return bands
}

/** Every price once, cheapest first. */
export const priceLegend = (bands: readonly PriceBand[]): readonly PriceBand[] =>
  [...new Map(bands.map((band) => [band.price, band])).values()].sort((a, b) => a.price - b.price).slice(0, 5)

/** Blocks that lie over one another at the same hour stand in rows, the earlier one outside. */
export function blockRows(blocks: readonly { readonly at: number; readonly hours: number }[]): number[] {
  const ends: number[] = []
  const order = blocks.map((block, i) => ({ block, i })).sort((a, b) => a.block.at - b.block.at)
  const rows: number[] = new Array(blocks.length).fill(0)
  for (const { block, i } of order) {
    const free = ends.findIndex((end) => end <= block.at + 1e-9)
    const row = free === -1 ? ends.length : free
    ends[row] = block.at + block.hours
    rows[i] = row
  }
  return rows
}
