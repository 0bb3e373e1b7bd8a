import type { Health } from './order-book.ts'
import type { WorkOrder } from './work-order.ts'

/** A device is given this long after 工作结束 to come up before an alarm that is still there counts against the repair. */
const SETTLE_MS = 120_000
/** More time than this between two looks proves nothing: the gateway slept, or the clock was set. */
const MAX_STEP_MS = 30_000

export type Verdict = { readonly proof: 'passed' } | { readonly proof: 'failed'; readonly why: 'alarm' | 'self-test' }

/** Watches devices that are to prove themselves. After a restart a proof begins anew. */
export interface Verification {
  /** Looks at the device of an order in 设备自检中; undefined while nothing is proved. Call about once a second. */
  look(order: WorkOrder, health: Health, healthyMs: number, now: number): Verdict | undefined
  forget(order: string): void
}

interface Proof {
  lookedAt: number
  /** How long the device was seen healthy without a break; undefined: not since the last break. */
  healthyMs: number | undefined
}

export function createVerification(): Verification {
  const proofs = new Map<string, Proof>()

  return {
    look(order, health, healthyForMs, now) {
      const proof = proofs.get(order.id) ?? { lookedAt: now, healthyMs: undefined }
      const stepMs = Math.min(MAX_STEP_MS, Math.max(0, now - proof.lookedAt))
      proof.lookedAt = now
      proofs.set(order.id, proof)

      const healthy = health.healthy(order.device)
      if (healthy === undefined) {
        proof.healthyMs = undefined
        return undefined
      }
      if (!healthy) {
        proof.healthyMs = undefined
        return isSettling(order, now) ? undefined : { proof: 'failed', why: 'alarm' }
      }
      proof.healthyMs = proof.healthyMs === undefined ? 0 : proof.healthyMs + stepMs
      const test = health.selfTest?.(order.device, startOf(order))
      if (test === 'failed') return { proof: 'failed', why: 'self-test' }
      return proof.healthyMs >= healthyForMs && test !== 'running' ? { proof: 'passed' } : undefined
    },
    forget(order) {
      proofs.delete(order)
    },
  }
}

/** Whether the device may still be coming up after 工作结束. */
export const isSettling = (order: WorkOrder, now: number): boolean => now - startOf(order) < SETTLE_MS

const startOf = (order: WorkOrder): number =>
  order.events.findLast((event) => event.type === 'verificationStarted')?.at ?? 0
