import type { PanelItemView } from '../screen-view.ts'
import { PICTURE } from './picture.ts'

/** What a node is: where its colour comes from and whether its wire leads to the middle. */
export type FlowRole = 'grid' | 'pv' | 'battery' | 'charging' | 'heat' | 'rest' | 'load'

type Point = readonly [x: number, y: number]

export interface FlowNode {
  readonly item: PanelItemView
  readonly role: FlowRole
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  /** One line instead of two: more nodes than fit otherwise. */
  readonly compact: boolean
  /** From the node to the middle, as points a little apart. */
  readonly wire: readonly Point[]
  /** Towards the middle, away from it, or not at all. */
  readonly direction: 1 | -1 | 0
}

const SOURCES: ReadonlySet<FlowRole> = new Set(['grid', 'pv', 'battery'])
export const HUB = { x: 400, y: 130, size: 56 } as const
export const COLUMN = { source: 10, sourceWidth: 260, load: 545, loadWidth: 290 } as const
/** What less than this comes to is the noise of meters. */
const STILL_W = 20

export function roleOf(id: string): FlowRole {
  if (id === 'grid' || id === 'pv' || id === 'battery' || id === 'rest') return id
  if (id === 'evse') return 'charging'
  return id.startsWith('heat') ? 'heat' : 'load'
}

/** Sources left, all that uses power right, the hall in the middle. */
export function flowNodes(items: readonly PanelItemView[]): readonly FlowNode[] {
  const sources = items.filter(({ id }) => SOURCES.has(roleOf(id)))
  const loads = items.filter(({ id }) => !SOURCES.has(roleOf(id)))
  return [...column(sources, true), ...column(loads, false)]
}

function column(items: readonly PanelItemView[], isSource: boolean): FlowNode[] {
  const room = PICTURE.height / Math.max(1, items.length)
  const compact = items.length > 3
  const width = isSource ? COLUMN.sourceWidth : COLUMN.loadWidth
  const height = Math.min(compact ? 34 : 70, room - 4)
  return items.map((item, i) => {
    const x = isSource ? COLUMN.source : COLUMN.load
    const y = room * (i + 0.5) - height / 2
    const edge: Point = isSource ? [x + width, y + height / 2] : [x, y + height / 2]
    const hub: Point = [HUB.x + (isSource ? -HUB.size / 2 : HUB.size / 2), HUB.y]
    const value = item.lost ? null : item.value
    return {
      item,
      role: roleOf(item.id),
      x,
      y,
      width,
      height,
      compact,
      wire: wireOf(edge, hub),
      direction: value === null || Math.abs(value) < STILL_W ? 0 : value > 0 === isSource ? 1 : -1,
    }
  })
}

const WIRE_POINTS = 24

/** An S from the edge of a node to the middle. */
function wireOf([x0, y0]: Point, [x1, y1]: Point): Point[] {
  const half = (x0 + x1) / 2
  return Array.from({ length: WIRE_POINTS + 1 }, (_, i) => {
    const t = i / WIRE_POINTS
    const u = 1 - t
    const x = u ** 3 * x0 + 3 * u * u * t * half + 3 * u * t * t * half + t ** 3 * x1
    const y = u ** 3 * y0 + 3 * u * u * t * y0 + 3 * u * t * t * y1 + t ** 3 * y1
    return [x, y] as const
  })
}

/** Length of the wire up to each of its points. */
export function lengthsOf(wire: readonly Point[]): number[] {
  const lengths = [0]
  for (const [i, [x, y]] of wire.entries()) {
    const before = wire[i - 1]
    if (before) lengths.push(lengths[i - 1]! + Math.hypot(x - before[0], y - before[1]))
  }
  return lengths
}

/** The point of a wire at a distance from its beginning, and the direction there as an angle. */
export function alongWire(
  wire: readonly Point[],
  lengths: readonly number[],
  distance: number,
): readonly [x: number, y: number, angle: number] {
  let i = 1
  while (i < lengths.length - 1 && lengths[i]! < distance) i++
  const [x0, y0] = wire[i - 1]!
  const [x1, y1] = wire[i]!
  const piece = lengths[i]! - lengths[i - 1]!
  const t = piece > 0 ? Math.min(1, Math.max(0, (distance - lengths[i - 1]!) / piece)) : 0
  return [x0 + (x1 - x0) * t, y0 + (y1 - y0) * t, Math.atan2(y1 - y0, x1 - x0)]
}

/** Tenths of a rem a second. */
const SLOWEST = 16
const FASTEST = 90

/** Share of the way from slow to fast for a power, logarithmic: a lamp is still seen beside an oven. */
const logShare = (watts: number, maxW: number): number =>
  Math.min(1, Math.max(0, Math.log(1 + watts / 50) / Math.log(1 + Math.max(maxW, 100) / 50)))

/** How fast the dots of a wire go; 0 below 20 W, where the wire is still. */
export function speedOf(powerW: number | null, maxW: number): number {
  if (powerW === null || Math.abs(powerW) < STILL_W) return 0
  return SLOWEST + (FASTEST - SLOWEST) * logShare(Math.abs(powerW), maxW)
}

/** Thickness of a still arrow, tenths of a rem: what motion would say, said without it. */
export const arrowWidth = (powerW: number | null, maxW: number): number =>
  powerW === null || Math.abs(powerW) < STILL_W ? 0 : 3 + 9 * logShare(Math.abs(powerW), maxW)

/** Between two dots. */
export const SPACING = 32

/**
 * Where the first dot of a wire is after some time more: it only ever moves on from where it was, so a new value never makes the
 * dots jump; after a pause (a hidden page) it goes on as if there had been none.
 */
export const movedOn = (phase: number, speed: number, seconds: number): number =>
  (phase + speed * Math.min(seconds, 0.25)) % SPACING
