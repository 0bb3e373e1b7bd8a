export interface IndexedSubscription {
  readonly clientId: string
  readonly topic: string
  readonly qos: number
}

interface Node {
  readonly children: Map<string, Node>
  /** By client id. */
  readonly subscriptions: Map<string, IndexedSubscription>
}

/** Which persistent sessions want a topic: a tree with one level of the filter per step, so a look-up costs the topic's depth. */
export function createSubscriptionIndex() {
  const root: Node = { children: new Map(), subscriptions: new Map() }
  let size = 0

  return {
    get size() {
      return size
    },
    add(subscription: IndexedSubscription): void {
      let node = root
      for (const level of subscription.topic.split('/')) {
        let next = node.children.get(level)
        if (!next) {
          next = { children: new Map(), subscriptions: new Map() }
          node.children.set(level, next)
        }
        node = next
      }
      if (!node.subscriptions.has(subscription.clientId)) size++
      node.subscriptions.set(subscription.clientId, subscription)
    },
    remove(clientId: string, topic: string): void {
      const path: [Node, string][] = []
      let node = root
      for (const level of topic.split('/')) {
        const next = node.children.get(level)
        if (!next) return
        path.push([node, level])
        node = next
      }
      if (node.subscriptions.delete(clientId)) size--
      // Empty branches go, or clients with ever new filters would grow the tree for ever.
      for (const [parent, level] of path.reverse()) {
        const child = parent.children.get(level)
        if (!child || child.children.size > 0 || child.subscriptions.size > 0) return
        parent.children.delete(level)
      }
    },
    match(topic: string): IndexedSubscription[] {
      const found: IndexedSubscription[] = []
      if (size === 0) return found
      const levels = topic.split('/')
      collect(root, levels, 0, found)
      return found
    },
  }
}

function collect(node: Node, levels: readonly string[], depth: number, found: IndexedSubscription[]): void {
  // [MQTT-4.7.2-1]: a leading wildcard does not meet a topic that starts with `$`.
  const wildcards = depth > 0 || !levels[0]?.startsWith('$')
  const rest = wildcards ? node.children.get('#') : undefined
  if (rest) found.push(...rest.subscriptions.values())
  const level = levels[depth]
  if (level === undefined) {
    found.push(...node.subscriptions.values())
    return
  }
  const exact = node.children.get(level)
  if (exact) collect(exact, levels, depth + 1, found)
  const any = wildcards ? node.children.get('+') : undefined
  if (any) collect(any, levels, depth + 1, found)
}
