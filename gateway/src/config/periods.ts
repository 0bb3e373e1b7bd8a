import type { Profile } from '../profiles/profile-schema.ts'

/**
 * How often each quantity of a device is expected anew, milliseconds. Quantities read once, or sent by the device only when
 * they change, are not in it: they never grow stale by age.
 * @param normalMs the hall's own normal period for this device; fast and slow registers keep the profile's
 */
export function periodsOf(profile: Profile, variant: string | undefined, normalMs?: number): Record<string, number> {
  const periods: Record<string, number> = {}
  if (profile.modbus) {
    const byRate = { ...profile.modbus.periodsMs, ...(normalMs === undefined ? {} : { normal: normalMs }) }
    const registers = [
      ...profile.modbus.registers,
      ...(variant ? (profile.modbus.variants?.[variant]?.registers ?? []) : []),
    ]
    for (const register of registers) if (register.rate !== 'once') periods[register.quantity] = byRate[register.rate]
  }
  for (const message of profile.mqtt?.messages ?? []) {
    const period = message.everyMs === undefined ? undefined : (normalMs ?? message.everyMs)
    for (const { quantity } of message.values) if (period !== undefined) periods[quantity] = period
  }
  return periods
}
