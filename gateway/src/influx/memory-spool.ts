import type { Frame, Series, Value } from '../domain/frame.ts'
import type { ForwardState, Spool, SpooledFrame } from '../spool/spool.ts'

type ForwarderSpool = Pick<Spool, 'read' | 'head' | 'onAppend' | 'forwarding' | 'deadLetter'>

export interface MemorySpool extends ForwarderSpool {
  /** Appends as one commit. */
  add(...frames: readonly { readonly series: Series; readonly frame: Frame }[]): void
  readonly saved: () => ForwardState
  readonly rejected: { readonly seq: number; readonly line: string; readonly reason: string }[]
  /** Takes frames away as eviction does. */
  evictUpTo(seq: number): void
}

/** The spool as the forwarder sees it, without a disk: for the tests and benches of this room only. */
export function createMemorySpool(first: ForwardState = { live: 0, gaps: [] }): MemorySpool {
  const frames: SpooledFrame[] = []
  const listeners = new Set<(head: number) => void>()
  const rejected: MemorySpool['rejected'] = []
  let state = first
  let head = 0
  return {
    add: (...added) => {
      for (const { series, frame } of added) frames.push({ seq: ++head, series, frame })
      for (const listener of listeners) listener(head)
    },
    read: async (from, to, limit) => {
      const start = frames[0] ? Math.max(0, from - frames[0].seq) : 0
      return frames.slice(start, start + limit).filter((frame) => frame.seq <= to)
    },
    head: () => head,
    onAppend: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    forwarding: {
      load: async () => state,
      save: async (next) => {
        state = next
      },
    },
    deadLetter: async (seq, line, reason) => {
      rejected.push({ seq, line, reason })
    },
    saved: () => state,
    rejected,
    evictUpTo: (seq) => {
      while (frames[0] && frames[0].seq <= seq) frames.shift()
    },
  }
}

/** A meter's frame: what most tests send. */
export function meterFrame(
  device: string,
  at: number,
  values: Record<string, Value>,
): { series: Series; frame: Frame } {
  let series = meters.get(device)
  if (!series) {
    series = { hall: 'demo', zone: 'lobby', device, kind: 'meter', profile: 'eastron/sdm630', stream: 'reading' }
    meters.set(device, series)
  }
  return { series, frame: { device, stream: 'reading', at, values } }
}
const meters = new Map<string, Series>()
