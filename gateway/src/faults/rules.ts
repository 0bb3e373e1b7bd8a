import { createHash } from 'node:crypto'
import type { HallFaultRule } from '../config/repair-schema.ts'
import type { ResolvedDevice } from '../config/resolved-hall.ts'
import { PARTS, type PartName, partWord } from '../domain/part-states.ts'
import { type FaultRule, faultRuleSchema } from '../profiles/fault-rule-schema.ts'
import { quantitiesOf } from '../profiles/profile-schema.ts'
import { DEFAULT_RULES } from './default-rules.ts'

/** A rule at its place: no star is left, every quantity it names is one the device has. */
export interface PlacedRule {
  readonly rule: Exclude<FaultRule, { type: 'off' }>
  readonly part: string
  /** What it looks at first; several only for a sum. Empty: the device as a whole. */
  readonly quantities: readonly string[]
}

/** What the engine needs to know of a device. */
export interface FaultDevice {
  readonly id: string
  /** Devices of one profile are compared with each other. */
  readonly profileId: string
  readonly periodsMs: Readonly<Record<string, number>>
  readonly rules: readonly PlacedRule[]
  /** Changes when anything above changes. */
  readonly fingerprint: string
}

type Placeable = Pick<ResolvedDevice, 'id' | 'kind' | 'zone' | 'profileId' | 'profile' | 'periodsMs' | 'fingerprint'>

/**
 * The rules of one device, from the general to the particular: words of its parts, its kind, its profile, its hall. A later rule
 * with the same code, type and quantity replaces the earlier one; `off` takes away every earlier rule of its code.
 */
export function faultDevice(device: Placeable, hallRules: readonly HallFaultRule[]): FaultDevice {
  const { rules, digest } = rulesOf(
    device,
    hallRules.filter(({ on }) => isOn(device, on)),
  )
  const fingerprint = digestOf([device.fingerprint, digest])
  return { id: device.id, profileId: device.profileId, periodsMs: device.periodsMs, rules, fingerprint }
}

interface RuleSet {
  readonly rules: readonly PlacedRule[]
  /** Changes when one of them changes. */
  readonly digest: string
}

/** A profile stands under few sets of rules at a time; those of earlier states of hall.yaml are forgotten with the rest. */
const MOST_SETS = 64
const setsSeen = new WeakMap<Placeable['profile'], Map<string, RuleSet>>()

/** One list for all devices with one profile and the same rules of the hall: what is placed is placed once. */
function rulesOf({ profile, kind }: Placeable, ofHall: readonly HallFaultRule[]): RuleSet {
  const sets = setsSeen.get(profile) ?? new Map<string, RuleSet>()
  setsSeen.set(profile, sets)
  const key = JSON.stringify([kind, ofHall])
  const known = sets.get(key)
  if (known) return known
  const rules = placeAll(profile, kind, ofHall)
  const set = { rules, digest: digestOf(rules) }
  if (sets.size === MOST_SETS) sets.clear()
  sets.set(key, set)
  return set
}

function placeAll(profile: Placeable['profile'], kind: Placeable['kind'], ofHall: readonly HallFaultRule[]) {
  const quantities = quantitiesOf(profile)
  const layers = [...partRules(quantities), ...DEFAULT_RULES[kind].map(ruleOf), ...profile.faults, ...ofHall]
  const placed = new Map<string, PlacedRule>()
  for (const rule of layers) {
    if (rule.type === 'off') {
      for (const [key, { rule: earlier }] of placed) if (earlier.code === rule.code) placed.delete(key)
    } else for (const one of place(rule, quantities)) placed.set(ruleKey(one), one)
  }
  return [...placed.values()]
}

const digestOf = (content: unknown): string =>
  createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 16)

/** Names a rule of a device, over restarts too. */
export const ruleKey = ({ rule, quantities }: PlacedRule): string => `${rule.code} ${rule.type} ${quantities.join('+')}`

const rulesSeen = new Map<string, FaultRule>()

/** One object for one rule, however many devices have it: hundreds of equal terminals share theirs. */
function ruleOf(written: unknown): FaultRule {
  const key = JSON.stringify(written)
  const seen = rulesSeen.get(key)
  if (seen) return seen
  const rule = faultRuleSchema.parse(written)
  rulesSeen.set(key, rule)
  return rule
}

/** Every word with a fault raises it; every other good word of that part clears it. */
function partRules(quantities: readonly string[]): FaultRule[] {
  return quantities.flatMap((quantity) => {
    const name = quantity.split('.', 1)[0] as string
    if (!Object.hasOwn(PARTS, name)) return []
    return Object.keys(PARTS[name as PartName].words).flatMap((word) => {
      const code = partWord(quantity, word)?.fault
      return code === undefined ? [] : [ruleOf({ type: 'state', code, quantity, values: [word] })]
    })
  })
}

function place(rule: Exclude<FaultRule, { type: 'off' }>, known: readonly string[]): PlacedRule[] {
  if (rule.quantity === undefined) return [{ rule, part: rule.part ?? '', quantities: [] }]
  const others = rule.type === 'share' ? rule.of : rule.type === 'stalled' ? [rule.while] : []
  if (!others.every((quantity) => known.includes(quantity))) return []
  const matching = matches(rule.quantity, known)
  if (matching.length === 0) return []
  if (rule.type === 'stalled') return [{ rule, part: rule.part ?? rule.quantity, quantities: matching }]
  return matching.map((quantity) => {
    const qualifier = quantity.slice(quantity.indexOf('.') + 1)
    return { rule, part: rule.part?.replace('*', qualifier) ?? quantity, quantities: [quantity] }
  })
}

/** `paper.*` is every paper the device has; anything else is itself. */
export const matches = (pattern: string, known: readonly string[]): string[] =>
  pattern.endsWith('.*')
    ? known.filter((quantity) => quantity.startsWith(pattern.slice(0, -1)))
    : known.filter((quantity) => quantity === pattern)

/** Whether a hall's rule is meant for a device. */
export const isOn = (
  device: Pick<Placeable, 'id' | 'kind' | 'profileId' | 'zone'>,
  { devices, kinds, profiles, zones }: HallFaultRule['on'],
): boolean =>
  (devices?.includes(device.id) ?? true) &&
  (kinds?.includes(device.kind) ?? true) &&
  (profiles?.includes(device.profileId) ?? true) &&
  (zones?.includes(device.zone) ?? true)
