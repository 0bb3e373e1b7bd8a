import { quantityOf } from '../domain/quantity.ts'
import { qualifierName } from '../domain/words.ts'

/** What a quantity is called on screens, with its qualifier, and its canonical unit. */
export function namesOf(quantity: string): { quantity: string; zh: string; en: string; unit: string } {
  const definition = quantityOf(quantity)
  const dot = quantity.indexOf('.')
  const qualifier = quantity.slice(dot + 1)
  const of = (language: 'zh' | 'en') => (dot < 0 ? '' : ` (${qualifierName(qualifier)?.[language] ?? qualifier})`)
  return {
    quantity,
    zh: `${definition?.zh ?? quantity}${of('zh')}`,
    en: `${definition?.en ?? quantity}${of('en')}`,
    unit: definition?.unit ?? '',
  }
}
