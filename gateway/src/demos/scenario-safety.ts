import type { PlacedProblem } from './scenario-checks.ts'
import type { Scenario } from './scenario-schema.ts'

/** Above it a switched role needs a longest on-time, W. */
const STRONG_W = 1000

/**
 * Why a scenario is not safe to load (HW_SCENARIO_UNSAFE): what heats or draws more than 1 kW has a longest on-time; what heats
 * also has a ceiling or a guard; and nobody’s absence switches anything on.
 */
export function unsafeParts({ roles, safety, unattended }: Scenario): PlacedProblem[] {
  const problems: PlacedProblem[] = []
  for (const [role, { switched, hot, required, ratedW = 0 }] of Object.entries(roles)) {
    const path = ['roles', role]
    // Optional ones are left out when nobody leads it.
    if (unattended && switched && required)
      problems.push({ path, message: `A scenario that runs unattended switches nothing; ${role} is switched.` })
    if (!switched || !(hot || ratedW > STRONG_W)) continue
    const why = hot ? 'heats' : `draws up to ${ratedW} W`
    if (safety.maxOnS[role] === undefined)
      problems.push({ path, message: `${role} ${why}: safety.maxOnS has to say how long at most.` })
    const ceiling = safety.ceilings.some((one) => one.role === role)
    if (hot && !ceiling && !safety.guard)
      problems.push({ path, message: `${role} heats: it needs a ceiling, or a guard in front of it (safety.guard).` })
  }
  return problems
}
