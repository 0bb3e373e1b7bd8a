import type { Value } from '../domain/frame.ts'
import { type AskedValues, collect, compileAsked, isBadValue, NOT_AVAILABLE, pickOf, TIMEOUT } from './asked-value.ts'
import type { BadValue } from './mqtt-value.ts'
import type { SnmpProfile, SnmpRows, SnmpScalar } from './snmp-schema.ts'

/** One object as the agent gave it: an OCTET STRING as its bytes, an OBJECT IDENTIFIER as text, everything else as a number. */
export type SnmpRaw = number | string | Buffer

/** What one round of questions gave. */
export interface SnmpAnswers {
  /** By OID of the instance; what the agent does not have is not in it. */
  readonly objects: ReadonlyMap<string, SnmpRaw>
  /** OIDs and columns that were asked for and not answered. */
  readonly unanswered: ReadonlySet<string>
}

/** Indexes found on the device, by the name the profile gives them. */
export type SnmpIndexes = Readonly<Record<string, string>>

/** A profile ready to be asked and read. */
export interface CompiledSnmp {
  /** Whether indexes must be found before the rest can be asked for: their columns. */
  readonly finds: readonly { readonly name: string; readonly under: string }[]
  /** From walked columns to indexes. */
  indexes(answers: SnmpAnswers): SnmpIndexes
  /** Objects to get, and columns to walk. */
  questions(indexes: SnmpIndexes): {
    readonly gets: readonly string[]
    readonly walks: readonly { readonly oid: string; readonly maxRows: number }[]
  }
  decode(answers: SnmpAnswers, indexes: SnmpIndexes): AskedValues
}

export function compileSnmp(profile: SnmpProfile): CompiledSnmp {
  const finds = Object.entries(profile.finds).map(([name, { under, otherwise }]) => ({ name, under, otherwise }))
  const scalars = profile.values.map((line) => ({ line, read: compileScalar(line) }))
  const rows = profile.rows.map((line) => ({ line, read: compileRows(line) }))
  const columns = columnsOf(profile)
  return {
    finds,
    indexes: ({ objects }) =>
      Object.fromEntries(
        finds.flatMap(({ name, under, otherwise }) => {
          const found = firstIndex(objects, under) ?? otherwise
          return found === undefined ? [] : [[name, found]]
        }),
      ),
    questions: (indexes) => ({
      gets: [...new Set(scalars.flatMap(({ line }) => filled(line.oid, indexes) ?? []))],
      walks: columns.flatMap(({ oid, index, maxRows }) => {
        const below = index === undefined ? '' : filled(index, indexes)
        return below === undefined ? [] : [{ oid: below === '' ? oid : `${oid}.${below}`, maxRows }]
      }),
    }),
    decode(answers, indexes) {
      const tables = tablesOf(profile, answers, indexes)
      return collect([
        ...scalars.map(({ line, read }) => ({ ...line, value: scalarValue(line, read, answers, indexes) })),
        ...rows.map(({ line, read }) => ({ ...line, value: read(tables.get(line.table)) })),
      ])
    },
  }
}

const NAME = /\{([A-Za-z][A-Za-z0-9]*)\}/g

/** Undefined when an index it needs was not found. */
function filled(template: string, indexes: SnmpIndexes): string | undefined {
  let whole = true
  const text = template.replaceAll(NAME, (_, name: string) => {
    whole &&= Object.hasOwn(indexes, name)
    return indexes[name] ?? ''
  })
  return whole ? text : undefined
}

function firstIndex(objects: SnmpAnswers['objects'], under: string): string | undefined {
  for (const oid of objects.keys()) if (oid.startsWith(`${under}.`)) return oid.slice(under.length + 1).split('.', 1)[0]
  return undefined
}

type Read = (raw: SnmpRaw | undefined) => Value | BadValue

function scalarValue(line: SnmpScalar, read: Read, answers: SnmpAnswers, indexes: SnmpIndexes): Value | BadValue {
  const oid = filled(line.oid, indexes)
  if (oid === undefined) return NOT_AVAILABLE
  return answers.unanswered.has(oid) ? TIMEOUT : read(answers.objects.get(oid))
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
    const set = known.flatMap(({ bit, value }) => (hasBit(raw, bit) ? [value] : []))
    return worst(set) ?? otherwise ?? NOT_AVAILABLE
  }
}

/** RFC 2578 §7.1.4: the first bit is the highest of the first octet; octets left out at the end are zero. */
const hasBit = (octets: Buffer, bit: number): boolean => (((octets[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1) === 1

/** Text as people read it: agents pad with zeros and send line ends. */
function plain(raw: SnmpRaw | undefined): number | string | undefined {
  if (!Buffer.isBuffer(raw)) return raw
  const text = raw
    .toString('utf8')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out
    .replaceAll(/[\u0000-\u001f\u007f]+/g, ' ')
    .trim()
  return text === '' ? undefined : text
}

/** A table as it was walked: rows by index, columns by name. Undefined `rows`: a column that matters was not answered. */
interface Table {
  readonly rows: ReadonlyMap<string, ReadonlyMap<string, number | string | undefined>>
  /** Columns that were not answered. */
  readonly unanswered: ReadonlySet<string>
}

function compileRows(line: SnmpRows): (table: Table | undefined) => Value | BadValue {
  const { column, of, where, otherwise } = line
  const read = compileAsked({ ...line, otherwise: undefined }, of === undefined ? line.unit : '%')
  const pick = pickOf(line.quantity, line.pick)
  const conditions = Object.entries(where).map(([name, wanted]) => ({ name, wanted: new Set(wanted.map(String)) }))
  const needed = [column, ...(of === undefined ? [] : [of]), ...conditions.map(({ name }) => name)]
  return (table) => {
    if (!table) return NOT_AVAILABLE
    if (needed.some((name) => table.unanswered.has(name))) return TIMEOUT
    const found: Value[] = []
    let wrong: BadValue | undefined
    for (const row of table.rows.values()) {
      if (!conditions.every(({ name, wanted }) => wanted.has(String(row.get(name))))) continue
      const value = read(of === undefined ? row.get(column) : share(row.get(column), row.get(of)))
      if (!isBadValue(value)) found.push(value)
      else if (value.bad !== 'not-available') wrong = value
    }
    const picked = pick(found)
    if (picked !== undefined) return picked
    // What no row says is as usual: an alarm table without this alarm.
    return otherwise ?? wrong ?? NOT_AVAILABLE
  }
}

/** Per cent; undefined when one of the two is no amount (−1 no limit, −2 unknown, −3 some left). */
const share = (part: unknown, whole: unknown): number | undefined =>
  typeof part === 'number' && typeof whole === 'number' && part >= 0 && whole > 0
    ? Number(((100 * part) / whole).toPrecision(6))
    : undefined

const columnsOf = ({ tables }: SnmpProfile) =>
  Object.entries(tables).flatMap(([table, { entry, index, columns, maxRows }]) =>
    Object.entries(columns).map(([name, number]) => ({ table, name, oid: `${entry}.${number}`, index, maxRows })),
  )

function tablesOf(profile: SnmpProfile, answers: SnmpAnswers, indexes: SnmpIndexes): ReadonlyMap<string, Table> {
  const tables = new Map<
    string,
    { rows: Map<string, Map<string, number | string | undefined>>; unanswered: Set<string> }
  >()
  for (const { table, name, oid, index } of columnsOf(profile)) {
    const below = index === undefined ? '' : filled(index, indexes)
    if (below === undefined) continue
    const prefix = below === '' ? oid : `${oid}.${below}`
    const known = tables.get(table) ?? { rows: new Map(), unanswered: new Set() }
    tables.set(table, known)
    if (answers.unanswered.has(prefix)) known.unanswered.add(name)
    for (const [key, raw] of answers.objects) {
      if (!key.startsWith(`${prefix}.`)) continue
      const row = known.rows.get(key.slice(prefix.length)) ?? new Map()
      known.rows.set(key.slice(prefix.length), row.set(name, plain(raw)))
    }
  }
  return tables
}
