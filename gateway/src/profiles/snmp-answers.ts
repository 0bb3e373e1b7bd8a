/** One object as the agent gave it: an OCTET STRING as its bytes, an OBJECT IDENTIFIER as text, everything else as a number. */
export type SnmpRaw = number | string | Buffer

/** What one round of questions gave. */
export interface SnmpAnswers {
  /** By OID of the instance; what the agent does not have is not in it. */
  readonly objects: ReadonlyMap<string, SnmpRaw>
  /** OIDs and columns that were asked for and not answered. */
  readonly unanswered: ReadonlySet<string>
}

/** A cell as people read it; undefined where the agent has none. */
export type Cell = number | string | undefined

/** A table as it was walked: rows by index, their cells in the order of the profile's columns. */
export interface Table {
  readonly rows: ReadonlyMap<string, readonly Cell[]>
  /** By column: it was asked for and not answered. */
  readonly unanswered: readonly boolean[]
}

/** A column to be walked: `oid` with the index that its rows begin with. */
export interface Column {
  readonly oid: string
  /** Its table, and its place in the table's rows. */
  readonly table: number
  readonly place: number
  readonly maxRows: number
}

/** Where an object goes: into a row of a table. */
interface Spot {
  readonly column: Column
  readonly row: string
}

/** Compiles how objects are put into tables, by number. A table without columns is none. */
export function compileTables(columns: readonly Column[]): (answers: SnmpAnswers) => readonly (Table | undefined)[] {
  const widths: number[] = []
  for (const { table } of columns) widths[table] = (widths[table] ?? 0) + 1
  const spotsOf = rememberSpots(columns)
  return ({ objects, unanswered }) => {
    const tables = widths.map((width) => ({
      rows: new Map<string, Cell[]>(),
      unanswered: new Array<boolean>(width).fill(false),
    }))
    for (const { oid, table, place } of unanswered.size > 0 ? columns : [])
      if (unanswered.has(oid)) tables[table]!.unanswered[place] = true
    for (const [oid, raw] of objects) {
      for (const { column, row } of spotsOf(oid)) {
        const { rows } = tables[column.table]!
        const cells = rows.get(row) ?? new Array<Cell>(widths[column.table]!).fill(undefined)
        rows.set(row, cells)
        cells[column.place] = plain(raw)
      }
    }
    return tables
  }
}

/** What stands beside the tables: indexes and single objects. */
const MOST_BESIDE = 200

/**
 * Where objects go, by OID. An agent gives the same objects round after round, so each OID is taken apart once; several tables may look
 * at the same column. One that gives other objects every time is taken apart every time, and no more is kept than a round may hold.
 */
function rememberSpots(columns: readonly Column[]): (oid: string) => readonly Spot[] {
  const known = new Map<string, readonly Spot[]>()
  const most = columns.reduce((sum, { maxRows }) => sum + maxRows, MOST_BESIDE)
  return (oid) => {
    const before = known.get(oid)
    if (before) return before
    const spots = columns.flatMap((column) =>
      oid.startsWith(`${column.oid}.`) ? [{ column, row: oid.slice(column.oid.length) }] : [],
    )
    if (known.size >= most) known.clear()
    known.set(oid, spots)
    return spots
  }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is taken out
const CONTROL = /[\u0000-\u001f\u007f]+/g

/** Text as people read it: agents pad with zeros and send line ends. */
export function plain(raw: SnmpRaw | undefined): Cell {
  if (!Buffer.isBuffer(raw)) return raw
  const text = raw.toString('utf8').replaceAll(CONTROL, ' ').trim()
  return text === '' ? undefined : text
}
