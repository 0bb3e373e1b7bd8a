import { didYouMean } from '../documents/documents.ts'
import type { quantityOf } from '../domain/quantity.ts'
import { isRecord, itemsOf, type Loose, type Report, textOf } from './loose.ts'
import { CHECK_GIVES } from './probe-schema.ts'
import { checkBounds, checkQuantity, checkStates, checkUnit } from './register-checks.ts'

type Path = readonly PropertyKey[]

/** The lines of `snmp`, `probe` and `scrape` under which a quantity stands, as far as they can be read. */
export const askedItems = ({ snmp, probe, scrape }: Loose) => [
  ...(isRecord(snmp) ? itemsOf(snmp.values, ['snmp', 'values']) : []),
  ...(isRecord(snmp) ? itemsOf(snmp.rows, ['snmp', 'rows']) : []),
  ...(isRecord(probe) ? itemsOf(probe.values, ['probe', 'values']) : []),
  ...(isRecord(scrape) ? itemsOf(scrape.values, ['scrape', 'values']) : []),
]

/** What the schema cannot say about a device that is asked over the network. */
export function checkAsked(raw: Loose, report: Report): void {
  const lines = askedItems(raw)
  const seen = new Set<string>()
  for (const { item, path } of lines) {
    checkLine(item, path, report)
    const quantity = textOf(item.quantity)
    if (quantity === undefined) continue
    if (seen.has(quantity)) report([...path, 'quantity'], `"${quantity}" is given twice by this profile: remove one.`)
    seen.add(quantity)
  }
  if (isRecord(raw.snmp)) checkSnmp(raw.snmp, lines.length, report)
  if (isRecord(raw.probe)) checkProbe(raw.probe, report)
}

function checkLine(line: Loose, path: Path, report: Report): void {
  const definition = checkQuantity(line, path, report)
  if (definition) {
    // A share is a per cent by itself.
    checkUnit(line.of === undefined ? line : { ...line, unit: '%' }, path, definition, report)
    checkStates(line, path, definition, report)
    checkStates({ ...line, states: line.flags }, path, definition, report)
    if (line.otherwise !== undefined) checkOtherwise(line, path, definition, report)
  }
  checkBounds(line, path, report)
}

function checkOtherwise(
  line: Loose,
  path: Path,
  definition: NonNullable<ReturnType<typeof quantityOf>>,
  report: Report,
): void {
  if (definition.type !== 'state' || definition.states?.includes(String(line.otherwise))) return
  const words = definition.states ?? []
  report(
    [...path, 'otherwise'],
    `"${line.otherwise}" is not a word of ${line.quantity}, which has ${words.join(', ')}.${didYouMean(String(line.otherwise), words)}`,
  )
}

const NAME = /\{([A-Za-z][A-Za-z0-9]*)\}/g

function checkSnmp(snmp: Loose, lines: number, report: Report): void {
  if (lines === 0) report(['snmp'], 'A profile without values measures nothing: list at least one.')
  const finds = isRecord(snmp.finds) ? Object.keys(snmp.finds) : []
  const known = (text: unknown, path: Path) => {
    for (const [, name] of String(text ?? '').matchAll(NAME)) {
      if (!finds.includes(name as string))
        report(path, `{${name}} is not in snmp.finds.${didYouMean(name as string, finds)}`)
    }
  }
  for (const { item, path } of itemsOf(snmp.values, ['snmp', 'values'])) known(item.oid, [...path, 'oid'])
  const tables = isRecord(snmp.tables) ? snmp.tables : {}
  for (const [name, table] of Object.entries(tables)) {
    if (isRecord(table)) known(table.index, ['snmp', 'tables', name, 'index'])
  }
  for (const { item, path } of itemsOf(snmp.rows, ['snmp', 'rows'])) {
    const table = tables[textOf(item.table) ?? '']
    if (!isRecord(table)) {
      report(
        [...path, 'table'],
        `"${item.table}" is not in snmp.tables.${didYouMean(String(item.table), Object.keys(tables))}`,
      )
      continue
    }
    const columns = isRecord(table.columns) ? Object.keys(table.columns) : []
    const used = [
      ['column', item.column],
      ['of', item.of],
      ...(isRecord(item.where) ? Object.keys(item.where).map((column) => ['where', column]) : []),
      ...(isRecord(item.ofWhere) ? Object.keys(item.ofWhere).map((column) => ['ofWhere', column]) : []),
    ] as const
    if (item.of === undefined && (item.left !== undefined || item.ofWhere !== undefined))
      report(path, '"left" and "ofWhere" say which share of a whole is meant: name its column with "of".')
    for (const [key, column] of used) {
      if (column !== undefined && !columns.includes(String(column)))
        report(
          [...path, key as string],
          `"${column}" is no column of ${item.table}.${didYouMean(String(column), columns)}`,
        )
    }
  }
}

function checkProbe(probe: Loose, report: Report): void {
  const checks = itemsOf(probe.checks, ['probe', 'checks'])
  const gives = checks.flatMap(({ item }) =>
    Object.hasOwn(CHECK_GIVES, String(item.type))
      ? CHECK_GIVES[item.type as keyof typeof CHECK_GIVES].map((what) => `${item.name}.${what}`)
      : [],
  )
  for (const { item, path } of itemsOf(probe.values, ['probe', 'values'])) {
    const from = textOf(item.from)
    if (from !== undefined && !gives.includes(from))
      report([...path, 'from'], `No check gives "${from}".${didYouMean(from, gives)} There is: ${gives.join(', ')}.`)
  }
}
