import { isRecord, itemsOf, type Loose, type LooseItem, numberOf, type Report, textOf } from './loose.ts'
import { lengthOfLoose } from './register-checks.ts'

interface Span {
  readonly table: string
  readonly first: number
  readonly last: number
}

/** All lines that hold together (the common ones and one variant's), against each other and against the limits of the device. */
export function checkRegisterGroup(lines: readonly LooseItem[], modbus: Loose, report: Report): void {
  checkDuplicates(lines, report)
  const spans = lines.flatMap((line) => {
    const span = spanOf(line.item, modbus)
    return span ? [{ ...line, span }] : []
  })
  checkOverlaps(spans, report)
  const forbidden = itemsOf(modbus.forbidden, []).flatMap(({ item }) => rangeOf(item, modbus) ?? [])
  const most = numberOf(modbus.maxRegistersPerRequest) ?? 125
  for (const { span, path } of spans) {
    const hit = forbidden.find((range) => overlaps(range, span))
    if (hit)
      report(
        [...path, 'address'],
        `${span.first} lies in the forbidden range ${hit.first}–${hit.last} of this profile.`,
      )
    const length = span.last - span.first + 1
    if (length > most) {
      report([...path, 'type'], `Takes ${length} registers, but the device answers at most ${most} per request.`)
    }
    if (modbus.alignment === 'even' && (span.first % 2 !== 0 || length % 2 !== 0)) {
      report(
        [...path, 'address'],
        `Start and count must be even for this device (modbus.alignment), not ${span.first} and ${length}.`,
      )
    }
  }
}

function checkDuplicates(lines: readonly LooseItem[], report: Report): void {
  const seen = new Set<string>()
  for (const { item, path } of lines) {
    const quantity = textOf(item.quantity)
    if (quantity === undefined) continue
    // Of several SunSpec models the device has one or the other.
    const key = `${quantity} ${textOf(item.model) ?? ''}`
    if (seen.has(key)) {
      report([...path, 'quantity'], `"${quantity}" is measured twice: remove one, or give them different qualifiers.`)
    }
    seen.add(key)
  }
}

/** Two lines may read the same registers (bits, two signs of one power), but not half of each other's. */
function checkOverlaps(
  lines: readonly { item: Loose; path: readonly PropertyKey[]; span: Span }[],
  report: Report,
): void {
  const sorted = [...lines].sort((a, b) => a.span.first - b.span.first || a.span.last - b.span.last)
  sorted.forEach((line, i) => {
    const before = sorted.slice(0, i).find(({ span }) => overlaps(span, line.span) && !same(span, line.span))
    if (!before) return
    const range = `${before.span.first}–${before.span.last}`
    const message = `${line.span.first} lies inside ${before.item.quantity} (${range}): one of the two addresses or types is wrong.`
    report([...line.path, 'address'], message)
  })
}

function spanOf(register: Loose, modbus: Loose): Span | undefined {
  const first = numberOf(register.address)
  if (first === undefined || first > 65535 || textOf(register.type) === undefined) return undefined
  const model = textOf(register.model)
  const table = model === undefined ? tableOf(register, modbus) : `model ${model}`
  return { table, first, last: first + lengthOfLoose(register) - 1 }
}

function rangeOf(range: Loose, modbus: Loose): Span | undefined {
  const first = numberOf(range.from)
  const last = numberOf(range.to)
  if (!isRecord(range) || first === undefined || last === undefined) return undefined
  return { table: tableOf(range, modbus), first, last }
}

const tableOf = (line: Loose, modbus: Loose): string => textOf(line.table) ?? textOf(modbus.table) ?? 'holding'
const overlaps = (a: Span, b: Span): boolean => a.table === b.table && a.first <= b.last && b.first <= a.last
const same = (a: Span, b: Span): boolean => a.first === b.first && a.last === b.last
