import { didYouMean } from '../documents/documents.ts'
import { isRecord, itemsOf, type Loose, type LooseItem, numberOf, type Report, textOf } from './loose.ts'
import { checkBounds, checkQuantity, checkStates, checkUnit } from './register-checks.ts'

/** All lines of the section `dlt645`, of every variant. */
export const meterItems = (meter: Loose): LooseItem[] => groupsOf(meter).flatMap(({ own }) => own)

/** What the schema cannot say of a DL/T 645 profile, as far as it can be read. */
export function checkMeter(meter: Loose, report: Report): void {
  const groups = groupsOf(meter)
  const all = groups.flatMap(({ own }) => own)
  if (all.length === 0) report(['dlt645', 'items'], 'A profile without items measures nothing: list at least one.')
  for (const { item, path } of all) checkItem(item, path, report)
  const [base, ...variants] = groups
  const common = base?.own ?? []
  for (const { own } of variants.length > 0 ? variants : [{ own: [] }]) checkTwice([...common, ...own], report)
  if (isRecord(meter.probe)) checkProbe(meter.probe, [...common, ...(variants[0]?.own ?? [])], report)
}

function groupsOf(meter: Loose): { own: LooseItem[] }[] {
  const variants = isRecord(meter.variants) ? Object.entries(meter.variants) : []
  return [
    { own: itemsOf(meter.items, ['dlt645', 'items']) },
    ...variants.map(([name, group]) => ({
      own: itemsOf(isRecord(group) ? group.items : undefined, ['dlt645', 'variants', name, 'items']),
    })),
  ]
}

function checkItem(item: Loose, path: LooseItem['path'], report: Report): void {
  const definition = checkQuantity(item, path, report)
  checkBounds(item, path, report)
  checkQuotes(item.di, [...path, 'di'], report)
  if (isRecord(item.block)) checkQuotes(item.block.di, [...path, 'block', 'di'], report)
  checkFormat(item, path, report)
  if (!definition) return
  const format = textOf(item.format) ?? ''
  if (format === 'clock') {
    if (item.quantity !== 'clockOffset')
      report([...path, 'quantity'], 'The format clock gives how far the clock is off: its quantity is clockOffset.')
    return
  }
  checkUnit(item, path, definition, report)
  checkStates(item, path, definition, report)
  if ((format === 'text' || format === 'digits') && definition.type !== 'text')
    report([...path, 'format'], `${format} gives text, but ${item.quantity} is a ${definition.type}.`)
  if (definition.type === 'state' && !isRecord(item.states))
    report(
      path,
      `${item.quantity} has words: say under "states" which number means which of ${(definition.states ?? []).join(', ')}.`,
    )
}

function checkQuotes(identifier: unknown, path: LooseItem['path'], report: Report): void {
  if (typeof identifier === 'number')
    report(path, 'Write a data identifier in quotes: "02010100" without them is a number for YAML.')
}

function checkFormat(item: Loose, path: LooseItem['path'], report: Report): void {
  const format = textOf(item.format)
  if (format === undefined) return
  const digits = format.match(/X/g)?.length ?? 0
  if (digits % 2 === 1) report([...path, 'format'], `${format} has ${digits} digits, but two share a byte.`)
  const isText = format === 'text' || format === 'digits'
  const bytes = numberOf(item.bytes)
  if (isText && bytes === undefined) report(path, `The format ${format} needs "bytes": how long the item is.`)
  if (bytes !== undefined && digits > 0 && bytes < digits / 2)
    report([...path, 'bytes'], `${format} alone takes ${digits / 2} bytes.`)
  if (item.bits !== undefined && !format.startsWith('bits'))
    report([...path, 'bits'], '"bits" needs a status word: format bits8 or bits16.')
  if (item.signed === true && digits === 0) report([...path, 'signed'], 'Only a number has a sign: remove this line.')
  if (isRecord(item.block) && format === 'clock')
    report([...path, 'block'], 'Date and time are asked for one by one: remove this line.')
  const block = isRecord(item.block) ? textOf(item.block.di) : undefined
  if (block !== undefined && !block.includes('FF'))
    report([...path, 'block', 'di'], `${block} is a single item: a block has FF in its identifier.`)
}

function checkTwice(lines: readonly LooseItem[], report: Report): void {
  const seen = new Set<string>()
  for (const { item, path } of lines) {
    const quantity = textOf(item.quantity)
    if (quantity === undefined) continue
    if (seen.has(quantity)) report([...path, 'quantity'], `"${quantity}" is read twice from one meter: remove one.`)
    seen.add(quantity)
  }
}

function checkProbe(probe: Loose, lines: readonly LooseItem[], report: Report): void {
  const quantity = textOf(probe.quantity)
  const known = lines.flatMap(({ item }) => textOf(item.quantity) ?? [])
  if (quantity !== undefined && !known.includes(quantity))
    report(
      ['dlt645', 'probe', 'quantity'],
      `"${quantity}" is not among the items of this profile, so nothing would be probed.${didYouMean(quantity, known)}`,
    )
  if (probe.min === undefined && probe.max === undefined)
    report(['dlt645', 'probe'], 'A probe needs min and max: otherwise any answer would pass.')
}
