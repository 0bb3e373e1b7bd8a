/** Looking into a document the schema may have refused. */
export type Loose = Record<string, unknown>

export const isRecord = (value: unknown): value is Loose =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const numberOf = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined)
export const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

export interface LooseItem {
  readonly item: Loose
  readonly path: readonly PropertyKey[]
}

/** The groups of a list with their paths; whatever else stands in the list is the schema's to refuse. */
export const itemsOf = (list: unknown, path: readonly PropertyKey[]): LooseItem[] =>
  Array.isArray(list) ? list.flatMap((item, i) => (isRecord(item) ? [{ item, path: [...path, i] }] : [])) : []

/** Adds a problem at a path of the document. */
export type Report = (path: readonly PropertyKey[], message: string) => void
