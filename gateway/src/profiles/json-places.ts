/**
 * Walks through a whole parsed JSON value and puts what stands at each pointer into `found`, in the order of the pointers; where
 * nothing stands, `found` is left as it was.
 * @returns how many members its objects have, all together
 */
export type FindPlaces = (root: unknown, found: unknown[]) => number

/** One level of the pointers. */
interface Place {
  /** Of the pointers that end here, their numbers. */
  readonly ends: number[]
  readonly members: Map<string, Place>
}

/**
 * Compiles JSON Pointers (RFC 6901). One walk reads them all, and each member of the message once, however many pointers lead through
 * it. Own members only: `/__proto__` and `/constructor` find what the sender wrote, else nothing.
 */
export function compilePlaces(pointers: readonly string[]): FindPlaces {
  const root = place()
  for (const [i, pointer] of pointers.entries()) {
    let at = root
    for (const token of pointer.split('/').slice(1)) {
      const name = token.replaceAll('~1', '/').replaceAll('~0', '~')
      const next = at.members.get(name) ?? place()
      at.members.set(name, next)
      at = next
    }
    at.ends.push(i)
  }
  return (value, found) => walk(value, root, found)
}

const place = (): Place => ({ ends: [], members: new Map() })

/** As deep as the value, which whoever parsed it has bounded. */
function walk(value: unknown, at: Place | undefined, found: unknown[]): number {
  if (at) for (const end of at.ends) found[end] = value
  if (typeof value !== 'object' || value === null) return 0
  let members = 0
  if (Array.isArray(value)) {
    // Only a list that a pointer leads into needs names for its items: "0", "1", …
    const names = at && at.members.size > 0 ? at.members : undefined
    for (let i = 0; i < value.length; i++) members += walk(value[i], names?.get(String(i)), found)
    return members
  }
  for (const name in value) {
    members += 1 + walk((value as Record<string, unknown>)[name], at?.members.get(name), found)
  }
  return members
}
