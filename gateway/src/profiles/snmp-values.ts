import type { Value } from '../domain/frame.ts'
import {
  type AskedValues,
  compileAsked,
  type Gathered,
  gather,
  isBadValue,
  NOT_AVAILABLE,
  pickOf,
  TIMEOUT,
} from './asked-value.ts'
import { toDigits } from './decimal.ts'
import type { BadValue } from './mqtt-value.ts'
import {
  type Cell,
  type Column,
  compileTables,
  plain,
  type SnmpAnswers,
  type SnmpRaw,
  type Table,
} from './snmp-answers.ts'
import type { SnmpProfile, SnmpRows, SnmpScalar } from './snmp-schema.ts'

/** A profile whose indexes are to be found on the device. */
export interface CompiledSnmp {
  /** Columns to be walked first; empty when the profile needs no index. */
  readonly finds: readonly string[]
  /** The profile for this device, by the indexes that those columns show. */
  locate(answers: SnmpAnswers): LocatedSnmp
}

/** A profile ready to be asked and read. */
export interface LocatedSnmp {
  /** An index was not found, so what usually is stands in its place: a printer that starts has no tables yet. */
  readonly isGuess: boolean
  /** Objects to get. */
  readonly gets: readonly string[]
  /** Columns to walk. */
  readonly walks: readonly { readonly oid: string; readonly maxRows: number }[]
  decode(answers: SnmpAnswers): AskedValues
}

export function compileSnmp(profile: SnmpProfile): CompiledSnmp {
  const finds = Object.entries(profile.finds)
  const scalars = profile.values.map((line) => ({ line, read: compileScalar(line) }))
  const names = Object.keys(profile.tables)
  const rows = profile.rows.map((line) => ({
    line,
    table: names.indexOf(line.table),
    read: compileRows(line, Object.keys(profile.tables[line.table]?.columns ?? {})),
  }))
  return {
    finds: finds.map(([, { under }]) => under),
    locate({ objects }) {
      let isGuess = false
      const indexes = new Map(
        finds.flatMap(([name, { under, otherwise }]) => {
          const found = firstIndex(objects, under)
          if (found === undefined) isGuess = true
          const index = found ?? otherwise
          return index === undefined ? [] : [[name, index] as const]
        }),
      )
      const placed = scalars.map((scalar) => ({ ...scalar, oid: filled(scalar.line.oid, indexes) }))
      const columns = columnsOf(profile, indexes)
      const tablesIn = compileTables(columns)
      return {
        isGuess,
        gets: [...new Set(placed.flatMap(({ oid }) => oid ?? []))],
        walks: columns.map(({ oid, maxRows }) => ({ oid, maxRows })),
        decode(answers) {
          const gathered: Gathered = { values: {}, bad: {} }
          for (const { line, oid, read } of placed) gather(gathered, line, scalarValue(oid, read, answers))
          const tables = tablesIn(answers)
          for (const { line, table, read } of rows) gather(gathered, line, read(tables[table]))
          return gathered
        },
      }
    },
  }
}

const NAME = /\{([A-Za-z][A-Za-z0-9]*)\}/g

/** Undefined when an index it needs was not found. */
function filled(template: string, indexes: ReadonlyMap<string, string>): string | undefined {
  let whole = true
  const text = template.replaceAll(NAME, (_, name: string) => {
    whole &&= indexes.has(name)
    return indexes.get(name) ?? ''
  })
  return whole ? text : undefined
}

function firstIndex(objects: SnmpAnswers['objects'], under: string): string | undefined {
  for (const oid of objects.keys()) if (oid.startsWith(`${under}.`)) return oid.slice(under.length + 1).split('.', 1)[0]
  return undefined
}

/** A table of which no index was found has no columns. */
const columnsOf = ({ tables }: SnmpProfile, indexes: ReadonlyMap<string, string>): Column[] =>
  Object.values(tables).flatMap(({ entry, index, columns, maxRows }, table) => {
    const below = index === undefined ? '' : filled(index, indexes)
    if (below === undefined) return []
    return Object.values(columns).map((number, place) => {
      const oid = `${entry}.${number}`
      return { oid: below === '' ? oid : `${oid}.${below}`, table, place, maxRows }
    })
  })

type Read = (raw: SnmpRaw | undefined) => Value | BadValue

function scalarValue(oid: string | undefined, read: Read, { objects, unanswered }: SnmpAnswers): Value | BadValue {
  if (oid === undefined) return NOT_AVAILABLE
  return unanswered.has(oid) ? TIMEOUT : read(objects.get(oid))
}

function compileScalar(line: SnmpScalar): Read {
  const { flags, otherwise } = line
  if (!flags) {
    const read = compileAsked(line)
    return (raw) => read(plain(raw))
  }
  const known = Object.entries(flags).map(([bit, value]) => ({ bit: Number(bit), value }))
  const worst = pickOf(line.quantity, 'worst')
  return (raw) => {
    if (raw === undefined) return NOT_AVAILABLE
    if (!Buffer.isBuffer(raw)) return { bad: 'wrong-type' }
    const set: Value[] = []
    for (const { bit, value } of known) if (hasBit(raw, bit)) set.push(value)
    return worst(set) ?? otherwise ?? NOT_AVAILABLE
  }
}

/** RFC 2578 §7.1.4: the first bit is the highest of the first octet; octets left out at the end are zero. */
const hasBit = (octets: Buffer, bit: number): boolean => (((octets[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1) === 1

/** @param columns names of the table's columns, in the order of its cells */
function compileRows(line: SnmpRows, columns: readonly string[]): (table: Table | undefined) => Value | BadValue {
  const { where, ofWhere, left = false, otherwise } = line
  const column = columns.indexOf(line.column)
  const of = line.of === undefined ? undefined : columns.indexOf(line.of)
  const read = compileAsked({ ...line, otherwise: undefined }, of === undefined ? line.unit : '%')
  const pick = pickOf(line.quantity, line.pick)
  const isWanted = compileWhere(where, columns)
  const isWhole = ofWhere && compileWhere(ofWhere, columns)
  const named = [...Object.keys(where), ...Object.keys(ofWhere ?? {})].map((name) => columns.indexOf(name))
  const needed = [column, ...(of === undefined ? [] : [of]), ...named]
  return (table) => {
    if (!table) return NOT_AVAILABLE
    for (const place of needed) if (table.unanswered[place]) return TIMEOUT
    const found: Value[] = []
    let wrong: BadValue | undefined
    const whole = isWhole && table.rows.find(isWhole)
    for (const row of table.rows) {
      if (!isWanted(row)) continue
      const value = read(of === undefined ? row[column] : share(row, column, of, left, isWhole ? whole : row))
      if (!isBadValue(value)) found.push(value)
      else if (value.bad !== 'not-available') wrong = value
    }
    const picked = pick(found)
    if (picked !== undefined) return picked
    // What no row says is as usual: an alarm table without this alarm.
    return otherwise ?? wrong ?? NOT_AVAILABLE
  }
}

type Row = readonly Cell[]

function compileWhere(where: SnmpRows['where'], columns: readonly string[]): (row: Row) => boolean {
  const conditions = Object.entries(where).map(([name, wanted]) => ({
    place: columns.indexOf(name),
    wanted: new Set(wanted.map(String)),
  }))
  return (row) => {
    for (const { place, wanted } of conditions) if (!wanted.has(String(row[place]))) return false
    return true
  }
}

/** Per cent of `of` in the row `whole`; undefined when one of the two is no amount (−1 no limit, −2 unknown, −3 some left). */
function share(row: Row, column: number, of: number, left: boolean, whole: Row | undefined): number | undefined {
  const [part, own, all] = [row[column], row[of], whole?.[of]]
  if (typeof part !== 'number' || part < 0 || typeof all !== 'number' || all <= 0) return undefined
  if (!left) return toDigits((100 * part) / all, 6)
  return typeof own === 'number' && own >= part ? toDigits((100 * (own - part)) / all, 6) : undefined
}
