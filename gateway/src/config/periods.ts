import { askedBy, askedLines } from '../profiles/asked-lines.ts'
import { ocppPeriods } from '../profiles/ocpp-lines.ts'
import { compileProfile, polledPart } from '../profiles/polled.ts'
import type { Profile } from '../profiles/profile-schema.ts'

const known = new WeakMap<Profile, Map<string, Record<string, number>>>()

/**
 * How often each quantity of a device is expected anew, milliseconds. Quantities read once, or sent by the device only when
 * they change, are not in it (unless the hall gives a period): they never grow stale by age.
 * @param normalMs the hall's own normal period for this device; fast registers are read at least as often, slow ones keep the profile's
 */
export function periodsOf(
  profile: Profile,
  variant: string | undefined,
  normalMs?: number,
): Readonly<Record<string, number>> {
  const ofProfile = known.get(profile) ?? new Map<string, Record<string, number>>()
  known.set(profile, ofProfile)
  const key = `${normalMs} ${variant}`
  // One object for all devices that are read alike: a hall has hundreds of terminals of one make.
  const periods = ofProfile.get(key) ?? reckon(profile, variant, normalMs)
  ofProfile.set(key, periods)
  return periods
}

function reckon(profile: Profile, variant: string | undefined, normalMs: number | undefined): Record<string, number> {
  const periods: Record<string, number> = {}
  const polled = polledPart(profile)
  if (polled) {
    const { fast } = polled.periodsMs
    const byRate = {
      ...polled.periodsMs,
      // Nothing that changes fast is read more slowly than what the hall wants of the rest.
      ...(normalMs !== undefined && { normal: normalMs, fast: Math.min(fast, normalMs) }),
    }
    for (const register of compileProfile(polled, variant))
      if (register.rate !== 'once') periods[register.quantity] = byRate[register.rate]
  }
  const asked = askedBy(profile)
  if (asked) {
    const periodMs = normalMs ?? profile[asked]?.periodMs
    for (const { quantity } of askedLines(profile)) if (periodMs !== undefined) periods[quantity] = periodMs
  }
  if (profile.ocpp) Object.assign(periods, ocppPeriods(profile.ocpp, normalMs))
  for (const message of profile.mqtt?.messages ?? []) {
    // A device that need not report by itself does so where the hall says how often.
    const period = normalMs ?? message.everyMs
    for (const { quantity } of message.values) if (period !== undefined) periods[quantity] = period
  }
  return periods
}
