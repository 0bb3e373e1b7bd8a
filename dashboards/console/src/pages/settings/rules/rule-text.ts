import { FAULT_CODES } from '../../../../../../gateway/src/domain/fault-codes.ts'
import { numberText } from '../../../format/number.ts'
import { durationText } from '../../../format/time.ts'
import { quantityName, quantityUnit, stateWord } from '../../../live/vocabulary.ts'
import { named } from '../../../words/language.ts'
import { ruleWords as t } from './rule-words.ts'

/** A fault rule of any kind, as gateway/docs/faults.md describes it; unread here, because the gateway has checked it. */
export type AnyRule = Readonly<Record<string, unknown>>

export const faultName = (code: unknown): string =>
  typeof code === 'string' && code in FAULT_CODES ? named(FAULT_CODES[code as keyof typeof FAULT_CODES]) : String(code)

const seconds = (value: unknown): string => durationText(Number(value) * 1000)

/** What a rule does, in one line: condition, how long, how far back. */
export const ruleText = (rule: AnyRule): string => [conditionText(rule), ...tail(rule)].join(' · ')

function conditionText(rule: AnyRule): string {
  const id = typeof rule.quantity === 'string' ? rule.quantity : ''
  const quantity = id.endsWith('.*') ? quantityName(id.slice(0, -2)) : quantityName(id)
  const number = (name: string) => numberText(Number(rule[name]), quantityUnit(id))
  switch (rule.type) {
    case 'above':
      return t(rule.absolute ? 'ruleAboveEither' : 'ruleAbove', { quantity, limit: number('limit') })
    case 'below':
      return t('ruleBelow', { quantity, limit: number('limit') })
    case 'state':
      return t('ruleState', { quantity, values: valuesText(id, rule.values) })
    case 'bit':
      return t('ruleBit', { quantity, bit: String(rule.bit), set: rule.set === false ? 0 : 1 })
    case 'absence':
      return id === '' ? t('ruleAbsence') : t('ruleAbsenceOf', { quantity })
    case 'change': {
      const window = seconds(rule.windowS)
      return rule.above === undefined
        ? t('ruleFall', { quantity, window, n: number('below') })
        : t('ruleRise', { quantity, window, n: number('above') })
    }
    case 'flapping':
      return t('ruleFlapping', { quantity, window: seconds(rule.windowS), n: Number(rule.changes) })
    case 'frozen':
      return t('ruleFrozen', { quantity, window: seconds(rule.forS) })
    case 'stalled':
      return t('ruleStalled', { quantity, other: quantityName(String(rule.while)), n: Number(rule.grows) })
    case 'share': {
      const least = numberText(Number(rule.atLeast) * 100, '%')
      return t('ruleShare', { quantity, factor: Number(rule.factor ?? 3), least })
    }
    case 'forecast':
      return t('ruleForecast', { quantity, window: seconds(rule.withinS), n: number('toward') })
    case 'drift':
      return t('ruleDrift', { quantity })
    case 'off':
      return t('ruleOff')
    default:
      return t('ruleOther', { type: String(rule.type) })
  }
}

function valuesText(quantity: string, values: unknown): string {
  const list = Array.isArray(values) ? values : []
  return list
    .map((value: unknown) => {
      const word = stateWord(quantity, value)
      return word ? named(word) : String(value)
    })
    .join(' / ')
}

function tail(rule: AnyRule): string[] {
  const unit = quantityUnit(String(rule.quantity ?? ''))
  const steps = Array.isArray(rule.steps) ? (rule.steps as { limit: number; priority: string }[]) : []
  return [
    ...steps.map(({ limit, priority }) => t('step', { limit: numberText(limit, unit), priority })),
    ...(Number(rule.onDelayS ?? 0) > 0 ? [t('holds', { duration: seconds(rule.onDelayS) })] : []),
    ...(Number(rule.offDelayS ?? 0) > 0 ? [t('clears', { duration: seconds(rule.offDelayS) })] : []),
    ...(Number(rule.deadband ?? 0) > 0 ? [t('back', { n: numberText(Number(rule.deadband), unit) })] : []),
  ]
}
