import type { SetupViews } from '../http/setup-views.ts'
import type { CommissioningParts } from './commissioning-parts.ts'
import { knocking } from './knocking.ts'
import { createScans } from './scans.ts'
import { createTrials } from './trials.ts'

/** Brings devices into a hall: looks who is on a line, tries profiles, hears who knocks at the broker. One scan at a time. */
export function createCommissioning(parts: CommissioningParts): SetupViews['commissioning'] & {
  stats(): { readonly scans: number; readonly scanRunning: number }
  close(): Promise<void>
} {
  const since = parts.clock.wallMs()
  const { isRunning, ...scans } = createScans(parts)
  return { ...scans, ...createTrials(parts, isRunning), listen: () => knocking(parts, since) }
}
