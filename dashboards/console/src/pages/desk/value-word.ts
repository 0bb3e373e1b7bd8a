import { numberText } from '../../format/number.ts'
import { stateWord } from '../../live/vocabulary.ts'
import { named } from '../../words/language.ts'
import { deskWords as t } from './desk-words.ts'

/** What a value that is no number is called: 卡纸, 是; undefined where the value itself is shown. */
export function valueWord(quantity: string, value: unknown): string | undefined {
  if (typeof value === 'boolean') return t(value ? 'yes' : 'no')
  const word = stateWord(quantity, value)
  return word && named(word)
}

/** Any value as one text: `230.1 V`, 卡纸; — where there is none. */
export function valueText(quantity: string, value: unknown, unit: string): string {
  if (typeof value === 'number') return numberText(value, unit)
  return valueWord(quantity, value) ?? String(value ?? '—')
}
