import type { Series } from '../domain/frame.ts'
import type { Store, Write } from '../store/store.ts'

const INSERT =
  'INSERT OR IGNORE INTO series (id, hall, zone, device, kind, profile, stream, code) VALUES (?, ?, ?, ?, ?, ?, ?, ?)'

/** Gives every series a small number, so that a frame does not repeat six words. */
export class SeriesTable {
  readonly #byId = new Map<number, Series>()
  readonly #byKey = new Map<string, number>()
  /** Callers keep one Series per device: most look-ups need no key. */
  readonly #byObject = new WeakMap<Series, number>()
  /** Numbers given out whose row is not known to be on disk; they go along with every write until one succeeds. */
  readonly #unsaved = new Set<number>()
  #lastId = 0

  static async load(store: Store): Promise<SeriesTable> {
    const table = new SeriesTable()
    const rows = await store.read<Series & { id: number }>(
      'SELECT id, hall, zone, device, kind, profile, stream, code FROM series',
    )
    for (const { id, code, ...series } of rows) table.#add(id, code ? { ...series, code } : series)
    return table
  }

  idOf(series: Series): number {
    const known = this.#byObject.get(series)
    if (known !== undefined) return known
    const id = this.#byKey.get(keyOf(series)) ?? this.#add(this.#lastId + 1, { ...series }, true)
    this.#byObject.set(series, id)
    return id
  }

  byId(id: number): Series | undefined {
    return this.#byId.get(id)
  }

  /** The rows still to be written, and what to call once they are on disk. */
  unsaved(): { readonly write: Write; saved(): void } | undefined {
    if (this.#unsaved.size === 0) return undefined
    const ids = [...this.#unsaved]
    const rows = ids.map((id) => {
      const series = this.#byId.get(id)!
      return [
        id,
        series.hall,
        series.zone,
        series.device,
        series.kind,
        series.profile,
        series.stream,
        series.code ?? '',
      ]
    })
    return {
      write: { sql: INSERT, rows },
      saved: () => {
        for (const id of ids) this.#unsaved.delete(id)
      },
    }
  }

  #add(id: number, series: Series, isNew = false): number {
    this.#byId.set(id, series)
    this.#byKey.set(keyOf(series), id)
    this.#lastId = Math.max(this.#lastId, id)
    if (isNew) this.#unsaved.add(id)
    return id
  }
}

const keyOf = (series: Series) =>
  JSON.stringify([
    series.hall,
    series.zone,
    series.device,
    series.kind,
    series.profile,
    series.stream,
    series.code ?? '',
  ])
