/** Where something stands in a document: keys of maps and places in lists. */
export type Path = readonly (string | number)[]

/** One step of changing a document. */
export type Edit =
  /** Replaces what stands there, or adds it to its map; makes the maps that lead to it. */
  | { readonly op: 'set'; readonly path: Path; readonly value: unknown }
  /** At the end of a list, which is made when missing. */
  | { readonly op: 'append'; readonly path: Path; readonly value: unknown }
  /** Takes out an entry of a map or a list. */
  | { readonly op: 'remove'; readonly path: Path }

type Json = { [key: string]: unknown } | unknown[]

const isContainer = (value: unknown): value is Json => typeof value === 'object' && value !== null

/** What the document says after an edit; the text is edited apart from this, and both must agree. */
export function editValue(root: unknown, edit: Edit): unknown {
  const next: unknown = structuredClone(root)
  const last = edit.path.at(-1)
  if (last === undefined) throw new Error('an edit of nothing')
  const parent = containerAt(next, edit.path.slice(0, -1), edit.op !== 'remove')
  if (edit.op === 'remove') {
    if (Array.isArray(parent)) parent.splice(Number(last), 1)
    else delete (parent as Record<string, unknown>)[last]
    return next
  }
  const target = parent as Record<string | number, unknown>
  if (edit.op === 'set') target[last] = edit.value
  else target[last] = Array.isArray(target[last]) ? [...(target[last] as unknown[]), edit.value] : [edit.value]
  return next
}

function containerAt(root: unknown, path: Path, make: boolean): Json {
  let at = root as Json
  for (const key of path) {
    const holder = at as Record<string | number, unknown>
    if (!isContainer(holder[key]) && make) holder[key] = {}
    at = holder[key] as Json
  }
  if (!isContainer(at)) throw new Error(`nothing stands at ${path.join('.')}`)
  return at
}
