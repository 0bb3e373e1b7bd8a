import type { FromFlows } from '../../gateway/src/flows/flow-messages.ts'

type Complaint = Extract<FromFlows, { type: 'complaint' }>

/** A node that throws 10,000 times a second is told about once in so long, with the count. */
const EVERY_MS = 10_000
/** Nodes that complain at the same time; the others are counted together. */
const MAX_NODES = 50
const OTHERS = 'other nodes'
const MAX_TEXT = 300

/** What Node-RED logs about one node. */
export interface NodeLog {
  readonly level: number
  readonly msg: unknown
  readonly name?: string | undefined
  readonly id?: string | undefined
  readonly z?: string | undefined
}

const ERROR = 20
const WARN = 30

/** Gathers what nodes complain about. The first of each node is told at once. */
export function createComplaints(parts: {
  readonly send: (complaint: Complaint) => void
  readonly flowName: (tab: string | undefined) => string
  readonly monotonicMs: () => number
}) {
  const waiting = new Map<string, { complaint: Omit<Complaint, 'count'>; count: number; toldAt: number }>()

  function take({ level, msg, name, id, z }: NodeLog): void {
    if (level > WARN) return
    const now = parts.monotonicMs()
    const own = id ?? ''
    const key = waiting.has(own) || waiting.size < MAX_NODES ? own : OTHERS
    const known = waiting.get(key)
    if (known) {
      // Its text is the first one's: to make a new one each time would cost more than the node itself.
      known.count += 1
      if (now - known.toldAt >= EVERY_MS) tell(known, now)
      return
    }
    const made = {
      complaint: {
        type: 'complaint' as const,
        level: level <= ERROR ? ('error' as const) : ('warn' as const),
        flow: parts.flowName(z).slice(0, 64),
        node: String(key === OTHERS ? OTHERS : (name ?? id ?? 'Node-RED')).slice(0, 64),
        text: textOf(msg),
      },
      count: 1,
      toldAt: now,
    }
    waiting.set(key, made)
    tell(made, now)
  }

  function tell(one: { complaint: Omit<Complaint, 'count'>; count: number; toldAt: number }, now: number): void {
    if (one.count > 0) parts.send({ ...one.complaint, count: one.count })
    one.count = 0
    one.toldAt = now
  }

  return {
    take,
    /** Tells what was gathered; call about every 10 s. Nodes that are quiet again are forgotten. */
    tick(): void {
      const now = parts.monotonicMs()
      for (const [key, one] of waiting) {
        if (now - one.toldAt < EVERY_MS) continue
        if (one.count === 0) waiting.delete(key)
        else tell(one, now)
      }
    },
  }
}

function textOf(msg: unknown): string {
  if (typeof msg === 'string') return msg.slice(0, MAX_TEXT)
  // Errors of function nodes are of another realm: they are none of our `Error`.
  const { message } = (msg ?? {}) as { message?: unknown }
  return (typeof message === 'string' ? message : (JSON.stringify(msg) ?? '')).slice(0, MAX_TEXT)
}
