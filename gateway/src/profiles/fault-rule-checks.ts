import { didYouMean } from '../documents/documents.ts'
import { quantityOf } from '../domain/quantity.ts'
import { isRecord, type Loose, type Report, textOf } from './loose.ts'

const OF_NUMBERS = ['above', 'below', 'bit', 'change', 'stalled', 'share', 'forecast']

/**
 * What the schema cannot say of a fault rule.
 * @param known  quantities that the profile (or the devices a hall's rule is meant for) can measure
 * @param whose  how they are called in a message: "this profile"
 */
export function checkFaultRule(
  rule: Loose,
  path: readonly PropertyKey[],
  known: readonly string[],
  whose: string,
  report: Report,
): void {
  const type = textOf(rule.type)
  checkMeasured(textOf(rule.quantity), [...path, 'quantity'], known, whose, report)
  if (type === 'stalled') checkMeasured(textOf(rule.while), [...path, 'while'], known, whose, report)
  if (type === 'share' && Array.isArray(rule.of))
    rule.of.forEach((quantity, i) => {
      checkMeasured(textOf(quantity), [...path, 'of', i], known, whose, report)
    })
  if (isRecord(rule.onlyWhen))
    for (const quantity of Object.keys(rule.onlyWhen))
      if (!quantityOf(quantity)) report([...path, 'onlyWhen', quantity], unknownQuantity(quantity, known))
  const definition = quantityOf((textOf(rule.quantity) ?? '').replace(/\.\*$/, '.any'))
  if (!definition || type === undefined) return
  if (OF_NUMBERS.includes(type) && definition.type !== 'number') {
    report([...path, 'type'], `"${type}" compares numbers, but this quantity is a ${definition.type}: use "state".`)
  }
  if (type === 'state' && definition.states && Array.isArray(rule.values)) {
    for (const [i, value] of rule.values.entries()) {
      if (definition.states.includes(String(value))) continue
      const hint = didYouMean(String(value), definition.states)
      report(
        [...path, 'values', i],
        `It never shows "${String(value)}". Its words: ${definition.states.join(', ')}.${hint}`,
      )
    }
  }
  if (type === 'change' && rule.above === undefined && rule.below === undefined) {
    report(path, 'Give above or below: without a limit no change is a fault.')
  }
}

function checkMeasured(
  quantity: string | undefined,
  path: readonly PropertyKey[],
  known: readonly string[],
  whose: string,
  report: Report,
): void {
  if (quantity === undefined) return
  const isStar = quantity.endsWith('.*')
  if (!quantityOf(isStar ? quantity.replace(/\*$/, 'any') : quantity)) {
    report(path, unknownQuantity(quantity, known))
    return
  }
  const measured = isStar ? known.some((one) => one.startsWith(quantity.slice(0, -1))) : known.includes(quantity)
  if (!measured) {
    report(
      path,
      `"${quantity}" is not measured by ${whose}, so nothing would ever be found.${didYouMean(quantity, known)}`,
    )
  }
}

const unknownQuantity = (quantity: string, known: readonly string[]): string =>
  `"${quantity}" is not a known quantity.${didYouMean(quantity, known)} All are in gateway/docs/quantities.md.`
