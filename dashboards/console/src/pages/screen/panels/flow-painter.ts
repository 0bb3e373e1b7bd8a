import { alongWire, arrowWidth, COLUMN, type FlowNode, lengthsOf, movedOn, SPACING, speedOf } from './flow-geometry.ts'
import { PICTURE } from './picture.ts'

export type FlowColours = Readonly<Record<FlowNode['role'], string>>

/** 15 pictures a second are smooth enough for dots, and leave an old PC its peace. */
const FRAME_MS = 66
/** More points than these across are not seen, but have to be filled. */
const MOST_PIXELS = 640
/** Only where wires are has anything to be painted anew: a third of the picture. */
const LEFT = COLUMN.source + COLUMN.sourceWidth - 8
const WIDTH = COLUMN.load - LEFT + 8

export interface FlowPainter {
  show(nodes: readonly FlowNode[]): void
  close(): void
}

/** Moves dots along wires on one canvas over the picture; stands still when the page is hidden or nobody wants motion. */
export function createFlowPainter(
  frame: HTMLElement,
  canvas: HTMLCanvasElement,
  colours: FlowColours,
  still: boolean,
): FlowPainter {
  const pen = canvas.getContext('2d')
  const phases = new Map<string, number>()
  const lengthsBy = new WeakMap<FlowNode, number[]>()
  let nodes: readonly FlowNode[] = []
  let maxW = 0
  let last = 0
  let timer: ReturnType<typeof setInterval> | undefined

  const fit = () => {
    const { clientWidth, clientHeight } = frame
    const scale = Math.min(clientWidth / PICTURE.width, clientHeight / PICTURE.height)
    canvas.style.left = `${(clientWidth - PICTURE.width * scale) / 2 + LEFT * scale}px`
    canvas.style.top = `${(clientHeight - PICTURE.height * scale) / 2}px`
    canvas.style.width = `${WIDTH * scale}px`
    canvas.style.height = `${PICTURE.height * scale}px`
    const pixels = Math.min(MOST_PIXELS, Math.max(1, WIDTH * scale))
    canvas.width = Math.round(pixels)
    canvas.height = Math.round((pixels * PICTURE.height) / WIDTH)
    paint(0)
  }
  const paint = (seconds: number) => {
    if (!pen) return
    pen.setTransform(1, 0, 0, 1, 0, 0)
    pen.clearRect(0, 0, canvas.width, canvas.height)
    const scale = canvas.width / WIDTH
    pen.setTransform(scale, 0, 0, scale, -LEFT * scale, 0)
    for (const node of nodes) if (node.direction !== 0) (still ? paintArrow : paintDots)(pen, node, seconds)
  }
  const paintDots = (to: CanvasRenderingContext2D, node: FlowNode, seconds: number) => {
    const { item, wire, direction, role } = node
    const phase = movedOn(phases.get(item.id) ?? 0, speedOf(item.value, maxW), seconds)
    phases.set(item.id, phase)
    const lengths = lengthsBy.get(node) ?? lengthsOf(wire)
    lengthsBy.set(node, lengths)
    const length = lengths.at(-1)!
    to.fillStyle = colours[role]
    for (let at = phase; at < length; at += SPACING) {
      const [x, y, angle] = alongWire(wire, lengths, direction === 1 ? at : length - at)
      if (item.mark === 'live') {
        to.beginPath()
        to.arc(x, y, 4.5, 0, 2 * Math.PI)
        to.fill()
      } else {
        // A solid dot says “live”; what is not moves as dashes.
        to.save()
        to.translate(x, y)
        to.rotate(angle)
        to.fillRect(-7, -2, 14, 4)
        to.restore()
      }
    }
  }
  const paintArrow = (to: CanvasRenderingContext2D, { item, wire, direction, role }: FlowNode) => {
    const way = direction === 1 ? wire : [...wire].reverse()
    const thick = arrowWidth(item.value, maxW)
    to.strokeStyle = colours[role]
    to.fillStyle = colours[role]
    to.lineWidth = thick
    to.beginPath()
    for (const [x, y] of way) to.lineTo(x, y)
    to.stroke()
    const lengths = lengthsOf(way)
    const [x, y, angle] = alongWire(way, lengths, lengths.at(-1)! * 0.55)
    to.save()
    to.translate(x, y)
    to.rotate(angle)
    to.beginPath()
    to.moveTo(14 + thick, 0)
    to.lineTo(-8, -8 - thick)
    to.lineTo(-8, 8 + thick)
    to.fill()
    to.restore()
  }
  const tick = () => {
    const now = performance.now()
    paint((now - last) / 1000)
    last = now
  }
  const run = () => {
    clearInterval(timer)
    timer = undefined
    if (still || document.hidden || nodes.every(({ direction }) => direction === 0)) return
    last = performance.now()
    timer = setInterval(tick, FRAME_MS)
  }
  const size = new ResizeObserver(fit)
  size.observe(frame)
  document.addEventListener('visibilitychange', run)

  return {
    show(next) {
      nodes = next
      maxW = Math.max(...next.map(({ item }) => Math.abs(item.value ?? 0)), 0)
      if (still || timer === undefined) paint(0)
      if (!still && (timer === undefined) === next.some(({ direction }) => direction !== 0)) run()
    },
    close() {
      clearInterval(timer)
      size.disconnect()
      document.removeEventListener('visibilitychange', run)
    },
  }
}
