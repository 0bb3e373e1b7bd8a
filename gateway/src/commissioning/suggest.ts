import type { ReadRequest, ReadResult } from '../modbus/modbus.ts'
import { type CompiledRegister, compileRegisters, isBad, registersOf } from '../profiles/decode-registers.ts'
import { locatedBy } from '../profiles/locate-models.ts'
import type { ModbusProfile, Profile, Register } from '../profiles/profile-schema.ts'
import type { SunSpecMap } from '../profiles/sunspec-walk.ts'
import { isTelling, plausibilityOf, rangeOf } from './plausible.ts'

type Words = Omit<ReadRequest, 'unitId'>
/** Reads words of the device in question; the same words are not asked for twice. */
export type AskWords = (request: Words) => Promise<ReadResult | undefined>

export interface Reason {
  readonly zh: string
  readonly en: string
  readonly quantity?: string
  readonly verdict: 'fits' | 'misfits' | 'missing' | 'says-so'
}

export interface Suggestion {
  readonly profile: string
  readonly variant: string | null
  /** Share of what was looked at that fits, 0 to 1. */
  readonly score: number
  readonly weight: number
  readonly reasons: readonly Reason[]
}

/** Points looked at per profile besides its probe. */
const POINTS = 4
const MOST_SUGGESTIONS = 5
const PROBE_WEIGHT = 3
/** A map that holds another one within it (three phases, one phase) wins by what it holds more. */
const TELLING_WEIGHT = 2
const NAME_WEIGHT = 3
const LEAST_SCORE = 0.5

/**
 * Which profiles can be right for a device, judged by the values their most telling points would have, with the reasons.
 * @param identification what the device says it is, in any words
 * @param models where its SunSpec models are, if it has any
 */
export async function suggestProfiles(
  profiles: readonly { readonly id: string; readonly profile: Profile }[],
  identification: string,
  ask: AskWords,
  models: SunSpecMap | null = null,
): Promise<Suggestion[]> {
  const found: Suggestion[] = []
  for (const { id, profile } of profiles) {
    if (!profile.modbus) continue
    const modbus = profile.modbus.sunspec ? (models ? locatedBy(profile.modbus, models) : undefined) : undefined
    if (profile.modbus.sunspec && !modbus?.ok) continue
    const placed = modbus?.ok ? { ...profile, modbus: modbus.profile } : profile
    const variants = Object.keys(profile.modbus.variants ?? {})
    for (const variant of variants.length === 0 ? [undefined] : variants) {
      const one = await judge(id, placed, variant, identification, ask, modbus?.ok ? modbus.map : undefined)
      if (one && one.score >= LEAST_SCORE) found.push(one)
    }
  }
  return found
    .sort((a, b) => b.score - a.score || b.weight - a.weight || (a.profile < b.profile ? -1 : 1))
    .slice(0, MOST_SUGGESTIONS)
}

async function judge(
  id: string,
  profile: Profile,
  variant: string | undefined,
  identification: string,
  ask: AskWords,
  models: SunSpecMap | undefined,
): Promise<Suggestion | undefined> {
  const modbus = profile.modbus as ModbusProfile
  const registers = registersOf(modbus, variant)
  const compiled = compileRegisters(modbus, variant)
  const reasons: Reason[] = []
  let weight = 0
  let fits = 0
  for (const index of pointsOf(modbus, registers, variant)) {
    const register = registers[index]
    const point = compiled[index]
    if (!register || !point) continue
    const isProbe = register.quantity === modbus.probe?.quantity
    const reason = await look(modbus, register, point, isProbe, ask)
    // No answer at all: the line, not the profile.
    if (!reason) return undefined
    const counts = isProbe ? PROBE_WEIGHT : isTelling(register.quantity) ? TELLING_WEIGHT : 1
    weight += counts
    reasons.push(reason)
    if (reason.verdict === 'fits') fits += counts
    else if (isProbe) return undefined
  }
  if (weight === 0) return undefined
  const says = [profile.vendor, profile.model].filter((name) => saysSo(identification, name))
  if (says.length > 0) {
    weight += NAME_WEIGHT
    fits += NAME_WEIGHT
    const named = says.join(' ')
    reasons.unshift({ verdict: 'says-so', zh: `设备自报 ${named}`, en: `The device says it is ${named}` })
  }
  if (models) {
    weight += NAME_WEIGHT
    fits += NAME_WEIGHT
    const ids = models.models.map((model) => model.id).join(' ')
    reasons.unshift({
      verdict: 'says-so',
      zh: `设备自报 SunSpec 模型 ${ids}`,
      en: `The device says SunSpec, models ${ids}`,
    })
  }
  return { profile: id, variant: variant ?? null, score: fits / weight, weight, reasons }
}

const saysSo = (identification: string, name: string): boolean => {
  const plain = (text: string) => text.toLowerCase().replaceAll(/[^a-z0-9\p{Script=Han}]/gu, '')
  return plain(name).length >= 3 && plain(identification).includes(plain(name))
}

/** The probe, what only this variant has, and the points whose values tell most. */
function pointsOf(modbus: ModbusProfile, registers: readonly Register[], variant: string | undefined): number[] {
  const own = new Set(variant === undefined ? [] : (modbus.variants?.[variant]?.registers ?? []))
  const rank = (register: Register): number => {
    if (register.quantity === modbus.probe?.quantity) return 0
    if (isTelling(register.quantity)) return 1
    if (own.has(register) && rangeOf(register.quantity, register)) return 2
    return rangeOf(register.quantity, register) && register.table !== 'coil' ? 3 : 9
  }
  return registers
    .map((register, index) => ({ index, rank: rank(register) }))
    .filter((one) => one.rank < 9)
    .sort((a, b) => a.rank - b.rank || a.index - b.index)
    .slice(0, POINTS + 1)
    .map(({ index }) => index)
}

async function look(
  modbus: ModbusProfile,
  register: Register,
  point: CompiledRegister,
  isProbe: boolean,
  ask: AskWords,
): Promise<Reason | undefined> {
  const { quantity, table, address, length } = point
  const words = new Map<string, number>()
  const spans = [{ table, address, count: length }, ...point.companions.map((one) => ({ ...one, count: 1 }))]
  for (const span of spans) {
    const result = await ask(span)
    if (!result || isSilence(result)) return undefined
    if (!result.ok) {
      const code = result.failure === 'exception' ? result.exceptionCode : 0
      return {
        quantity,
        verdict: 'missing',
        zh: `没有地址 ${span.address}（异常 ${code}）`,
        en: `Address ${span.address} is refused (exception ${code})`,
      }
    }
    for (const [i, word] of result.words.entries()) words.set(`${span.table} ${span.address + i}`, word)
  }
  const value = point.decode({ word: (of, at) => words.get(`${of} ${at}`) ?? -1 })
  const probe = isProbe ? modbus.probe : undefined
  if (isBad(value))
    return {
      quantity,
      verdict: 'misfits',
      zh: `${quantity} 读不出有意义的值`,
      en: `${quantity} has no meaningful value`,
    }
  const range = rangeOf(quantity, { min: probe?.min ?? register.min, max: probe?.max ?? register.max })
  const startsRight = probe?.startsWith === undefined || String(value).startsWith(probe.startsWith)
  const plausible = plausibilityOf(value, range)
  const said =
    typeof value === 'number'
      ? `${Number(value.toPrecision(5))} ${range?.unit ?? ''}`.trim()
      : `“${String(value).slice(0, 40)}”`
  const bounds = range ? ` (${range.min}–${range.max})` : ''
  const isRight = startsRight && (plausible === 'yes' || (plausible === 'unknown' && probe?.startsWith !== undefined))
  return isRight
    ? {
        quantity,
        verdict: 'fits',
        zh: `${quantity} = ${said}，合理${bounds}`,
        en: `${quantity} = ${said}, plausible${bounds}`,
      }
    : {
        quantity,
        verdict: 'misfits',
        zh: `${quantity} = ${said}，不合理${bounds}`,
        en: `${quantity} = ${said}, not plausible${bounds}`,
      }
}

const isSilence = (result: ReadResult): boolean => !result.ok && result.failure !== 'exception'
