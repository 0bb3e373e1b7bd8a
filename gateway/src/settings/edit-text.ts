import { isDeepStrictEqual } from 'node:util'
import {
  type Document,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  type Pair,
  parseDocument,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml'
import { type Edit, editValue, type Path } from './edit.ts'
import { afterColon, afterDash, inlineText, keyed } from './yaml-text.ts'

/** The text cannot be edited so: nothing stands there, or it stands in a shape that only a person should touch. */
export class Unfit extends Error {}

/**
 * Edits a YAML text in place: comments, order, spacing and every line that is not concerned stay byte by byte as they are. Entries
 * are found by the parser and the text between is cut; what comes out is parsed again and must say exactly what the edit means.
 * @throws Unfit
 */
export function editText(text: string, edit: Edit): string {
  const before = parse(text)
  const meant = editValue(before.toJS() ?? {}, edit)
  let after: string
  try {
    after = perform(text, edit)
  } catch (cause) {
    if (cause instanceof Unfit) throw cause
    throw new Unfit(`${edit.path.join('.')} cannot be edited`, { cause })
  }
  const document = parseDocument(after)
  if (document.errors.length > 0 || !isDeepStrictEqual(plain(document.toJS()), plain(meant)))
    throw new Unfit(`${edit.path.join('.')} stands in a shape that cannot be edited line by line`)
  return after
}

/** Without keys that hold nothing, as YAML writes it. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value ?? null))

function parse(text: string): Document.Parsed {
  const document = parseDocument(text)
  if (document.errors[0]) throw new Unfit(`the file is no valid YAML: ${document.errors[0].message}`)
  return document
}

function perform(text: string, edit: Edit): string {
  if (edit.op === 'remove') return remove(text, edit.path)
  if (edit.op === 'append') return append(text, edit.path, edit.value)
  return set(text, edit.path, edit.value)
}

type Node = NonNullable<Document.Parsed['contents']>
type Found = Node | null | undefined

const nodeAt = (document: Document.Parsed, path: Path): Found =>
  (path.length === 0 ? document.contents : document.getIn(path, true)) as Found

const isEmpty = (node: Found): boolean => node === null || node === undefined || (isScalar(node) && node.value === null)

function set(text: string, path: Path, value: unknown): string {
  const document = parse(text)
  const node = nodeAt(document, path)
  if (node === undefined || (node === null && !has(document, path))) return add(text, document, path, value)
  if (isCollection(node) && isDeepStrictEqual(plain(node.toJS(document)), plain(value))) return text
  if (isScalar(node) && node.value === value && value !== null) return text
  if (isMap(node) && isRecord(value) && node.items.length > 0 && Object.keys(value).length > 0)
    return setMap(text, path, node, value, plain(node.toJS(document)))
  if (
    isSeq(node) &&
    Array.isArray(value) &&
    node.items.length > 0 &&
    value.length > 0 &&
    !(node.flow && value.every(isPlain))
  )
    return setList(text, path, node, value)
  if (isCollection(node) && !node.flow && node.items.length > 0) return set(emptied(text, path, node), path, value)
  return replaceNode(text, document, path, node, value)
}

const has = (document: Document.Parsed, path: Path): boolean => document.hasIn(path)
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isPlain = (value: unknown): boolean => typeof value !== 'object' || value === null

/** New keys first, so that a map whose keys all change is never empty in between. */
function setMap(text: string, path: Path, node: YAMLMap, value: Record<string, unknown>, now: unknown): string {
  const known = node.items.map(keyOf)
  const wanted = Object.entries(value).filter(([, inner]) => inner !== undefined)
  let next = text
  // Every step reads the whole text anew: only for what differs.
  const differs = ([key, inner]: [string, unknown]) =>
    !isRecord(now) || !(key in now) || !isDeepStrictEqual(now[key], plain(inner))
  for (const [key, inner] of wanted.filter(differs)) next = set(next, [...path, key], inner)
  for (const key of known) if (!wanted.some(([wantedKey]) => wantedKey === key)) next = remove(next, [...path, key])
  return next
}

function setList(text: string, path: Path, node: YAMLSeq, value: readonly unknown[]): string {
  let next = text
  for (let i = node.items.length - 1; i >= value.length; i--) next = remove(next, [...path, i])
  value.forEach((item, i) => {
    next = i < node.items.length ? set(next, [...path, i], item) : append(next, path, item)
  })
  return next
}

function emptied(text: string, path: Path, node: YAMLMap | YAMLSeq): string {
  let next = text
  for (let i = node.items.length - 1; i >= 0; i--)
    next = remove(next, [...path, isSeq(node) ? i : keyOf(node.items[i] as Pair)])
  return next
}

function replaceNode(text: string, document: Document.Parsed, path: Path, node: Found, value: unknown): string {
  const newline = newlineOf(text)
  const last = path.at(-1)
  const parent = nodeAt(document, path.slice(0, -1))
  const inFlow = isCollection(parent) && parent.flow === true
  const range = node?.range
  if (!isEmpty(node) && range && range[1] > range[0]) {
    let end = range[1]
    while (end > range[0] && /\s/.test(text[end - 1] ?? '')) end--
    const isList = Array.isArray(value) && value.some(isRecord) && !inFlow && isMap(parent)
    if (!isList) return splice(text, range[0], end, inlineText(value))
    // A list of things goes below its key, a line each.
    const start = lastNonSpace(text, range[0])
    return splice(text, start, end, afterColon(value, columnOf(text, keyStart(parent, last)) + 2, newline, 0))
  }
  // `key:` with nothing behind it.
  if (!isMap(parent)) throw new Unfit('an entry without a value')
  const pair = pairOf(parent, last)
  const key = pair.key as Node
  const colon = text.indexOf(':', key.range?.[1] ?? 0)
  const written = inFlow
    ? ` ${inlineText(value)}`
    : afterColon(value, columnOf(text, key.range?.[0] ?? 0) + 2, newline, 0)
  return splice(text, colon + 1, colon + 1, written)
}

/** A key that is not there yet. */
function add(text: string, document: Document.Parsed, path: Path, value: unknown): string {
  const key = String(path.at(-1))
  const above = path.slice(0, -1)
  const parent = nodeAt(document, above)
  const newline = newlineOf(text)
  if (path.length === 1 && isEmpty(parent)) return `${text}${keyed(key, value, 0, newline)}${newline}`
  if (isEmpty(parent) || (isMap(parent) && parent.items.length === 0 && above.length > 0))
    return set(text, above, { [key]: value })
  if (!isMap(parent)) throw new Unfit(`${above.join('.')} is no group of settings`)
  const end = contentEnd(text, parent.flow ? parent.items.at(-1) : parent)
  if (parent.flow) return splice(text, end.last, end.last, `, ${inlineText(key)}: ${inlineText(value)}`)
  const first = keyStart(parent, undefined)
  const indent = columnOf(text, first)
  const flowed = parent.items.some(({ value: other }) => isMap(other) && other.flow === true)
  const line =
    flowed && indent > 0 && isRecord(value)
      ? `${inlineText(key)}: ${inlineText(value)}`
      : keyed(key, value, indent, newline)
  return insertLine(text, end.line, `${' '.repeat(indent)}${line}`, newline)
}

function append(text: string, path: Path, value: unknown): string {
  const document = parse(text)
  const node = nodeAt(document, path)
  if (isEmpty(node)) return set(text, path, [value])
  if (!isSeq(node)) throw new Unfit(`${path.join('.')} is no list`)
  if (node.items.length === 0) return set(text, path, [value])
  const end = contentEnd(text, node.flow ? node.items.at(-1) : node)
  if (node.flow) return splice(text, end.last, end.last, `, ${inlineText(value)}`)
  const newline = newlineOf(text)
  const last = node.items.at(-1) as Node
  const dash = dashBefore(text, last.range?.[0] ?? 0)
  const indent = columnOf(text, dash)
  const style = isMap(last) && last.flow !== true ? 'block' : 'flow'
  return insertLine(text, end.line, `${' '.repeat(indent)}- ${afterDash(value, indent + 2, newline, style)}`, newline)
}

function remove(text: string, path: Path): string {
  const document = parse(text)
  const above = path.slice(0, -1)
  const parent = nodeAt(document, above)
  const key = path.at(-1)
  if (!isCollection(parent)) throw new Unfit(`nothing stands at ${path.join('.')}`)
  const items: readonly unknown[] = parent.items
  const at = isSeq(parent) ? Number(key) : parent.items.findIndex((pair) => keyOf(pair) === String(key))
  const item = items[at]
  if (item === undefined) throw new Unfit(`nothing stands at ${path.join('.')}`)
  if (parent.flow) return removeFlow(text, parent, items, at)
  const start = isSeq(parent) ? dashBefore(text, startOf(item)) : startOf(item)
  const { line } = contentEnd(text, item)
  if (items.length === 1)
    return removeLast(text, document, above, { from: lineStart(text, start), to: line }, isSeq(parent))
  if (text.slice(lineStart(text, start), start).trim() !== '') {
    // The first key of a list's entry shares its line with the dash: the next one takes its place.
    const next = items[at + 1]
    if (next === undefined) throw new Unfit(`${path.join('.')} shares its line`)
    return splice(text, start, startOf(next), '')
  }
  return splice(text, lineStart(text, start), line, '')
}

function removeFlow(text: string, parent: YAMLMap | YAMLSeq, items: readonly unknown[], at: number): string {
  const [from = 0, to = 0] = parent.range ?? []
  if (items.length === 1) return splice(text, from, to, isSeq(parent) ? '[]' : '{}')
  const next = items[at + 1]
  if (next !== undefined) return splice(text, startOf(items[at]), startOf(next), '')
  return splice(text, contentEnd(text, items[at - 1]).last, contentEnd(text, items[at]).last, '')
}

/** Nothing is left of a list or a map: `devices: []`. Comments in between stay where they were. */
function removeLast(
  text: string,
  document: Document.Parsed,
  above: Path,
  cut: { from: number; to: number },
  isList: boolean,
): string {
  const holder = nodeAt(document, above.slice(0, -1))
  if (!isMap(holder)) throw new Unfit(`${above.join('.')} would be empty`)
  const key = pairOf(holder, above.at(-1)).key as Node
  const colon = text.indexOf(':', key.range?.[1] ?? 0)
  const without = splice(text, cut.from, cut.to, '')
  return splice(without, colon + 1, colon + 1, isList ? ' []' : ' {}')
}

const keyOf = (pair: Pair): string => String(isScalar(pair.key) ? pair.key.value : pair.key)

function pairOf(map: YAMLMap, key: string | number | undefined): Pair {
  const pair = map.items.find((one) => keyOf(one) === String(key))
  if (!pair) throw new Unfit(`${String(key)} is not there`)
  return pair
}

const keyStart = (map: unknown, key: string | number | undefined): number => {
  if (!isMap(map)) throw new Unfit('no group of settings')
  return startOf(key === undefined ? map.items[0] : pairOf(map, key))
}

/** First character of an entry: of its key, for an entry of a map. */
function startOf(item: unknown): number {
  const node = (isPair(item) ? item.key : item) as Node | null
  const start = node?.range?.[0]
  if (start === undefined) throw new Unfit('an entry without a place')
  return start
}

const isPair = (item: unknown): item is Pair =>
  typeof item === 'object' && item !== null && 'key' in item && 'value' in item

/** Where an entry ends: after its last character, and at the start of the line below. */
function contentEnd(text: string, item: unknown): { last: number; line: number } {
  let last = endOf(item)
  while (last > 0 && /\s/.test(text[last - 1] ?? '')) last--
  const newline = text.indexOf('\n', last)
  return { last, line: newline < 0 ? text.length : newline + 1 }
}

function endOf(item: unknown): number {
  if (isPair(item)) {
    const value = item.value as Found
    const key = item.key as Node
    if (isEmpty(value)) return (key.range?.[1] ?? 0) + 1
    return endOf(value)
  }
  if (isCollection(item) && !item.flow && item.items.length > 0) return endOf(item.items.at(-1))
  return (item as Node).range?.[1] ?? 0
}

/** The `-` an entry of a list begins with. */
function dashBefore(text: string, start: number): number {
  let at = start - 1
  while (at >= 0 && /\s/.test(text[at] ?? '')) at--
  if (text[at] !== '-') throw new Unfit('an entry of a list without its dash')
  return at
}

/** After the last character before `at` that is no space. */
function lastNonSpace(text: string, at: number): number {
  let end = at
  while (end > 0 && /\s/.test(text[end - 1] ?? '')) end--
  return end
}

const lineStart = (text: string, at: number): number => text.lastIndexOf('\n', at - 1) + 1
const columnOf = (text: string, at: number): number => at - lineStart(text, at)
const newlineOf = (text: string): string => (text.includes('\r\n') ? '\r\n' : '\n')
const splice = (text: string, from: number, to: number, by: string): string => text.slice(0, from) + by + text.slice(to)

/** `at` is the start of a line, or the end of a text whose last line has no end. */
function insertLine(text: string, at: number, line: string, newline: string): string {
  const open = at > 0 && text[at - 1] !== '\n' ? newline : ''
  const close = open === '' || text.endsWith('\n') ? newline : ''
  return splice(text, at, at, `${open}${line}${close}`)
}
