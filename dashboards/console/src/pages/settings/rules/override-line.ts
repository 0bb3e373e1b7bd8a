import type { ChangeOf, Settings } from '../shell/hall-file.ts'
import type { AnyRule } from './rule-text.ts'

export type RuleLine = ChangeOf<'rule.add'>['rule']
type Entry = Settings['rules']['hall'][number]

export type Scope = 'device' | 'profile' | 'kind'
export interface Place {
  readonly device: string
  readonly profile: string
  readonly kind: string
}

/** What was typed; '' leaves a value as the default rule has it. */
export interface Typed {
  readonly off: boolean
  readonly priority: string
  readonly onDelayS: string
  readonly offDelayS: string
  readonly limit: string
  readonly deadband: string
  readonly note: string
}

const onOf = (scope: Scope, { device, profile, kind }: Place): Record<string, string[]> =>
  scope === 'device' ? { devices: [device] } : scope === 'profile' ? { profiles: [profile] } : { kinds: [kind] }

const NUMBERS = ['onDelayS', 'offDelayS', 'limit', 'deadband'] as const

/** The default rule with what was typed over it, for a part of the hall. */
export function overrideLine(rule: AnyRule, typed: Typed, scope: Scope, place: Place): RuleLine {
  const on = onOf(scope, place)
  const note = typed.note.trim() === '' ? {} : { note: typed.note.trim() }
  if (typed.off) return { type: 'off', code: rule.code, on, ...note } as RuleLine
  const { note: _ofTheDefault, ...same } = rule
  const numbers = NUMBERS.flatMap((name) => (typed[name] === '' ? [] : [[name, Number(typed[name])]]))
  const priority = typed.priority === '' ? {} : { priority: typed.priority }
  return { ...same, ...Object.fromEntries(numbers), ...priority, on, ...note } as RuleLine
}

/** Where the file already has a rule for the same fault, quantity and part of the hall: that one is replaced. */
export function placeInFile(rules: readonly Entry[], line: RuleLine): number {
  const key = (rule: AnyRule) => JSON.stringify([rule.code, rule.type, rule.quantity, rule.part, rule.on])
  return rules.findIndex(({ rule }) => key(rule as AnyRule) === key(line as AnyRule))
}
