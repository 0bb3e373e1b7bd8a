/** The newest message of one kind from one connector, for the person who looks inside a charger. */
export interface LastSaid {
  readonly action: string
  /** 0 is the station; null when the message is of no connector. */
  readonly connector: number | null
  /** Unix ms of receipt. */
  readonly at: number
  /** As JSON, with … at the end when it was longer; cards are not in it. */
  readonly payload: string
}

/** Longer is cut: what a person reads of a message stands at its beginning. */
const KEPT_CHARS = 600
/** Kinds of messages times connectors of a station; one more takes the place of the one known longest. */
const MOST_KEPT = 24
/** A card is looked at and forgotten. */
const CARDS: ReadonlySet<string> = new Set(['idTag', 'parentIdTag'])

const shortened = (text: string): string => (text.length > KEPT_CHARS ? `${text.slice(0, KEPT_CHARS)}…` : text)

export function createLastSaid() {
  const kept = new Map<string, LastSaid>()
  return {
    take(action: string, payload: unknown, at: number): void {
      const { connectorId } = (payload ?? {}) as { connectorId?: unknown }
      const connector = typeof connectorId === 'number' ? connectorId : null
      const key = `${connector} ${action.slice(0, 40)}`
      if (!kept.has(key) && kept.size >= MOST_KEPT) for (const [first] of kept) if (kept.delete(first)) break
      const text = JSON.stringify(payload, (name, value) => (CARDS.has(name) ? '***' : value)) ?? ''
      kept.set(key, { action: action.slice(0, 40), connector, at, payload: shortened(text) })
    },
    /** What the station and this connector said, newest first. */
    of: (connector: number): LastSaid[] =>
      [...kept.values()]
        .filter((said) => said.connector === null || said.connector === 0 || said.connector === connector)
        .sort((a, b) => b.at - a.at),
  }
}
