import {
  type Document,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument as parseYaml,
} from 'yaml'
import type { z } from 'zod'
import type { Problem } from '../domain/errors.ts'

/** A YAML or JSON text read by a schema: the value, or every problem at once with its place in the text. */
export type ParsedDocument<T> =
  | {
      readonly ok: true
      readonly value: T /** For checks beyond the schema: the place of any path. */
      readonly locate: Locate
    }
  | {
      readonly ok: false
      readonly problems: readonly Problem[]
      /** What stands in the text, unread by the schema, so that further checks can add their problems; absent when it is no YAML. */
      readonly raw?: unknown
      readonly locate: Locate
    }

type Path = readonly PropertyKey[]
export type Locate = (path: Path) => { line: number; column: number }

/** Reads `text` (YAML 1.2, so JSON too) by `schema`. Never throws for what stands in the text. */
export function parseDocument<T>(text: string, schema: z.ZodType<T>): ParsedDocument<T> {
  const lines = new LineCounter()
  const document = parseYaml(text, { lineCounter: lines, uniqueKeys: true, prettyErrors: false })
  const locate: Locate = (path) => placeOf(document, path, lines)
  if (document.errors.length > 0) {
    const problems = document.errors.map((error) => {
      const { line, col } = lines.linePos(error.pos[0])
      return { line, column: col, path: '', message: error.message }
    })
    return { ok: false, problems, locate }
  }
  const raw: unknown = document.toJS()
  const result = schema.safeParse(raw)
  if (result.success) return { ok: true, value: result.data, locate }
  const problems = result.error.issues.flatMap((issue) => problemsOf(issue, locate, document, schema))
  return { ok: false, problems: inOrder(problems), raw, locate }
}

/** Problems in reading order, each said once. */
export const inOrder = (problems: readonly Problem[]): Problem[] => {
  const seen = new Set<string>()
  return [...problems]
    .sort((a, b) => a.line - b.line || a.column - b.column)
    .filter((p) => {
      const key = `${p.line}:${p.column} ${p.message}`
      return !seen.has(key) && seen.add(key)
    })
}

/** `registers[4].address`, the way a person would say a path. */
export const pathText = (path: Path): string =>
  path.map((key, i) => (typeof key === 'number' ? `[${key}]` : i === 0 ? String(key) : `.${String(key)}`)).join('')

/** The list a person reads: file, count, then `line:column path  message` each. */
export function problemList(file: string, problems: readonly Problem[]): string {
  const place = (p: Problem) => `${p.line}:${p.column}`
  const placeWidth = Math.max(...problems.map((p) => place(p).length))
  const pathWidth = Math.min(40, Math.max(...problems.map((p) => p.path.length)))
  const rows = problems.map((p) => `  ${place(p).padStart(placeWidth)}  ${p.path.padEnd(pathWidth)}  ${p.message}`)
  return `${file} has ${problems.length} problem${problems.length === 1 ? '' : 's'}:\n${rows.join('\n')}`
}

/** The known word nearest to what was written, when it is near enough to be a slip. */
export function didYouMean(written: string, known: readonly string[]): string {
  let best = ''
  let bestDistance = Math.max(2, Math.floor(written.length / 3)) + 1
  for (const word of known) {
    const distance = editDistance(written.toLowerCase(), word.toLowerCase())
    if (distance < bestDistance) [best, bestDistance] = [word, distance]
  }
  return best === '' ? '' : ` Did you mean "${best}"?`
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1))
    }
    row = next
  }
  return row[b.length]!
}

function problemsOf(issue: z.core.$ZodIssue, locate: Locate, document: Document, schema: z.ZodType): Problem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      ...locate([...issue.path, key]),
      path: pathText([...issue.path, key]),
      message: `"${key}" is not known here.${/^\d+$/.test(key) ? POINT : didYouMean(key, knownKeys(schema, issue.path))}`,
    }))
  }
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    // Of several shapes the one that fits best is what the person meant.
    const meant = issue.errors.reduce((best, errors) => (errors.length < best.length ? errors : best))
    return meant.flatMap((inner) => {
      const whole = { ...inner, path: [...issue.path, ...inner.path] } as z.core.$ZodIssue
      return problemsOf(whole, locate, document, schema)
    })
  }
  const written = document.getIn(issue.path as unknown[])
  return [{ ...locate(issue.path), path: pathText(issue.path), message: messageOf(issue, written) }]
}

/** The keys the schema takes at a path: zod says which key it refuses, not which it would have taken. */
function knownKeys(schema: z.core.$ZodType, path: Path): string[] {
  const def = schema._zod.def as {
    innerType?: z.core.$ZodType
    in?: z.core.$ZodType
    options?: readonly z.core.$ZodType[]
    shape?: Record<string, z.core.$ZodType>
    element?: z.core.$ZodType
    valueType?: z.core.$ZodType
  }
  if (def.options) return def.options.flatMap((option) => knownKeys(option, path))
  const inner = def.innerType ?? def.in
  if (inner) return knownKeys(inner, path)
  const [key, ...rest] = path
  if (key === undefined) return Object.keys(def.shape ?? {})
  const child = def.shape?.[String(key)] ?? def.element ?? def.valueType
  return child ? knownKeys(child, rest) : []
}

function messageOf(issue: z.core.$ZodIssue, written: unknown): string {
  if (issue.code === 'invalid_type' && written === undefined) return `is missing (${issue.expected}).`
  if (issue.code === 'invalid_type')
    return `${said(written)} stands here where a value of type ${issue.expected} belongs.${/^-?\d+,\d+$/.test(String(written)) ? POINT : ''}`
  if (issue.code === 'invalid_value') {
    const known = issue.values.map(String).filter((word) => word !== '')
    const slip = typeof written === 'string' ? didYouMean(written, known) : ''
    return `${JSON.stringify(written)} is not one of: ${known.slice(0, 24).join(', ')}${known.length > 24 ? ', …' : ''}.${slip}`
  }
  return issue.message
}

/** `scale: 0,1` is a text, and between braces a 0 and a key of its own. */
const POINT = ' A decimal is written with a point: 0.1.'

const said = (written: unknown): string => (typeof written === 'object' ? 'A group of lines' : JSON.stringify(written))

/** Where a path stands: the key of the last part when there is one, else the nearest parent that exists. */
function placeOf(document: Document, path: Path, lines: LineCounter): { line: number; column: number } {
  let node: unknown = document.contents
  let offset = rangeStart(node)
  for (const key of path) {
    if (isMap(node)) {
      const pair: Pair | undefined = node.items.find(
        (item) => isScalar(item.key) && String(item.key.value) === String(key),
      )
      if (!pair) break
      offset = rangeStart(pair.key) ?? offset
      node = pair.value
    } else if (isSeq(node)) {
      const item = node.items[Number(key)]
      if (item === undefined) break
      offset = rangeStart(item) ?? offset
      node = item
    } else break
  }
  const { line, col } = lines.linePos(offset ?? 0)
  return { line: Math.max(1, line), column: Math.max(1, col) }
}

const rangeStart = (node: unknown): number | undefined => (node as Node | null)?.range?.[0]
