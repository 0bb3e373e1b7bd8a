import { quantityOf } from '../domain/quantity.ts'

/** What a quantity is called on screens, with its qualifier, and its canonical unit. */
export function namesOf(quantity: string): { quantity: string; zh: string; en: string; unit: string } {
  const definition = quantityOf(quantity)
  const dot = quantity.indexOf('.')
  const qualifier = dot < 0 ? '' : ` ${quantity.slice(dot + 1)}`
  return {
    quantity,
    zh: `${definition?.zh ?? quantity}${qualifier}`,
    en: `${definition?.en ?? quantity}${qualifier}`,
    unit: definition?.unit ?? '',
  }
}
