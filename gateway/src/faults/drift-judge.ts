import type { FaultRule } from '../profiles/fault-rule-schema.ts'
import type { Judge } from './judge.ts'

/** What the devices of one profile show for one quantity, and what most of them agree on. */
export interface Peers {
  tell(device: string, value: string | undefined): void
  /** Shown by more than half of at least three; undefined: they do not agree. */
  majority(): string | undefined
}

export function createPeers(): Peers {
  const byDevice = new Map<string, string>()
  const counts = new Map<string, number>()
  const count = (value: string, by: number) => {
    const left = (counts.get(value) ?? 0) + by
    if (left === 0) counts.delete(value)
    else counts.set(value, left)
  }
  return {
    tell(device, value) {
      const before = byDevice.get(device)
      if (before === value) return
      if (before !== undefined) count(before, -1)
      if (value === undefined) byDevice.delete(device)
      else {
        byDevice.set(device, value)
        count(value, 1)
      }
    },
    majority() {
      if (byDevice.size < 3) return undefined
      for (const [value, number] of counts) if (number * 2 > byDevice.size) return value
      return undefined
    },
  }
}

/** A version that differs from the one wanted, or from what its peers show. A device that falls silent keeps its say. */
export function driftJudge(
  rule: Extract<FaultRule, { type: 'drift' }>,
  device: string,
  quantity: string,
  peers: Peers,
): Judge {
  return {
    judge({ readings }) {
      const reading = readings.get(quantity)
      if (reading === undefined || reading.quality !== 'good' || reading.value === undefined) return 'unknown'
      const own = String(reading.value)
      peers.tell(device, own)
      const wanted = rule.expected ?? peers.majority()
      return wanted !== undefined && own !== wanted ? 'present' : 'absent'
    },
  }
}
