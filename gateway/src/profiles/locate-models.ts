import type { ModbusProfile, Register } from './profile-schema.ts'
import { REGISTER_LENGTH } from './raw-values.ts'
import { type SunSpecMap, type SunSpecModel, type WalkRead, walkSunSpec } from './sunspec-walk.ts'

/** What came of a walk: the profile with wire addresses, or why there is none. */
export type Located =
  | { readonly ok: true; readonly profile: ModbusProfile; readonly map: SunSpecMap }
  | { readonly ok: false; readonly missing: string }

/** Made once per profile and map, so that what is compiled for one device serves all that are built alike. */
const located = new WeakMap<ModbusProfile, Map<string, Located>>()

/**
 * The profile with wire addresses, for a device that has these models. Of a quantity that stands under several models, the first
 * the device has. What lies in no model of the device, or beyond the end of a model that is shorter than the usual one, is left
 * out.
 * @param map undefined: the device has no marker
 */
export function locatedBy(profile: ModbusProfile, map: SunSpecMap | undefined): Located {
  if (!map) return { ok: false, missing: 'SunSpec marker' }
  const known = located.get(profile) ?? new Map<string, Located>()
  located.set(profile, known)
  const key = JSON.stringify(map)
  const result = known.get(key) ?? locate(profile, map)
  known.set(key, result)
  return result
}

/**
 * The profile with wire addresses, found by asking the device now; one without SunSpec has them already.
 * @returns undefined when the device did not answer
 */
export async function findModels(profile: ModbusProfile, read: WalkRead): Promise<Located | undefined> {
  if (!profile.sunspec) return { ok: true, profile, map: { base: 0, models: [] } }
  const map = await walkSunSpec(read, profile.sunspec.bases)
  return map === 'silent' ? undefined : locatedBy(profile, map)
}

function locate({ sunspec, variants, ...profile }: ModbusProfile, map: SunSpecMap): Located {
  const { models: names = {}, needs = [] } = sunspec ?? {}
  const models = new Map(Object.entries(names).map(([name, ids]) => [name, modelOf(ids, map)]))
  if (!needs.some((name) => models.get(name)))
    return { ok: false, missing: `SunSpec model ${needs.flatMap((name) => names[name] ?? []).join(', ')}` }
  const place = (registers: readonly Register[]) => firstOfEach(registers.flatMap((one) => placed(one, models)))
  const groups = Object.entries(variants ?? {}).map(
    ([name, group]) => [name, { ...group, registers: place(group.registers) }] as const,
  )
  const own = { ...profile, registers: place(profile.registers) }
  return { ok: true, map, profile: groups.length > 0 ? { ...own, variants: Object.fromEntries(groups) } : own }
}

/** The profile's order of ids decides, not the device's. */
function modelOf(ids: readonly number[], { models }: SunSpecMap): SunSpecModel | undefined {
  for (const id of ids) {
    const found = models.find((model) => model.id === id)
    if (found) return found
  }
  return undefined
}

function placed(register: Register, models: ReadonlyMap<string, SunSpecModel | undefined>): Register[] {
  const { model: name, address, scaleRegister, negativeWhen, ...rest } = register
  if (name === undefined) return [register]
  const model = models.get(name)
  const length = REGISTER_LENGTH[register.type] || (register.words ?? 1)
  const last = Math.max(address + length - 1, scaleRegister ?? 0, negativeWhen?.address ?? 0)
  if (!model || last > model.length + 1) return []
  return [
    {
      ...rest,
      address: model.address + address,
      ...(scaleRegister !== undefined && { scaleRegister: model.address + scaleRegister }),
      ...(negativeWhen && { negativeWhen: { ...negativeWhen, address: model.address + negativeWhen.address } }),
    },
  ]
}

function firstOfEach(registers: readonly Register[]): Register[] {
  const seen = new Set<string>()
  return registers.filter(({ quantity }) => !seen.has(quantity) && seen.add(quantity))
}
