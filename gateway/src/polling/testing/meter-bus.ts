import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { periodsOf } from '../../config/periods.ts'
import type { ResolvedDevice } from '../../config/resolved-hall.ts'
import type { Profile } from '../../profiles/profile-schema.ts'
import { parseProfile } from '../../profiles/profiles.ts'

/** 20 single-phase and 4 three-phase meters of DL/T 645, and 8 Modbus meters between them. */
export const METERS = { single: 20, three: 4, modbus: 8 } as const

const PROFILE = { single: 'dlt645/single-phase', three: 'dlt645/three-phase', modbus: 'eastron/sdm120' } as const

export const meterName = (index: number): string => `dlt-${String(index + 1).padStart(2, '0')}`
export const meterAddress = (index: number): string => `2026${String(index + 1).padStart(8, '0')}`

/**
 * The devices of a bus of 32 meters on link `bus`, with their shipped profiles. A fast value is read like the others.
 * @param only the one value that is read of each; default: all
 */
export function meterBus(periodMs: number, only?: string): readonly ResolvedDevice[] {
  const dlt = Array.from({ length: METERS.single + METERS.three }, (_, i) =>
    deviceOf(
      meterName(i),
      i < METERS.single ? PROFILE.single : PROFILE.three,
      { via: 'dlt645', link: 'bus', meter: meterAddress(i) },
      periodMs,
      only,
    ),
  )
  const modbus = Array.from({ length: METERS.modbus }, (_, i) =>
    deviceOf(`modbus-${i + 1}`, PROFILE.modbus, { via: 'modbus', link: 'bus', unitId: i + 1 }, periodMs, only),
  )
  return [...dlt, ...modbus]
}

function deviceOf(
  id: string,
  profileId: string,
  connection: ResolvedDevice['connection'],
  periodMs: number,
  only: string | undefined,
): ResolvedDevice {
  const profile = shipped(profileId, only)
  const variant = Object.keys((profile.dlt645 ?? profile.modbus)?.variants ?? {})[0]
  return {
    ...{ id, name: id, hall: 'hall', zone: 'zone', kind: 'meter', profileId, profile, connection },
    ...(variant !== undefined && { variant }),
    periodsMs: periodsOf(profile, variant, periodMs),
    fingerprint: `${id} ${periodMs}`,
  }
}

/** As it is shipped, without fast values; with `only`, that value alone. */
function shipped(id: string, only: string | undefined): Profile {
  const path = fileURLToPath(new URL(`../../../../device-profiles/${id}.yaml`, import.meta.url))
  const profile = parseProfile(path, readFileSync(path, 'utf8'))
  const lines = <Line extends { quantity: string; rate: string }>(all: readonly Line[]): Line[] =>
    all
      .filter(({ quantity }) => only === undefined || quantity === only)
      .map((one) => (only !== undefined || one.rate === 'fast' ? { ...one, rate: 'normal' } : one))
  if (profile.dlt645) {
    const { variants, ...rest } = profile.dlt645
    const kept = only === undefined && variants ? { variants } : {}
    return { ...profile, dlt645: { ...rest, items: lines(rest.items), ...kept } }
  }
  const { modbus } = profile
  return modbus ? { ...profile, modbus: { ...modbus, registers: lines(modbus.registers) } } : profile
}
