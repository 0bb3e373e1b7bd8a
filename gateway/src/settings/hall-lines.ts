import { isMap, isScalar, isSeq, LineCounter, type Pair, parseDocument } from 'yaml'

/** Where the things of a hall stand in its file. */
export interface HallLines {
  readonly zones: ReadonlyMap<string, number>
  readonly links: ReadonlyMap<string, number>
  readonly devices: ReadonlyMap<string, { readonly line: number; readonly text: string }>
  readonly people: ReadonlyMap<string, number>
  readonly channels: ReadonlyMap<string, number>
  /** By place in the list. */
  readonly duty: readonly number[]
  readonly rules: readonly number[]
}

export const NO_LINES: HallLines = {
  zones: new Map(),
  links: new Map(),
  devices: new Map(),
  people: new Map(),
  channels: new Map(),
  duty: [],
  rules: [],
}

interface Placed {
  readonly id: string
  readonly line: number
  readonly text: string
}

/** Finds them in whatever the text holds; what is not there has no line. */
export function hallLines(text: string): HallLines {
  const counter = new LineCounter()
  const document = parseDocument(text, { lineCounter: counter })
  const lineOf = (node: unknown) => counter.linePos(startOf(node)).line
  const items = (path: readonly string[]): Placed[] => {
    const list = document.getIn(path, true)
    if (!isSeq(list)) return []
    return list.items.map((item) => {
      const id = isMap(item) ? String(item.get('id') ?? '') : ''
      return { id, line: lineOf(item), text: textOf(text, item) }
    })
  }
  const keys = (path: readonly string[]): Map<string, number> => {
    const map = document.getIn(path, true)
    if (!isMap(map)) return new Map()
    return new Map(map.items.map((pair: Pair) => [isScalar(pair.key) ? String(pair.key.value) : '', lineOf(pair.key)]))
  }
  const byId = (placed: readonly Placed[]) => new Map(placed.map(({ id, line }) => [id, line]))
  return {
    zones: byId(items(['zones'])),
    links: keys(['links']),
    devices: new Map(items(['devices']).map(({ id, line, text: own }) => [id, { line, text: own }])),
    people: byId(items(['repair', 'people'])),
    channels: keys(['repair', 'channels']),
    duty: items(['repair', 'duty']).map(({ line }) => line),
    rules: items(['repair', 'rules']).map(({ line }) => line),
  }
}

const startOf = (node: unknown): number => (node as { range?: [number, number, number] } | null)?.range?.[0] ?? 0

/** From its first line to its last, with what stands behind it on that line. */
function textOf(text: string, node: unknown): string {
  const [start = 0, end = 0] = (node as { range?: [number, number, number] }).range ?? []
  const from = text.lastIndexOf('\n', start - 1) + 1
  let last = end
  while (last > start && /\s/.test(text[last - 1] ?? '')) last--
  const to = text.indexOf('\n', last)
  return text.slice(from, to < 0 ? text.length : to).trimEnd()
}
