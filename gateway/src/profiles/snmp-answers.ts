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

/** A table as it was walked. Good until the next round is read. */
export interface Table {
  /** In the order of the agent; their cells in the order of the profile's columns. */
  readonly rows: readonly (readonly Cell[])[]
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

/** Compiles how objects are put into tables, by number. A table without columns is none. */
export function compileTables(columns: readonly Column[]): (answers: SnmpAnswers) => readonly (Table | undefined)[] {
  let layout = layoutOf([], columns)
  return ({ objects, unanswered }) => {
    if (!layout.take(objects)) {
      layout = layoutOf([...objects.keys()], columns)
      layout.take(objects)
    }
    for (const { oid, table, place } of columns)
      layout.tables[table]!.unanswered[place] = unanswered.size > 0 && unanswered.has(oid)
    return layout.tables
  }
}

/** Where an object goes: into a row of a table. */
interface Spot {
  readonly cells: Cell[]
  readonly place: number
  readonly read: (raw: SnmpRaw) => Cell
}

interface Layout {
  readonly tables: readonly { readonly rows: readonly Cell[][]; readonly unanswered: boolean[] }[]
  /** Puts objects in their places; false when they are not the objects of this layout, in its order. */
  take(objects: SnmpAnswers['objects']): boolean
}

/**
 * Where these objects go, and the tables they fill. An agent gives the same objects round after round, so their OIDs are taken apart
 * once; several tables may look at the same column.
 */
function layoutOf(oids: readonly string[], columns: readonly Column[]): Layout {
  const widths: number[] = []
  for (const { table } of columns) widths[table] = (widths[table] ?? 0) + 1
  const rows = widths.map(() => new Map<string, Cell[]>())
  const cellsOf = (table: number, row: string): Cell[] => {
    const cells = rows[table]!.get(row) ?? new Array<Cell>(widths[table]!).fill(undefined)
    rows[table]!.set(row, cells)
    return cells
  }
  const spots = oids.map((oid) =>
    columns.flatMap(({ oid: column, table, place }): Spot[] => {
      if (!oid.startsWith(`${column}.`)) return []
      return [{ cells: cellsOf(table, oid.slice(column.length)), place, read: compilePlain() }]
    }),
  )
  return {
    tables: widths.map((width, table) => ({
      rows: [...rows[table]!.values()],
      unanswered: new Array<boolean>(width).fill(false),
    })),
    take(objects) {
      if (objects.size !== oids.length) return false
      let i = 0
      for (const [oid, raw] of objects) {
        if (oid !== oids[i]) return false
        for (const { cells, place, read } of spots[i]!) cells[place] = read(raw)
        i++
      }
      return true
    },
  }
}

/** Texts of a table are names, which are the same round after round: bytes that did not change are not read again. */
function compilePlain(): (raw: SnmpRaw) => Cell {
  let bytes: Buffer | undefined
  let text: Cell
  return (raw) => {
    if (!Buffer.isBuffer(raw)) return raw
    if (bytes === undefined || !raw.equals(bytes)) {
      bytes = Buffer.from(raw)
      text = plain(raw)
    }
    return text
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
