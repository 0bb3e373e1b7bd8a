import type { WordsAt } from '../config/addressed.ts'
import type { ReadResult } from '../modbus/modbus.ts'
import { type CompiledRegister, isBad } from '../profiles/decode-registers.ts'
import { identifierAt } from '../profiles/item-words.ts'
import { locatedBy } from '../profiles/locate-models.ts'
import {
  compileProfile,
  ownQuantities,
  type PolledProfile,
  polledPart,
  variantsOf,
  type WrittenLine,
  writtenLines,
} from '../profiles/polled.ts'
import type { Profile } from '../profiles/profile-schema.ts'
import type { SunSpecMap } from '../profiles/sunspec-walk.ts'
import { isTelling, plausibilityOf, rangeOf } from './plausible.ts'

/** Reads words of the device in question; the same words are not asked for twice. */
export type AskWords = (request: WordsAt) => Promise<ReadResult | undefined>

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
    const polled = polledPart(profile)
    if (!polled) continue
    const located = polled.sunspec ? (models ? locatedBy(polled, models) : undefined) : undefined
    if (polled.sunspec && !located?.ok) continue
    const names = { id, vendor: profile.vendor, model: profile.model, map: located?.ok ? located.profile : polled }
    const variants = variantsOf(polled)
    for (const variant of variants.length === 0 ? [undefined] : variants) {
      const one = await judge(names, variant, identification, ask, located?.ok ? located.map : undefined)
      if (one && one.score >= LEAST_SCORE) found.push(one)
    }
  }
  return found
    .sort((a, b) => b.score - a.score || b.weight - a.weight || (a.profile < b.profile ? -1 : 1))
    .slice(0, MOST_SUGGESTIONS)
}

async function judge(
  profile: { readonly id: string; readonly vendor: string; readonly model: string; readonly map: PolledProfile },
  variant: string | undefined,
  identification: string,
  ask: AskWords,
  models: SunSpecMap | undefined,
): Promise<Suggestion | undefined> {
  const { id, map } = profile
  const lines = writtenLines(map, variant)
  const compiled = compileProfile(map, variant)
  const reasons: Reason[] = []
  let weight = 0
  let fits = 0
  for (const index of pointsOf(map, compiled, lines, variant)) {
    const register = lines[index]
    const point = compiled[index]
    if (!register || !point) continue
    const isProbe = register.quantity === map.probe?.quantity
    const reason = await look(map, register, point.instead ?? point, isProbe, ask)
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
function pointsOf(
  profile: PolledProfile,
  compiled: readonly CompiledRegister[],
  lines: readonly WrittenLine[],
  variant: string | undefined,
): number[] {
  const own = ownQuantities(profile, variant)
  const rank = (line: WrittenLine, index: number): number => {
    if (line.quantity === profile.probe?.quantity) return 0
    // What is not sure to be there says nothing when it is missing.
    if (line.confidence !== undefined) return 9
    if (isTelling(line.quantity)) return 1
    if (own.has(line.quantity) && rangeOf(line.quantity, line)) return 2
    return rangeOf(line.quantity, line) && compiled[index]?.table !== 'coil' ? 3 : 9
  }
  return lines
    .map((line, index) => ({ index, rank: rank(line, index) }))
    .filter((one) => one.rank < 9)
    .sort((a, b) => a.rank - b.rank || a.index - b.index)
    .slice(0, POINTS + 1)
    .map(({ index }) => index)
}

async function look(
  profile: PolledProfile,
  register: WrittenLine,
  point: CompiledRegister,
  isProbe: boolean,
  ask: AskWords,
): Promise<Reason | undefined> {
  const { quantity, table, address, length } = point
  const words = new Map<string, number>()
  const spans = [
    { table, address, count: length },
    ...point.companions.map(({ length: count = 1, ...at }) => ({ ...at, count })),
  ]
  for (const span of spans) {
    const result = await ask(span)
    if (!result || isSilence(result)) return undefined
    if (!result.ok) {
      const code = result.failure === 'exception' ? result.exceptionCode : 0
      const place = span.table === 'item' ? identifierAt(span.address) : span.address
      return {
        quantity,
        verdict: 'missing',
        zh: `没有地址 ${place}（异常 ${code}）`,
        en: `Address ${place} is refused (exception ${code})`,
      }
    }
    for (const [i, word] of result.words.entries()) words.set(`${span.table} ${span.address + i}`, word)
  }
  const value = point.decode({ word: (of, at) => words.get(`${of} ${at}`) ?? -1 })
  const probe = isProbe ? profile.probe : undefined
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
