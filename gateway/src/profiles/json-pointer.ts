/** Reads one place of a parsed JSON value; undefined when there is none. */
export type ReadPointer = (root: unknown) => unknown

const INDEX = /^(0|[1-9]\d{0,8})$/

/** Compiles a JSON Pointer (RFC 6901). Own members only: `/__proto__` and `/constructor` find what the sender wrote, else nothing. */
export function compilePointer(pointer: string): ReadPointer {
  if (pointer === '') return (root) => root
  const tokens = pointer
    .slice(1)
    .split('/')
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'))
  return (root) => {
    let node = root
    for (const token of tokens) {
      if (typeof node !== 'object' || node === null) return undefined
      if (Array.isArray(node)) node = INDEX.test(token) ? node[Number(token)] : undefined
      else node = Object.hasOwn(node, token) ? (node as Record<string, unknown>)[token] : undefined
    }
    return node
  }
}
