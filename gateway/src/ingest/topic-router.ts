interface Level<Route> {
  readonly children: Map<string, Level<Route>>
  /** Routes of filters that end here, and of filters that end here with #. */
  readonly here: Set<Route>
  readonly below: Set<Route>
}

const level = <Route>(): Level<Route> => ({ children: new Map(), here: new Set(), below: new Set() })

/** Finds who reads a topic: by name in one look-up, by wildcard in one step per level, however many devices there are. */
export function createTopicRouter<Route>() {
  const exact = new Map<string, Set<Route>>()
  const root = level<Route>()
  let wildcards = 0

  return {
    add(filter: string, route: Route): void {
      if (!isWildcard(filter)) {
        const routes = exact.get(filter)
        if (routes) routes.add(route)
        else exact.set(filter, new Set([route]))
        return
      }
      const { node, all } = descend(filter)
      ;(all ? node.below : node.here).add(route)
      wildcards++
    },
    remove(filter: string, route: Route): void {
      if (!isWildcard(filter)) {
        const routes = exact.get(filter)
        if (routes?.delete(route) && routes.size === 0) exact.delete(filter)
        return
      }
      if (prune(root, filter.split('/'), 0, route)) wildcards--
    },
    /** Every route whose filter takes in the topic [MQTT-4.7]; a topic that begins with $ only by its name. */
    match(topic: string): Route[] {
      const found = [...(exact.get(topic) ?? [])]
      if (wildcards > 0 && !topic.startsWith('$')) collect(root, topic.split('/'), 0, found)
      return found
    },
  }

  function descend(filter: string): { node: Level<Route>; all: boolean } {
    let node = root
    for (const part of filter.split('/')) {
      if (part === '#') return { node, all: true }
      const next = node.children.get(part) ?? level<Route>()
      node.children.set(part, next)
      node = next
    }
    return { node, all: false }
  }
}

const isWildcard = (filter: string) => filter.includes('+') || filter.endsWith('#')

function collect<Route>(node: Level<Route>, parts: readonly string[], at: number, found: Route[]): void {
  found.push(...node.below)
  if (at === parts.length) {
    found.push(...node.here)
    return
  }
  const byName = node.children.get(parts[at]!)
  if (byName) collect(byName, parts, at + 1, found)
  const any = node.children.get('+')
  if (any) collect(any, parts, at + 1, found)
}

/** Takes the route out and the levels that are empty then; false when it was not there. */
function prune<Route>(node: Level<Route>, parts: readonly string[], at: number, route: Route): boolean {
  const part = parts[at]
  if (part === undefined) return node.here.delete(route)
  if (part === '#') return node.below.delete(route)
  const child = node.children.get(part)
  if (!child || !prune(child, parts, at + 1, route)) return false
  if (child.children.size + child.here.size + child.below.size === 0) node.children.delete(part)
  return true
}
