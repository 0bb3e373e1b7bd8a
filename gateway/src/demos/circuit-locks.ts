import { leaving } from './ends.ts'
import { isUnderWay, type Run } from './run.ts'
import type { Bilingual } from './run-view.ts'
import { namesOf } from './slots.ts'

/** A run that holds a circuit. */
export interface CircuitLock {
  readonly run: string
  readonly by: string
  /** The run is over but for these, which are not known to be off; Unix ms until when at most it waits for them. */
  readonly left?: { readonly names: Bilingual; readonly until: number }
}

/** I8: by circuit. A run that is leaving holds only those that are not known to be without power. */
export function circuitLocks(runs: Iterable<Run>): ReadonlyMap<string, CircuitLock> {
  const held = new Map<string, CircuitLock>()
  for (const run of runs) {
    if (!isUnderWay(run)) continue
    const left = leaving(run)
    const { id, by } = run
    const lock = { run: id, by, ...(left && { left: { names: namesOf(left.slots), until: left.until } }) }
    for (const { switched, circuit, device } of left?.slots ?? run.slots)
      if (switched && circuit !== undefined && device !== undefined) held.set(circuit, lock)
  }
  return held
}
