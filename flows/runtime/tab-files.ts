/** A node as Node-RED writes it. `z` is the tab or subflow it stands on. */
export interface FlowNode {
  readonly id: string
  readonly type: string
  readonly z?: string
  readonly label?: string
  readonly [property: string]: unknown
}

/** Nodes that belong to no tab (brokers, TLS settings) and subflows. */
export const SHARED = 'shared'
const MAX_NAME = 48

/**
 * One file per tab, named after what it is for. A tab keeps the file it has; a new one is named after its label, as far as that
 * can be written in lower-case ASCII words, else after its id.
 * @param known  tab id → file name without .json, of the files there are
 * @returns file name → its nodes, the tab first
 */
export function filesOf(
  nodes: readonly FlowNode[],
  known: ReadonlyMap<string, string>,
): Map<string, readonly FlowNode[]> {
  const files = new Map<string, FlowNode[]>()
  const fileOfTab = new Map<string, string>()
  const tabs = nodes.filter(({ type }) => type === 'tab')
  const taken = new Set([SHARED, ...tabs.flatMap(({ id }) => known.get(id) ?? [])])
  for (const tab of tabs) {
    const name = known.get(tab.id) ?? freeName(tab, taken)
    taken.add(name)
    fileOfTab.set(tab.id, name)
    files.set(name, [tab])
  }
  for (const node of nodes) {
    if (node.type === 'tab') continue
    const name = (node.z !== undefined && fileOfTab.get(node.z)) || SHARED
    const file = files.get(name)
    if (file) file.push(node)
    else files.set(name, [node])
  }
  return files
}

function freeName(tab: FlowNode, taken: ReadonlySet<string>): string {
  const words = (tab.label ?? '').toLowerCase().match(/[a-z0-9]+/g) ?? []
  const name = words.join('-').slice(0, MAX_NAME) || `flow-${tab.id}`
  if (!taken.has(name)) return name
  for (let n = 2; ; n++) if (!taken.has(`${name}-${n}`)) return `${name}-${n}`
}

/** The nodes of all files as Node-RED reads them: tabs first, in the order in which they were shown. */
export function nodesOf(files: ReadonlyMap<string, readonly FlowNode[]>): FlowNode[] {
  const all = [...files.values()].flat()
  const placeOf = ({ position }: FlowNode) => (typeof position === 'number' ? position : Number.MAX_SAFE_INTEGER)
  const tabs = all.filter(({ type }) => type === 'tab').sort((a, b) => placeOf(a) - placeOf(b))
  return [...tabs, ...all.filter(({ type }) => type !== 'tab')]
}

/** Tab id → file name, of the files there are. */
export const tabsOf = (files: ReadonlyMap<string, readonly FlowNode[]>): Map<string, string> =>
  new Map(
    [...files].flatMap(([name, nodes]) =>
      nodes.filter(({ type }) => type === 'tab').map(({ id }) => [id, name] as const),
    ),
  )
