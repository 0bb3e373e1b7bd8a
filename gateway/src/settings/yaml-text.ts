import { stringify } from 'yaml'

/** Longest line that a new entry is written on; a longer one gets a line for each of its parts. */
const LONGEST_LINE = 140

const FLOW = {
  collectionStyle: 'flow',
  lineWidth: 0,
  blockQuote: false,
  doubleQuotedMinMultiLineLength: 1_000_000,
} as const

/** A value on one line, safe inside braces too. */
export const inlineText = (value: unknown): string => stringify([value], FLOW).trim().slice(1, -1).trim()

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** What stands after `key:`: on the same line with its space, or on lines of its own, each indented by `indent` spaces. */
export function afterColon(value: unknown, indent: number, newline: string, room: number): string {
  const inline = inlineText(value)
  const isList = Array.isArray(value) && value.some(isMap)
  const isBig = isMap(value) && inline.length > room
  if (!isList && !isBig) return ` ${inline}`
  const pad = ' '.repeat(indent)
  if (Array.isArray(value)) {
    const items = value.map((item) => `${newline}${pad}- ${afterDash(item, indent + 2, newline, 'flow')}`)
    return items.join('')
  }
  return Object.entries(value as Record<string, unknown>)
    .map(([key, inner]) => `${newline}${pad}${keyed(key, inner, indent, newline)}`)
    .join('')
}

/** `key: value`; further lines are indented deeper than `indent`. A section of the file always has lines of its own. */
export const keyed = (key: string, value: unknown, indent: number, newline: string): string =>
  `${inlineText(key)}:${afterColon(value, indent + 2, newline, indent === 0 ? 0 : LONGEST_LINE - indent)}`

/** What stands after `- `; in block style each key has its own line at `indent`. */
export function afterDash(value: unknown, indent: number, newline: string, style: 'flow' | 'block'): string {
  if (!isMap(value) || Object.keys(value).length === 0 || style === 'flow') return inlineText(value)
  return Object.entries(value)
    .map(([key, inner]) => keyed(key, inner, indent, newline))
    .join(`${newline}${' '.repeat(indent)}`)
}
