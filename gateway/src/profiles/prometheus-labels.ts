import { endOfName, NEWLINE, OPEN, skipBlanks, spell } from './prometheus-bytes.ts'

/** The labels of one sample, as places on the page: nothing is cut out that nobody asks for. One object serves a whole page. */
export interface Labels {
  /** Of the opening brace, or where it would stand. */
  start: number
  /** Behind the closing brace; the same as `start` when there is none. */
  end: number
  /** Four places for each label: name from, name to, value from, value to. */
  readonly places: Int32Array
  /** How many labels. */
  count: number
  /** There is a backslash in one of them. */
  escaped: boolean
}

/** More has no exporter; a sample with more is passed over. */
const MOST_LABELS = 64

export const noLabels = (): Labels => ({
  start: 0,
  end: 0,
  places: new Int32Array(MOST_LABELS * 4),
  count: 0,
  escaped: false,
})

const COMMA = 0x2c
const EQUALS = 0x3d
const QUOTE = 0x22
const BACKSLASH = 0x5c
const CLOSED = 0x7d

/** Reads `{name="value",…}`, where there may be none; each byte is looked at once. False when the page breaks the rules. */
export function readLabels(bytes: Uint8Array, at: number, into: Labels): boolean {
  into.start = at
  into.end = at
  into.count = 0
  into.escaped = false
  if (bytes[at] !== OPEN) return true
  let i = skipBlanks(bytes, at + 1)
  while (bytes[i] !== CLOSED) {
    const nameEnd = endOfName(bytes, i)
    const equals = skipBlanks(bytes, nameEnd)
    const quote = skipBlanks(bytes, equals + 1)
    if (nameEnd === i || bytes[equals] !== EQUALS || bytes[quote] !== QUOTE) return false
    const close = readQuoted(bytes, quote + 1, into)
    if (bytes[close] !== QUOTE || into.count === MOST_LABELS) return false
    const place = into.count++ * 4
    into.places[place] = i
    into.places[place + 1] = nameEnd
    into.places[place + 2] = quote + 1
    into.places[place + 3] = close
    i = skipBlanks(bytes, close + 1)
    if (bytes[i] === COMMA) i = skipBlanks(bytes, i + 1)
  }
  into.end = i + 1
  return true
}

/** To the closing quote, or to the end of the line where there is none. */
function readQuoted(bytes: Uint8Array, from: number, into: Labels): number {
  const { length } = bytes
  let i = from
  for (; i < length && bytes[i] !== QUOTE && bytes[i] !== NEWLINE; i++) {
    if (bytes[i] !== BACKSLASH) continue
    into.escaped = true
    if (bytes[i + 1] !== NEWLINE) i++
  }
  return i
}

/** A word as it stands on a page, and as people write it. */
export interface Word {
  readonly text: string
  readonly bytes: Uint8Array
}

export const wordOf = (text: string): Word => ({ text, bytes: Buffer.from(text) })

/** Does a label say one of these words? A label that is not there says nothing: the empty word, by the rules of Prometheus. */
export function labelSays(bytes: Buffer, labels: Labels, name: Word, words: readonly Word[]): boolean {
  const place = placeOf(bytes, labels, name)
  if (place < 0 || labels.escaped) {
    const said = labelAt(bytes, labels, place)
    return words.some(({ text }) => text === said)
  }
  const from = labels.places[place + 2]!
  const to = labels.places[place + 3]!
  for (const word of words) if (spell(bytes, from, to, word.bytes)) return true
  return false
}

/** What a label says, without its escapes. */
export const labelIn = (bytes: Buffer, labels: Labels, name: Word): string =>
  labelAt(bytes, labels, placeOf(bytes, labels, name))

/** Labels as they are written, braces and all, in the order of their names: the same text for the same labels. */
export function labelsInOrder(written: string, labels: Labels): string {
  const bytes = Buffer.from(written, 'latin1')
  readLabels(bytes, 0, labels)
  return Array.from({ length: labels.count }, (_, i) => {
    const name = bytes.toString('latin1', labels.places[i * 4], labels.places[i * 4 + 1])
    return `${name}=${JSON.stringify(labelAt(bytes, labels, i * 4))}`
  })
    .sort()
    .join()
}

function placeOf(bytes: Uint8Array, { places, count }: Labels, name: Word): number {
  for (let place = 0; place < count * 4; place += 4)
    if (spell(bytes, places[place]!, places[place + 1]!, name.bytes)) return place
  return -1
}

function labelAt(bytes: Buffer, { places, escaped }: Labels, place: number): string {
  if (place < 0) return ''
  const text = bytes.toString('utf8', places[place + 2], places[place + 3])
  return escaped ? text.replaceAll(/\\(.)/g, (_, char: string) => (char === 'n' ? '\n' : char)) : text
}
